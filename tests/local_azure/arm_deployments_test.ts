import assert from "node:assert/strict";
import type { JsonRecord } from "lib/core/mod.ts";
import { openStore } from "lib/local_azure/mod.ts";
import {
  type CallAnswer,
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  ENVIRONMENT,
  failing,
  GROUP,
  held,
  HOME,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

const PATH = "/onlineEndpoints/flowers/deployments", ID = `${HOME}${PATH}/blue`;

async function withEndpoint(host: ControlHost): Promise<void> {
  await registerAssets(host);
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft(),
  );
}

/** The one reason inside a 400. */
function reason({ status, body }: CallAnswer): string {
  assert.deepEqual([status, body.error.code], [400, "BadRequest"]);
  return JSON.parse(body.error.details[0].message).errors[""].join();
}

const deploy = (host: ControlHost, name: string, properties?: Record<string, unknown>) =>
  host.ml.onlineDeployments
    .beginCreateOrUpdateAndWait(GROUP, WORKSPACE, "flowers", name, deploymentDraft(properties));

Deno.test("deployments: PUT is 201, Creating, and filled in; the runtime gets files and milliseconds", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  const { status, headers, body } = await host.arm(
    "PUT",
    `${PATH}/blue`,
    deploymentDraft({
      environmentVariables: { LOG: "debug" },
      requestSettings: { requestTimeout: "PT1M30S", maxConcurrentRequestsPerInstance: 4 },
      readinessProbe: { initialDelay: "PT0.5S", failureThreshold: 3 },
    }),
  );
  assert.equal(status, 201);
  assert.equal(headers.get("location"), `https://management.azure.com${ID}?api-version=2022-10-01`);
  assert.match(headers.get("azure-asyncoperation")!, /\/mfeOperationsStatus\/od:/);
  assert.equal(body.properties.provisioningState, "Creating");
  assert.equal(
    (await host.call("GET", headers.get("azure-asyncoperation")!)).body.status,
    "Succeeded",
  );
  const { properties, sku, type } = (await host.arm("GET", `${PATH}/blue`)).body;
  assert.equal(type, "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments");
  assert.deepEqual(sku, { name: "Default", tier: "Standard", capacity: 1 });
  assert.equal(properties.provisioningState, "Succeeded");
  assert.deepEqual(properties.requestSettings, {
    requestTimeout: "PT1M30S",
    maxConcurrentRequestsPerInstance: 4,
    maxQueueWait: "PT0S",
  });
  const probe = { successThreshold: 1, timeout: "PT2S", period: "PT10S" };
  assert.deepEqual(properties.livenessProbe, {
    ...probe,
    failureThreshold: 30,
    initialDelay: "PT10S",
  });
  assert.deepEqual(properties.readinessProbe, {
    ...probe,
    failureThreshold: 3,
    initialDelay: "PT0.5S",
  });
  assert.deepEqual(properties.scaleSettings, { scaleType: "Default" });
  assert.deepEqual([
    properties.appInsightsEnabled,
    properties.egressPublicNetworkAccess,
    properties.modelMountPath,
  ], [false, "Enabled", null]);

  const [spec] = host.runtime.started,
    { containerName } = (await host.ml.datastores.get(GROUP, WORKSPACE, "workspaceblobstore"))
      .properties as { containerName: string };
  const route = (path: string) => ({ path, port: 8080 });
  assert.deepEqual(spec, {
    id: ID.toLowerCase(),
    endpoint: "flowers",
    name: "blue",
    model: { name: "iris", version: "1", container: containerName, path: "LocalUpload/2/model" },
    context: { container: "azureml", path: "LocalUpload/1/app", dockerfile: "Dockerfile" },
    environmentVariables: { LOG: "debug" },
    routes: { liveness: route("/live"), readiness: route("/ready"), scoring: route("/v1/predict") },
    liveness: {
      initialDelayMs: 10_000,
      periodMs: 10_000,
      timeoutMs: 2000,
      failureThreshold: 30,
      successThreshold: 1,
    },
    readiness: {
      initialDelayMs: 500,
      periodMs: 10_000,
      timeoutMs: 2000,
      failureThreshold: 3,
      successThreshold: 1,
    },
    requestTimeoutMs: 90_000,
    maxConcurrentRequests: 4,
    instances: 1,
  });
  const { scoringUri } =
    (await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers")).properties;
  assert.equal(scoringUri, "https://flowers.eastus.inference.ml.azure.com/v1/predict");
});

