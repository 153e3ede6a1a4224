import assert from "node:assert/strict";
import { ENVIRONMENT, GROUP, HOME, hostControl, WORKSPACE } from "./control_host.ts";

const SHORT = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model";
const LONG = `azureml:/${HOME.replace("/providers/Microsoft.MachineLearningServices", "")}` +
  "/datastores/workspaceblobstore/paths/LocalUpload/1/model";

Deno.test("models: PUT is 201 with Location, then 200; everything is filled in", async () => {
  await using host = await hostControl();
  const made = await host.arm("PUT", "/models/iris/versions/1", {
    properties: { modelUri: SHORT },
  });
  assert.equal(made.status, 201);
  const id = `${HOME}/models/iris/versions/1`;
  assert.equal(
    made.headers.get("location"),
    `https://management.azure.com${id}?api-version=2022-10-01`,
  );
  const { systemData, ...body } = made.body;
  assert.deepEqual(body, {
    id,
    name: "1",
    type: "Microsoft.MachineLearningServices/workspaces/models/versions",
    properties: {
      description: null,
      tags: {},
      properties: {},
      isArchived: false,
      isAnonymous: false,
      modelType: "custom_model",
      modelUri: LONG,
      flavors: {},
      jobName: null,
    },
  });
  assert.equal(Object.keys(systemData).length, 6);
  const again = await host.arm("PUT", "/models/iris/versions/1", {
    properties: {
      modelUri: LONG.toUpperCase().replace(/^AZUREML/, "azureml").replace(
        /DATASTORES.*/,
        "datastores/workspaceblobstore/paths/LocalUpload/1/model",
      ),
      tags: { alias: "champion" },
      description: "d",
    },
  });
  assert.deepEqual([again.status, again.body.properties.tags], [200, { alias: "champion" }]);
});

Deno.test("models: a blob URL names the same place", async () => {
  await using host = await hostControl();
  const { properties } = await host.ml.datastores.get(GROUP, WORKSPACE, "workspaceblobstore");
  const { containerName } = properties as { containerName: string };
  const modelUri =
    `https://devstoreaccount1.blob.core.windows.net/${containerName}/LocalUpload/1/model`;
  const model = await host.ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "iris", "1", {
    properties: { modelUri },
  });
  assert.equal(model.properties.modelUri, LONG);
});

Deno.test("models: container counts versions; deleting it deletes them", async () => {
  await using host = await hostControl();
  const { ml } = host, properties = { modelUri: SHORT };
  for (const version of ["1", "2", "10"]) {
    await ml.modelVersions.createOrUpdate(GROUP, WORKSPACE, "iris", version, { properties });
  }
  const container = await ml.modelContainers.get(GROUP, WORKSPACE, "iris");
  assert.deepEqual([container.properties.latestVersion, container.properties.nextVersion], [
    "10",
    "11",
  ]);
  await ml.modelVersions.delete(GROUP, WORKSPACE, "iris", "10");
  assert.equal(
    (await ml.modelContainers.get(GROUP, WORKSPACE, "iris")).properties.nextVersion,
    "11",
  );
  await ml.modelContainers.delete(GROUP, WORKSPACE, "iris");
  await assert.rejects(ml.modelVersions.get(GROUP, WORKSPACE, "iris", "1"), { statusCode: 404 });
  assert.equal((await host.arm("DELETE", "/models/iris")).status, 204);
  assert.equal((await host.arm("DELETE", "/models/iris/versions/1")).status, 204);
  assert.deepEqual((await host.arm("GET", "/models/iris/versions")).body.value, []);
});

Deno.test("models: a container is archived and restored", async () => {
  await using host = await hostControl();
  await host.arm("PUT", "/models/iris/versions/1", { properties: { modelUri: SHORT } });
  const names = async (view: string) =>
    (await host.arm("GET", `/models?listViewType=${view}`)).body.value.length;
  assert.equal(
    (await host.arm("PUT", "/models/iris", { properties: { isArchived: true } })).status,
    200,
  );
  assert.deepEqual([await names("ActiveOnly"), await names("ArchivedOnly"), await names("All")], [
    0,
    1,
    1,
  ]);
  assert.equal((await host.arm("PUT", "/models/tulip", { properties: {} })).status, 201);
});

