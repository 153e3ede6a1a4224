/** What this room makes of faults that Azure has now and then. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { PARTS } from "lib/local_azure/real_parts.ts";
import { fakeParts } from "../local_azure/control_host.ts";

const bytes = new TextEncoder().encode("{}");
const draft = { name: "iris", version: "1", description: "", tags: {} };
const URI = "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/iris";

const ROUTES = { port: 8080, liveness: "/live", readiness: "/ready", scoring: "/score" };

Deno.test("faults: what this room does about each of them", async (test) => {
  const folder = await Deno.makeTempDir({ prefix: "faults-" });
  const { createRuntime } = fakeParts();
  const local = await openLocalAzure({ folder, port: 0, parts: { ...PARTS, createRuntime } });
  const open = await azure.openAzureAt(local.port);
  const fault = async (body: object) => {
    const url = `http://127.0.0.1:${local.port}/_local/faults`;
    const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
    assert.equal(answer.status, 200, await answer.text());
  };
  /** How often a fault has happened; it is then forgotten. */
  const happened = async () => {
    const url = `http://127.0.0.1:${local.port}/_local/faults`;
    const { faults } = await (await fetch(url)).json();
    await fault({ clear: true });
    return faults.reduce((sum: number, one: { happened: number }) => sum + one.happened, 0);
  };
  const endpoint = { name: "flowers", description: "", tags: {} };

  try {
    await test.step("429: the SDK's own wait, also for what goes around its operations", async () => {
      await fault({ kind: "throttle", times: 2 });
      const since = performance.now();
      const { id } = await azure.registerModel(open, { ...draft, uri: URI });
      assert.ok(performance.now() - since > 1900);
      assert.match(id, /\/models\/iris\/versions\/1$/);
      assert.equal(await happened(), 2);
      await azure.ensureEndpoint(open, endpoint);
      await fault({ kind: "throttle", where: "/onlineEndpoints/" });
      await azure.setTraffic(open, "flowers", {});
      assert.equal(await happened(), 1);
    });

    await test.step("429 without an end: one line with code and reason", async () => {
      await fault({ kind: "throttle", times: 1000, retryAfterSeconds: 0 });
      await assert.rejects(
        azure.registerModel(open, { ...draft, version: "2", uri: URI }),
        (error: azure.OperationError) => {
          assert.equal(error.name, "OperationError");
          assert.match(error.message, /TooManyRequests: The request was throttled/);
          return true;
        },
      );
      assert.ok(await happened() >= 4); // the first and three more
    });

    await test.step("Blob is busy: an upload is whole all the same", async () => {
      await fault({ kind: "blobBusy", times: 2 });
      const { path, sent } = await azure.uploadFolder(open, {
        ...{ name: "model", files: { "model.json": bytes, "card.json": bytes } },
      });
      assert.equal(sent, 2);
      assert.equal(await happened(), 2);
      const names: string[] = [];
      for await (const { name } of open.blobs.listBlobsFlat({ prefix: path })) names.push(name);
      assert.deepEqual(names, [`${path}/card.json`, `${path}/model.json`]);
    });

    await test.step("a token has expired: said so, and a second try goes through", async () => {
      await fault({ kind: "tokenExpired" });
      await assert.rejects(azure.getEndpoint(open, "flowers"), {
        statusCode: 401,
        code: "ExpiredAuthenticationToken",
      });
      assert.equal((await azure.getEndpoint(open, "flowers"))?.state, "Succeeded");
      assert.equal(await happened(), 1);
    });

    await test.step("a build fails: code and reason, and the way on is delete and make again", async () => {
      const { id: environmentId } = await azure.registerEnvironment(open, {
        ...{ ...draft, contextUrl: `${open.blobs.url}/LocalUpload/1/app/`, routes: ROUTES },
      });
      const { id: modelId } = await azure.registerModel(open, { ...draft, uri: URI });
      const blue = { endpoint: "flowers", name: "blue" };
      const deploy = () =>
        azure.createDeployment(open, {
          ...{ ...blue, modelId, environmentId, variables: {}, tags: {} },
          ...{ instanceType: "Standard_DS2_v2", instances: 1, concurrency: 4 },
        });
      await fault({ kind: "failOperation", message: "Step 3 failed: no space left" });
      await assert.rejects(
        deploy(),
        /^OperationError: Cannot deploy blue to flowers: ImageBuildFailure: Step 3 failed: no space left/,
      );
      assert.equal((await azure.getDeployment(open, blue))?.state, "Failed");
      await assert.rejects(deploy(), /in an unrecoverable state\. Delete and re-create\./);
      await azure.deleteDeployment(open, blue);
      await deploy();
      assert.equal((await azure.getDeployment(open, blue))?.state, "Succeeded");
    });
  } finally {
    await local.close();
    await Deno.remove(folder, { recursive: true });
  }
});