Deno.test("deployments: a model is not needed", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue", { model: undefined });
  assert.equal(host.runtime.started[0].model, undefined);
});

Deno.test("deployments: one that fails is Failed, says why with its last log lines, and must be deleted", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  host.runtime.behaviour.set(
    "blue",
    failing("ImageBuildFailure", "Dockerfile line 3: RUN needs buildah"),
  );
  await assert.rejects(
    deploy(host, "blue"),
    /ImageBuildFailure\. Dockerfile line 3: RUN needs buildah/,
  );
  const { properties } = await host.ml.onlineDeployments.get(GROUP, WORKSPACE, "flowers", "blue");
  assert.equal(properties.provisioningState, "Failed");
  const uri = properties.properties!.AzureAsyncOperationUri!;
  const { status, body } = await host.call("GET", uri);
  assert.deepEqual([status, body.status, body.percentComplete], [200, "Failed", 100]);
  assert.deepEqual(body.error, {
    code: "ImageBuildFailure",
    message: "Dockerfile line 3: RUN needs buildah",
    details: [{
      code: "ContainerLogs",
      message: "InferenceServer line 1\nInferenceServer last of 20",
    }],
  });
  host.runtime.behaviour.clear();
  const tagged = await host.arm("PATCH", `${PATH}/blue`, { tags: { a: "b" } });
  assert.equal((await host.call("GET", tagged.headers.get("location")!)).status, 200);
  const still = (await host.arm("GET", `${PATH}/blue`)).body;
  assert.deepEqual([still.tags, still.properties.provisioningState], [{ a: "b" }, "Failed"]);
  assert.match(
    reason(await host.arm("PATCH", `${PATH}/blue`, { sku: { capacity: 2 } })),
    /^Specified deployment \[blue\] failed during initial provisioning/,
  );
  assert.equal(
    reason(await host.arm("PUT", `${PATH}/blue`, deploymentDraft())),
    "Specified deployment [blue] failed during initial provisioning and is in an unrecoverable " +
      "state. Delete and re-create.",
  );
  assert.match(
    reason(await host.arm("PUT", "/onlineEndpoints/flowers", endpointDraft({ blue: 100 }))),
    /^properties.traffic.blue must be 0 until the deployment has come up: got 100$/,
  );
  await host.ml.onlineDeployments.beginDeleteAndWait(GROUP, WORKSPACE, "flowers", "blue");
  await deploy(host, "blue");
});

Deno.test("deployments: a failed update leaves the one that ran, and may be tried again", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  host.runtime.behaviour.set("blue", failing("ResourceNotReady", "never ready"));
  await assert.rejects(deploy(host, "blue"), /ResourceNotReady/);
  assert.ok(host.runtime.get(ID.toLowerCase()));
  host.runtime.behaviour.clear();
  assert.equal((await deploy(host, "blue")).properties.provisioningState, "Succeeded");
});

Deno.test("deployments: two PUTs at once: one works, the other is 409", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  const hold = held();
  host.runtime.behaviour.set("blue", hold.wait);
  const put = () => host.arm("PUT", `${PATH}/blue`, deploymentDraft());
  const answers = await Promise.all([put(), put()]);
  assert.deepEqual(answers.map(({ status }) => status).sort(), [201, 409]);
  const refused = answers.find(({ status }) => status === 409)!;
  assert.equal(refused.body.error.code, "Conflict");
  assert.match(
    refused.body.error.message,
    /deployments\/blue' as operation '[\da-f-]{36}' \(Creating\) has been running/,
  );
  // another deployment, and the endpoint, are not held up
  await deploy(host, "green");
  assert.equal(
    (await host.arm("PUT", "/onlineEndpoints/flowers", endpointDraft({ green: 100 }))).status,
    201,
  );
  const poll = answers.find(({ status }) => status === 201)!.headers.get("azure-asyncoperation")!;
  setTimeout(hold.release, 50);
  assert.equal((await host.call("GET", poll)).body.status, "Succeeded");
});