Deno.test("models: a new version leaves what its container says", async () => {
  await using host = await hostControl();
  const properties = { description: "flowers", tags: { a: "b" } };
  await host.arm("PUT", "/models/iris", { properties });
  await host.arm("PUT", "/models/iris/versions/1", { properties: { modelUri: SHORT } });
  const { body } = await host.arm("GET", "/models/iris");
  assert.deepEqual([body.properties.description, body.properties.tags], ["flowers", { a: "b" }]);
});

Deno.test("models: paths and types stay, properties are only added", async () => {
  await using host = await hostControl();
  const put = (properties: object) =>
    host.arm("PUT", "/models/iris/versions/1", { properties: { modelUri: SHORT, ...properties } });
  await put({ properties: { digest: "abc" } });
  for (const change of [{ modelUri: SHORT + "2" }, { modelType: "mlflow_model" }]) {
    const { status, body } = await put(change);
    assert.deepEqual([status, body.error.code, body.error.message], [
      400,
      "UserError",
      "Asset paths cannot be updated.",
    ]);
  }
  const changed = await put({ properties: { digest: "xyz" } });
  assert.match(changed.body.error.message, /properties.digest must stay "abc".*: got "xyz"/);
  const added = await put({ properties: { more: "1" } });
  assert.deepEqual(added.body.properties.properties, { digest: "abc", more: "1" });
});

Deno.test("models: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  const refusal = async (path: string, properties: object) => {
    const { status, body } = await host.arm("PUT", path, { properties });
    return `${status} ${body.error.code} ${body.error.message}`;
  };
  const good = { modelUri: SHORT };
  for (const version of ["0", "-1", "1.0", "latest", "01"]) {
    assert.equal(
      await refusal(`/models/iris/versions/${version}`, good),
      `400 UserError model version must be a whole number above 0: got "${version}"`,
    );
  }
  assert.match(
    await refusal("/models/-iris/versions/1", good),
    /^400 UserError model name must be .*: got "-iris"$/,
  );
  assert.match(
    await refusal("/models/iris/versions/1", {}),
    /properties.modelUri must be given: got null$/,
  );
  for (
    const modelUri of [
      "file:///etc/passwd",
      "azureml://datastores/x",
      "https://other.blob.core.windows.net/a/b",
    ]
  ) {
    assert.match(
      await refusal("/models/iris/versions/1", { modelUri }),
      /^400 UserError properties.modelUri must be azureml:/,
    );
  }
  assert.match(
    await refusal("/models/iris/versions/1", {
      modelUri: SHORT.replace("workspaceblobstore", "none"),
    }),
    /properties.modelUri must name a datastore that is there: got "azureml:\/\/datastores\/none/,
  );
  assert.match(
    await refusal("/models/iris/versions/1", { ...good, modelType: "onnx" }),
    /modelType must be one of custom_model.*: got "onnx"$/,
  );
  assert.match(
    await refusal("/models/iris/versions/1", { ...good, tags: "many" }),
    /properties.tags must be an object: got "many"$/,
  );
  assert.match(
    await refusal("/models/iris/versions/1", { ...good, tags: { a: 1 } }),
    /properties.tags.a must be a text: got 1$/,
  );
  assert.match(
    await refusal("/models/iris/versions/1", { ...good, isArchived: "no" }),
    /isArchived must be true or false: got "no"$/,
  );
  assert.equal((await host.arm("GET", "/models/iris")).status, 404); // nothing was left behind
});

Deno.test("data: any version, next version for whoever counts, one type for all versions", async () => {
  await using host = await hostControl();
  const { ml } = host;
  const properties = { dataType: "uri_folder" as const, dataUri: SHORT };
  for (const version of ["3", "2026-01-01", "4"]) {
    await ml.dataVersions.createOrUpdate(GROUP, WORKSPACE, "rows", version, { properties });
  }
  const container = await ml.dataContainers.get(GROUP, WORKSPACE, "rows");
  assert.deepEqual([container.properties.nextVersion, container.properties.dataType], [
    "5",
    "uri_folder",
  ]);
  const { properties: { dataUri } } = await ml.dataVersions.get(
    GROUP,
    WORKSPACE,
    "rows",
    "2026-01-01",
  );
  assert.equal(dataUri, LONG);
  const refusal = async (path: string, changed: object) => {
    const { status, body } = await host.arm("PUT", path, {
      properties: { ...properties, ...changed },
    });
    return `${status} ${body.error.message}`;
  };
  assert.equal(
    await refusal("/data/rows/versions/3", { dataUri: SHORT + "2" }),
    "400 Asset paths cannot be updated.",
  );
  assert.match(
    await refusal("/data/rows/versions/9", { dataType: "uri_file" }),
    /^400 properties.dataType must be uri_folder, as in the other versions: got "uri_file"$/,
  );
  assert.match(
    await refusal("/data/x/versions/1", { dataType: null }),
    /^400 properties.dataType must be one of uri_file/,
  );
  assert.match(
    await refusal("/data/x/versions/1", { dataUri: null }),
    /^400 properties.dataUri must be given/,
  );
  const web = await host.arm("PUT", "/data/web/versions/1", {
    properties: { dataType: "uri_file", dataUri: "https://example.org/iris.csv" },
  });
  assert.equal(web.body.properties.dataUri, "https://example.org/iris.csv");
});

