/** Connections, network, notebooks and the provider's own operations. */

import assert from "node:assert/strict";
import {
  deploymentDraft,
  endpointDraft,
  GROUP,
  HOME,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

const AT = [GROUP, WORKSPACE] as const;
const ARM = "https://management.azure.com", VERSION = "api-version=2022-10-01";

Deno.test("connections: kept, filtered, deleted, and their credentials never told", async () => {
  await using host = await hostControl();
  const { workspaceConnections } = host.ml;
  const git = await workspaceConnections.create(...AT, "git", {
    properties: {
      ...{ authType: "PAT", category: "Git", target: "https://git.example" },
      credentials: { pat: "secret-pat" },
    },
  });
  assert.equal(git.properties.target, "https://git.example");
  await workspaceConnections.create(...AT, "feed", {
    properties: { authType: "None", category: "PythonFeed", target: "https://feed.example" },
  });
  const found = await Array.fromAsync(workspaceConnections.list(...AT, { category: "Git" }));
  assert.deepEqual(found.map(({ name }) => name), ["git"]);
  for (const path of ["/connections", "/connections/git"]) {
    assert.doesNotMatch((await host.arm("GET", path)).text, /secret-pat|credentials/);
  }
  const bad = { properties: { authType: "PAT", credentials: {} } };
  const { status, text } = await host.arm("PUT", "/connections/x", bad);
  assert.equal(status, 400);
  assert.match(text, /properties\.credentials\.pat must be given/);
  await workspaceConnections.delete(...AT, "git");
  await assert.rejects(workspaceConnections.get(...AT, "git"), { code: "NotFound" });
  assert.equal((await host.arm("DELETE", "/connections/git")).status, 204);
});

Deno.test("network: no private endpoint to approve, and the hosts of the workspace itself", async () => {
  await using host = await hostControl();
  const connections = host.ml.privateEndpointConnections;
  assert.deepEqual(await Array.fromAsync(connections.list(...AT)), []);
  await assert.rejects(connections.createOrUpdate(...AT, "pe", {}), {
    code: "PrivateEndpointConnectionNotFound",
  });
  await assert.rejects(connections.get(...AT, "pe"), { code: "ResourceNotFound" });
  const { value: [resource] = [] } = await host.ml.privateLinkResources.list(...AT);
  assert.deepEqual([resource.groupId, resource.requiredMembers], ["amlworkspace", ["default"]]);
  const { value } = await host.ml.workspaces.listOutboundNetworkDependenciesEndpoints(...AT);
  const names = value!.flatMap(({ properties }) =>
    properties!.endpoints!.map(({ domainName, endpointDetails }) => {
      assert.deepEqual(endpointDetails, [{ port: 443 }]);
      return domainName!;
    })
  );
  assert.ok(names.includes("eastus.api.azureml.ms"), names.join(", "));
});

Deno.test("notebooks: the strict mode says that there is no such service", async () => {
  await using host = await hostControl();
  for (const action of ["prepareNotebook", "listNotebookKeys", "listNotebookAccessToken"]) {
    const { status, body } = await host.arm("POST", `/${action}`);
    assert.deepEqual([status, body.error.code], [400, "NotebookServiceNotAvailable"], action);
  }
});

Deno.test("operations: what the routes answer, each once, and no features", async () => {
  await using host = await hostControl();
  const listed = await Array.fromAsync(host.ml.operations.list());
  const names = listed.map(({ name }) => name!);
  assert.equal(new Set(names).size, names.length);
  for (const end of ["write", "listKeys/action", "onlineEndpoints/deployments/getLogs/action"]) {
    assert.ok(names.includes(`Microsoft.MachineLearningServices/workspaces/${end}`), end);
  }
  assert.deepEqual(await Array.fromAsync(host.ml.workspaceFeatures.list(...AT)), []);
});

Deno.test("lenient: what a path leads through is made, what it names last is not", async () => {
  await using host = await hostControl({ lenient: true });
  const path = HOME.replace(WORKSPACE, "sample-ws");
  const call = (method: string, rest: string, body?: object) =>
    host.call(method, `${ARM}${path}${rest}?${VERSION}`, { body });
  assert.equal((await call("GET", "")).status, 404);
  assert.equal((await call("GET", "/computes/one")).status, 404);
  assert.equal((await call("POST", "/computes/one/start")).status, 202);
  assert.equal((await call("GET", "/computes/one")).status, 200);
  assert.equal((await call("DELETE", "/jobs/never")).status, 204);
});

Deno.test("lenient: a body that breaks a rule is kept without its secrets", async () => {
  await using host = await hostControl({ lenient: true });
  const name = "string", one = `/datastores/${name}`;
  const sent = {
    properties: {
      ...{ datastoreType: "AzureFile", accountName: "string", fileShareName: "string" },
      credentials: {
        credentialsType: "AccountKey",
        secrets: { secretsType: "AccountKey", key: "planted" },
      },
    },
  };
  assert.equal((await host.arm("PUT", one, sent)).status, 201);
  const { text, body } = await host.arm("GET", one);
  assert.doesNotMatch(text, /planted/);
  assert.equal(body.properties.fileShareName, "string");
  assert.equal((await host.arm("POST", `${one}/listSecrets`)).body.key, "planted");
  assert.equal((await host.arm("PUT", one, sent)).status, 200);
  const job = await host.arm("PUT", "/jobs/string", { properties: { jobType: "AutoML" } });
  assert.equal(job.status, 201);
  const list = await host.arm("GET", "/jobs?jobType=string");
  assert.deepEqual(list.body.value.map(({ name }: { name: string }) => name), ["string"]);
  const wrong = { location: "eastus", properties: { authMode: "Key", traffic: { string: 1 } } };
  const { headers } = await host.arm("PUT", "/onlineEndpoints/sample", wrong);
  const poll = await host.call("GET", headers.get("azure-asyncoperation")!);
  assert.equal(poll.body.status, "Succeeded");
  const log = await Deno.readTextFile(`${host.folder}/log.jsonl`);
  assert.match(log, /rule left out/);
});

Deno.test("lenient: a body that breaks no rule goes the strict way, and a container is started", async () => {
  await using host = await hostControl({ lenient: true });
  await registerAssets(host);
  const { onlineEndpoints, onlineDeployments } = host.ml, at = [...AT, "flowers"] as const;
  await onlineEndpoints.beginCreateOrUpdateAndWait(...at, endpointDraft());
  await onlineDeployments.beginCreateOrUpdateAndWait(...at, "blue", deploymentDraft());
  assert.deepEqual(host.runtime.started.map(({ name }) => name), ["blue"]);
  const strange = deploymentDraft({ environmentId: "string" });
  const green = await onlineDeployments.beginCreateOrUpdateAndWait(...at, "green", strange);
  assert.equal(green.properties.provisioningState, "Succeeded");
  assert.deepEqual(host.runtime.started.map(({ name }) => name), ["blue"]);
  await onlineEndpoints.beginDeleteAndWait(...at);
  assert.deepEqual(await Array.fromAsync(onlineEndpoints.list(...AT)), []);
});