Deno.test("deployments: a slow one is Creating, and its poll says when to come back", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  const hold = held();
  host.runtime.behaviour.set("blue", hold.wait);
  const { headers } = await host.arm("PUT", `${PATH}/blue`, deploymentDraft());
  const url = headers.get("azure-asyncoperation")!;
  const [poll, result] = await Promise.all(
    [url, url.replace("OperationsStatus", "OperationResults")].map((url) => host.call("GET", url)),
  );
  assert.deepEqual([result.status, result.text], [202, ""]);
  assert.deepEqual([poll.body.status, poll.body.percentComplete, poll.headers.get("retry-after")], [
    "Creating",
    0,
    "1",
  ]);
  const { properties } = await host.ml.onlineDeployments.get(GROUP, WORKSPACE, "flowers", "blue");
  assert.equal(properties.provisioningState, "Creating");
  hold.release();
});

Deno.test("deployments: DELETE cancels a creation that runs", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  host.runtime.behaviour.set("blue", held().wait);
  const { headers } = await host.arm("PUT", `${PATH}/blue`, deploymentDraft());
  const deleted = await host.arm("DELETE", `${PATH}/blue`);
  assert.equal(deleted.status, 202);
  const { status, error } = (await host.call("GET", headers.get("azure-asyncoperation")!)).body;
  assert.deepEqual([status, error.code], ["Canceled", "OperationCanceled"]);
  assert.equal(
    (await host.call("GET", deleted.headers.get("azure-asyncoperation")!)).body.status,
    "Succeeded",
  );
  assert.equal((await host.arm("GET", `${PATH}/blue`)).status, 404);
  assert.deepEqual(host.runtime.stopped, [ID.toLowerCase()]);
});

Deno.test("deployments: under live or mirrored traffic they cannot be deleted", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  await deploy(host, "green");
  const { properties, ...draft } = endpointDraft({ blue: 100 });
  await host.arm("PUT", "/onlineEndpoints/flowers", {
    ...draft,
    properties: { ...properties, mirrorTraffic: { green: 10 } },
  }, "2023-04-01");
  assert.equal(
    reason(await host.arm("DELETE", `${PATH}/blue`)),
    "properties.traffic.blue of endpoint 'flowers' must be 0 before the deployment can be deleted: got 100",
  );
  assert.match(
    reason(await host.arm("DELETE", `${PATH}/green`)),
    /^properties.mirrorTraffic.green .*: got 10$/,
  );
  assert.deepEqual(host.runtime.stopped, []);
  await host.ml.onlineEndpoints.beginCreateOrUpdateAndWait(
    GROUP,
    WORKSPACE,
    "flowers",
    endpointDraft({ blue: 0, green: 100 }),
  );
  await host.ml.onlineDeployments.beginDeleteAndWait(GROUP, WORKSPACE, "flowers", "blue");
  const { traffic } = (await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers")).properties;
  assert.deepEqual(traffic, { green: 100 });
  assert.equal((await host.arm("DELETE", `${PATH}/blue`)).status, 204);
});

Deno.test("deployments: PATCH takes tags without a restart, and sku with one", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  const tagged = await host.arm("PATCH", `${PATH}/blue`, { tags: { a: "b" } });
  assert.deepEqual([tagged.status, tagged.text], [202, "null"]);
  assert.equal((await host.call("GET", tagged.headers.get("location")!)).status, 200);
  assert.equal(host.runtime.started.length, 1);
  await host.ml.onlineDeployments.beginUpdateAndWait(GROUP, WORKSPACE, "flowers", "blue", {
    sku: { name: "Default", capacity: 3 },
  });
  const { sku, tags, properties } = await host.ml.onlineDeployments.get(
    GROUP,
    WORKSPACE,
    "flowers",
    "blue",
  );
  assert.deepEqual([sku?.capacity, tags, properties.provisioningState], [
    3,
    { a: "b" },
    "Succeeded",
  ]);
  assert.deepEqual(host.runtime.started.map(({ instances }) => instances), [1, 3]);
  host.runtime.behaviour.set("blue", failing("OutOfQuota", "no machines"));
  const scaled = await host.arm("PATCH", `${PATH}/blue`, { sku: { capacity: 4 } });
  const result = await host.call("GET", scaled.headers.get("location")!);
  assert.deepEqual([result.status, result.body.error.code], [400, "OutOfQuota"]);
});