Deno.test("environments: filled in; the same again is fine, a change is 409", async () => {
  await using host = await hostControl();
  const { ml } = host;
  const put = (properties: object) =>
    host.arm("PUT", "/environments/env/versions/1", { properties });
  const made = await put(ENVIRONMENT);
  assert.equal(made.status, 201);
  const { build, environmentType, osType } = made.body.properties;
  assert.deepEqual([build.dockerfilePath, environmentType, osType], [
    "Dockerfile",
    "UserCreated",
    "Linux",
  ]);
  const back = await ml.environmentVersions.get(GROUP, WORKSPACE, "env", "1");
  assert.equal((await put({ ...back.properties, isArchived: true })).status, 200);
  const changed = await put({ ...ENVIRONMENT, osType: "Windows" });
  assert.deepEqual([changed.status, changed.body.error.code, changed.body.error.message], [
    409,
    "UserError",
    "Environment env with version 1 is already registered and cannot be changed.",
  ]);
});

Deno.test("environments: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  const refusal = async (properties: object) => {
    const { status, body } = await host.arm("PUT", "/environments/env/versions/1", { properties });
    return `${status} ${body.error.message}`;
  };
  const { build, inferenceConfig } = ENVIRONMENT;
  assert.match(await refusal({}), /^400 properties.image must be given, or build, but not both/);
  assert.match(
    await refusal({ build, image: "a" }),
    /^400 properties.image must be given, or build, but not both: got "a"/,
  );
  assert.match(
    await refusal({ build, condaFile: "a" }),
    /^400 properties.condaFile must not be given without image/,
  );
  assert.match(
    await refusal({ build: { contextUri: "./app" } }),
    /^400 properties.build.contextUri must be the https URL.*: got ".\/app"/,
  );
  const route = (livenessRoute: object) =>
    refusal({ build, inferenceConfig: { ...inferenceConfig, livenessRoute } });
  assert.match(await route({ port: 80 }), /livenessRoute.path must be given/);
  assert.match(
    await route({ path: "live", port: 80 }),
    /livenessRoute.path must begin with a slash: got "live"/,
  );
  assert.match(await route({ path: "/live" }), /livenessRoute.port must be given/);
  assert.match(
    await route({ path: "/live", port: 70_000 }),
    /livenessRoute.port must be a whole number from 1 to 65535: got 70000/,
  );
});

Deno.test("code: is found by its hash, and a container that is not there has no versions", async () => {
  await using host = await hostControl();
  assert.deepEqual((await host.arm("GET", "/codes/none/versions?hash=x")).body, { value: [] });
  const codeUri = "https://devstoreaccount1.blob.core.windows.net/azureml/LocalUpload/1/src";
  const properties = { codeUri, isAnonymous: true, properties: { hash_sha256: "abc" } };
  assert.equal((await host.arm("PUT", "/codes/src/versions/1", { properties })).status, 201);
  assert.equal((await host.arm("GET", "/codes/src/versions?hash=abc")).body.value[0].name, "1");
  assert.equal((await host.arm("GET", "/codes/src/versions?hash=abd")).body.value.length, 0);
  const wrong = await host.arm("PUT", "/codes/src/versions/2", { properties: { codeUri: "src" } });
  assert.match(wrong.body.error.message, /properties.codeUri must be the https URL.*: got "src"/);
});

