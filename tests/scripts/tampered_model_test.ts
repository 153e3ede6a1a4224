/** A registered model whose blob somebody overwrites: nobody uses it, everybody names the digest, and registering repairs it. */

import assert from "node:assert/strict";
import {
  type Azure,
  blobDocuments,
  ensureEndpoint,
  findLocalAzure,
  getDeployment,
  getEndpoint,
  listEndpoints,
  openAzureAt,
  OperationError,
} from "lib/azure/mod.ts";
import { sha256 } from "lib/core/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { createRegistry } from "lib/registry/mod.ts";
import { createTracking } from "lib/tracking/mod.ts";
import { ownCheckout } from "./own_checkout.ts";

/** Changes one digit of the model's bytes in Blob: it stays a forest that could be served. */
async function tamper({ ml, target, blobs }: Azure, version: string): Promise<string> {
  const { resourceGroup, workspace } = target;
  const { properties } = await ml.modelVersions.get(resourceGroup, workspace, "iris", version);
  const blob = blobs.getBlockBlobClient(`${properties.modelUri!.split("/paths/")[1]}/model.json`);
  const text = new TextDecoder().decode(await blob.downloadToBuffer());
  const changed = text.replace(/(\d\.\d*)(\d)/, (_, head, last) => head + (Number(last) + 1) % 10);
  assert.notEqual(changed, text);
  JSON.parse(changed);
  const bytes = new TextEncoder().encode(changed);
  await blob.uploadData(bytes);
  return sha256(bytes);
}

function workspaceOf(azure: Azure): lifecycle.Workspace {
  const { armFetch, mlflowUrl: baseUrl, fetch: plainFetch } = azure;
  return {
    azure,
    tracking: createTracking({ fetch: armFetch, baseUrl, plainFetch }),
    registry: createRegistry({ store: blobDocuments(azure) }),
  };
}

Deno.test("a model overwritten in Blob is refused by readChampion(), container and task, until it is registered again", async (test) => {
  await using checkout = await ownCheckout();
  const gated = await checkout.run("gate", ["--json"]);
  assert.equal(gated.code, 0, gated.err);
  const { port } = (await findLocalAzure({ checkout: checkout.root }))!;
  const azure = await openAzureAt(port), workspace = workspaceOf(azure);
  const { model, version } = (await lifecycle.readChampion(workspace, "iris"))!;
  const other = await tamper(azure, version.version);
  assert.notEqual(other, model.digest);

  await test.step("readChampion() names both digests in one line", async () => {
    await assert.rejects(lifecycle.readChampion(workspace, "iris"), {
      name: "BadInput",
      message: `model digest must be ${model.digest}: got "${other}"`,
    });
  });

  await test.step("the container never becomes ready, and the deployment is Failed, without traffic", async () => {
    await ensureEndpoint(azure, { name: "iris-t", description: "d", tags: {} });
    const environment = await lifecycle.ensureEnvironment(workspace);
    const draft = { endpoint: "iris-t", deployment: "blue", version, environment, readySeconds: 3 };
    await assert.rejects(lifecycle.deployVersion(workspace, draft), (error: Error) => {
      assert.ok(error instanceof OperationError);
      assert.match(error.message, /^Cannot deploy blue to iris-t: ResourceNotReady: /);
      assert.ok(error.log.some((line) => line.includes(model.digest)), error.log.join("\n"));
      return true;
    });
    const blue = await getDeployment(azure, { endpoint: "iris-t", name: "blue" });
    assert.equal(blue?.state, "Failed");
    assert.deepEqual((await getEndpoint(azure, "iris-t"))?.traffic, {});
  });

  await test.step("deno task deploy is bad input, in one line, before there is an endpoint", async () => {
    const { code, out, err } = await checkout.run("deploy", []);
    assert.equal(code, 2, out + err);
    assert.equal(err.trim(), `deploy: model digest must be ${model.digest}: got "${other}"`);
    assert.deepEqual((await listEndpoints(azure)).map(({ name }) => name), ["iris-t"]);
  });

  await test.step("who has the bytes and registers them again repairs it, and the page says so", async () => {
    const { code, out, err } = await checkout.run("gate", ["--json"]);
    assert.equal(code, 0, err);
    assert.equal(JSON.parse(out).modelVersion, version.version);
    const page = `${checkout.root}/out/notebooks/02_mlops_infrastructure.ipynb`;
    assert.match(await Deno.readTextFile(page), /Repaired LocalUpload\/\w+\/model\/model.json: /);
    const champion = await lifecycle.readChampion(workspace, "iris");
    assert.equal(champion?.model.digest, model.digest);
  });
});