Deno.test("deployments: logs and sizes", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  const { onlineDeployments } = host.ml;
  const logs = await onlineDeployments.getLogs(GROUP, WORKSPACE, "flowers", "blue", {
    containerType: "StorageInitializer",
    tail: 7,
  });
  assert.equal(logs.content, "StorageInitializer line 1\nStorageInitializer last of 7\n");
  const plain = await host.arm("POST", `${PATH}/blue/getLogs`, { tail: 9 });
  assert.match(plain.body.content, /^InferenceServer .*\n.* last of 9\n$/);
  assert.match(
    reason(await host.arm("POST", `${PATH}/blue/getLogs`, { tail: 0 })),
    /^tail must be a whole number from 1/,
  );
  const skus = [];
  for await (const sku of onlineDeployments.listSkus(GROUP, WORKSPACE, "flowers", "blue")) {
    skus.push(sku);
  }
  assert.deepEqual(skus.map(({ capacity, sku }) => [capacity, sku]), [[
    { minimum: 1, maximum: 50, default: 3, scaleType: "Automatic" },
    { name: "Default", tier: "Standard" },
  ]]);
  assert.equal((await host.arm("GET", `${PATH}/none/skus`)).status, 404);
});

Deno.test("deployments: an endpoint that is being deleted takes none, and is shown so", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  const hold = held();
  host.runtime.behaviour.set("stop blue", hold.wait);
  const first = await host.arm("DELETE", "/onlineEndpoints/flowers");
  const { properties } = await host.ml.onlineEndpoints.get(GROUP, WORKSPACE, "flowers");
  assert.equal(properties.provisioningState, "Deleting");
  const refused = await host.arm("PUT", `${PATH}/green`, deploymentDraft());
  assert.deepEqual([refused.status, refused.body.error.message], [
    409,
    "Cannot create a deployment in endpoint flowers because it is in Deleting provisioning state.",
  ]);
  assert.equal((await host.arm("PUT", "/onlineEndpoints/flowers", endpointDraft())).status, 409);
  const second = await host.arm("DELETE", "/onlineEndpoints/flowers");
  assert.deepEqual([second.status, second.headers.get("location")], [
    202,
    first.headers.get("location"),
  ]);
  hold.release();
  assert.equal((await host.call("GET", first.headers.get("location")!)).status, 200);
  assert.equal((await host.arm("GET", "/onlineEndpoints/flowers")).status, 404);
});

Deno.test("deployments: an endpoint that was never made takes none", async () => {
  const folder = await Deno.makeTempDir();
  {
    await using host = await hostControl({ folder });
    await withEndpoint(host);
  }
  const store = openStore(`${folder}/store.sqlite`, () => 0);
  const found = store.get(`${HOME}/onlineEndpoints/flowers`)!;
  const properties = { ...found.body.properties as JsonRecord, provisioningState: "Failed" };
  store.put({ ...found, body: { ...found.body, properties } });
  store.close();
  await using host = await hostControl({ folder });
  assert.equal(
    reason(await host.arm("PUT", `${PATH}/blue`, deploymentDraft())),
    "Specified endpoint [flowers] has not been created successfully. Please recreate the endpoint.",
  );
  await Deno.remove(folder, { recursive: true });
});

Deno.test("deployments: without their endpoint they are refused", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  const { status, body } = await host.arm("PUT", `${PATH}/blue`, deploymentDraft());
  assert.deepEqual([status, body.error.code], [404, "ParentResourceNotFound"]);
  assert.match(
    body.error.message,
    /parent resource '.*\/onlineEndpoints\/flowers' could not be found/,
  );
  assert.equal((await host.arm("GET", PATH)).body.error.code, "ResourceNotFound");
});