Deno.test("components: the SDK registers one; the same again is fine, a change is 409", async () => {
  await using host = await hostControl();
  const { ml } = host, componentSpec = { type: "command", command: "echo hello" };
  const at = [GROUP, WORKSPACE, "hello", "1"] as const, properties = { componentSpec };
  const made = await ml.componentVersions.createOrUpdate(...at, { properties });
  assert.equal(made.id, `${HOME}/components/hello/versions/1`);
  await ml.componentVersions.createOrUpdate(...at, { properties });
  const changed = { properties: { componentSpec: { ...componentSpec, command: "rm" } } };
  await assert.rejects(ml.componentVersions.createOrUpdate(...at, changed), {
    statusCode: 409,
    message: /Component hello with version 1 is already registered and cannot be changed/,
  });
  const container = await ml.componentContainers.get(GROUP, WORKSPACE, "hello");
  assert.equal(container.properties.latestVersion, "1");
  await ml.componentVersions.delete(...at);
  assert.deepEqual(await Array.fromAsync(ml.componentVersions.list(GROUP, WORKSPACE, "hello")), []);
  for (const spec of [undefined, "text", { type: "magic" }]) {
    const { status, body } = await host.arm("PUT", "/components/hello/versions/2", {
      properties: { componentSpec: spec },
    });
    assert.equal(status, 400);
    assert.match(body.error.message, /^properties.componentSpec(.type)? must be /);
  }
});

Deno.test("code: files get a folder and what opens it before there is a version", async () => {
  await using host = await hostControl();
  const { status, body } = await host.arm("POST", "/codes/src/versions/1/startPendingUpload", {
    pendingUploadType: "TemporaryBlobReference",
  }, "2023-04-01");
  assert.equal(status, 200);
  const { blobUri, credential } = body.blobReferenceForConsumption;
  const { origin, pathname, searchParams } = new URL(credential.sasUri);
  assert.equal(blobUri, `${origin}${pathname}`);
  assert.deepEqual([credential.credentialType, searchParams.get("sr")], ["SAS", "c"]);
  const codeUri = `${blobUri}/src`, hash = { hash_sha256: "abc", hash_version: 202208 };
  const properties = { codeUri, isAnonymous: true, properties: hash };
  const made = await host.arm("PUT", "/codes/src/versions/1", { properties });
  assert.equal(made.status, 201);
  // the Python SDK sends a number, and the service keeps texts
  assert.deepEqual(made.body.properties.properties, { ...hash, hash_version: "202208" });
  const wrong = { ...properties, properties: { a: [1] } };
  assert.equal((await host.arm("PUT", "/codes/src/versions/2", { properties: wrong })).status, 400);
});

Deno.test("code: every upload has a container of its own, so folders of one name do not mix", async () => {
  await using host = await hostControl();
  const start = async (name: string, pendingUploadId?: string) => {
    const wanted = { pendingUploadType: "TemporaryBlobReference", pendingUploadId };
    const path = `/codes/${name}/versions/1/startPendingUpload`;
    const { body } = await host.arm("POST", path, wanted, "2023-04-01");
    return new URL(body.blobReferenceForConsumption.blobUri).pathname.slice(1);
  };
  const one = await start("a"), two = await start("b"), known = await start("c", "mine");
  assert.notEqual(one, two);
  assert.equal(await start("d", "mine"), known);
  for (const container of [one, two, known]) {
    assert.match(container, /^[a-z\d](?:-?[a-z\d]){2,62}$/);
    assert.ok(container.length <= 63);
    assert.ok(host.containers.includes(container), "it is made before it is named");
  }
});

Deno.test("code: it is found by its hash, whatever name is asked for", async () => {
  await using host = await hostControl();
  const codeUri = "https://devstoreaccount1.blob.core.windows.net/up/src";
  const properties = { codeUri, properties: { hash_sha256: "abc", hash_version: 202208 } };
  assert.equal((await host.arm("PUT", "/codes/one/versions/1", { properties })).status, 201);
  const found = async (query: string) => {
    const { status, body } = await host.arm("GET", `/codes/never-heard-of/versions${query}`);
    assert.equal(status, 200);
    return body.value.map(({ id }: { id: string }) => id);
  };
  assert.deepEqual(await found("?hash=abc&hashVersion=202208"), [`${HOME}/codes/one/versions/1`]);
  assert.deepEqual(await found("?hash=other&hashVersion=202208"), []);
  assert.deepEqual(await found(""), []);
});