Deno.test("deployments: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  const put = async (
    properties: object,
    { name = "blue", ...rest }: Record<string, unknown> = {},
  ) =>
    reason(
      await host.arm("PUT", `${PATH}/${name}`, {
        ...deploymentDraft(properties as never),
        ...rest,
      }),
    );
  assert.match(await put({}, { name: "b--" }), /^deployment name must be 3 to 32 .*: got "b--"$/);
  assert.equal(
    await put({}, { location: "westus" }),
    'location must be the endpoint\'s, eastus: got "westus"',
  );
  assert.match(
    await put({}, { sku: { capacity: 51 } }),
    /^sku.capacity must be a whole number from 1 to 50: got 51$/,
  );
  assert.match(
    await put({}, { sku: { name: "Huge" } }),
    /^sku.name must be one of Default: got "Huge"$/,
  );
  assert.match(
    await put({ endpointComputeType: undefined }),
    /^properties.endpointComputeType must be Managed: got null$/,
  );
  assert.match(
    await put({ endpointComputeType: "Kubernetes" }),
    /endpointComputeType must be one of Managed: got "Kubernetes"$/,
  );
  assert.match(
    await put({ instanceType: "big" }),
    /instanceType must be the size of a virtual machine.*: got "big"$/,
  );
  assert.match(await put({ instanceType: undefined }), /^properties.instanceType must be given/);
  assert.match(await put({ environmentId: undefined }), /^properties.environmentId must be given/);
  assert.match(
    await put({ environmentId: `${HOME}/environments/env/versions/9` }),
    /environmentId must be the id of a version in environments that is there: got "mlw-local\/environments\/env\/versions\/9"$/,
  );
  assert.match(
    await put({ model: "azureml:iris:1" }),
    /model must be the id of a version in models that is there: got "azureml:iris:1"$/,
  );
  assert.match(
    await put({ environmentVariables: { A: 1 } }),
    /environmentVariables.A must be a text: got 1$/,
  );
  assert.match(
    await put({ requestSettings: { requestTimeout: "PT5M" } }),
    /requestTimeout must be longer than PT0S and at most PT3M: got "PT5M"$/,
  );
  assert.match(
    await put({ requestSettings: { requestTimeout: "5s" } }),
    /requestTimeout must be an ISO 8601 duration.*: got "5s"$/,
  );
  assert.match(
    await put({ requestSettings: { maxConcurrentRequestsPerInstance: 0 } }),
    /maxConcurrentRequestsPerInstance must be .*: got 0$/,
  );
  assert.match(
    await put({ livenessProbe: { period: "often" } }),
    /livenessProbe.period must be .*: got "often"$/,
  );
  assert.match(
    await put({ scaleSettings: { scaleType: "TargetUtilization" } }),
    /scaleType must be one of Default: got "TargetUtilization"$/,
  );
  await host.arm("PUT", "/models/filed/versions/1", {
    properties: { modelUri: "azureml://datastores/workspacefilestore/paths/model" },
  });
  assert.match(
    await put({ model: `${HOME}/models/filed/versions/1` }),
    /^properties.model must name a model whose files lie in a blob datastore of the workspace/,
  );
  const { inferenceConfig, build } = ENVIRONMENT;
  await host.arm("PUT", "/environments/image/versions/1", {
    properties: { image: "python:3", inferenceConfig },
  });
  await host.arm("PUT", "/environments/routeless/versions/1", {
    properties: { build, inferenceConfig: { scoringRoute: { path: "/", port: 80 } } },
  });
  assert.match(
    await put({ environmentId: `${HOME}/environments/image/versions/1` }),
    /must name an environment with a build context in Blob/,
  );
  assert.match(
    await put({ environmentId: `${HOME}/environments/routeless/versions/1` }),
    /whose inferenceConfig has a livenessRoute, a readinessRoute and a scoringRoute/,
  );
  assert.deepEqual(host.runtime.started, []);
  assert.equal((await host.arm("GET", `${PATH}/blue`)).status, 404);
});

Deno.test("deployments: the instance type stays, and the limits hold", async () => {
  await using host = await hostControl();
  await withEndpoint(host);
  await deploy(host, "blue");
  assert.match(
    reason(
      await host.arm("PUT", `${PATH}/blue`, deploymentDraft({ instanceType: "Standard_F4s_v2" })),
    ),
    /instanceType must stay Standard_DS3_v2: it cannot be changed: got "Standard_F4s_v2"$/,
  );
  const limit = (body: object) =>
    host.call("POST", "http://127.0.0.1/_local/limits", { token: null, body });
  await limit({ deploymentsPerEndpoint: 1 });
  assert.equal(
    reason(await host.arm("PUT", `${PATH}/green`, deploymentDraft())),
    "deployments must be at most 1 in an endpoint: got 2",
  );
  await limit({ deploymentsPerEndpoint: 20, deployments: 1 });
  assert.match(
    reason(await host.arm("PUT", `${PATH}/green`, deploymentDraft())),
    /^deployments must be at most 1 in a subscription and region/,
  );
});
