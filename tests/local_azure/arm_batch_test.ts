/** Batch endpoints and deployments, as records, with the unmodified SDK. */

import assert from "node:assert/strict";
import { GROUP, HOME, hostControl, registerAssets, WORKSPACE } from "./control_host.ts";

const endpoint = (defaults: object = {}) => ({
  location: "eastus",
  properties: { authMode: "Key", ...defaults },
});
const deployment = (properties: object = {}) => ({
  location: "eastus",
  properties: {
    model: { referenceType: "Id", assetId: `${HOME}/models/iris/versions/1` } as const,
    ...properties,
  },
});

Deno.test("batch: an endpoint and its deployment are made, changed, listed and deleted", async () => {
  await using host = await hostControl();
  const { batchEndpoints, batchDeployments } = host.ml, at = [GROUP, WORKSPACE, "nightly"] as const;
  await registerAssets(host);
  const made = await batchEndpoints.beginCreateOrUpdateAndWait(...at, endpoint());
  assert.equal(made.properties.provisioningState, "Succeeded");
  assert.equal(made.properties.scoringUri, "https://nightly.eastus.inference.ml.azure.com/jobs");
  const blue = await batchDeployments.beginCreateOrUpdateAndWait(...at, "blue", deployment());
  const { miniBatchSize, retrySettings, outputAction, provisioningState } = blue.properties;
  assert.deepEqual([miniBatchSize, outputAction, provisioningState], [
    10,
    "AppendRow",
    "Succeeded",
  ]);
  assert.deepEqual(retrySettings, { maxRetries: 3, timeout: "PT30S" });
  const defaults = { defaults: { deploymentName: "blue" } };
  await batchEndpoints.beginCreateOrUpdateAndWait(...at, endpoint(defaults));
  assert.equal((await batchEndpoints.get(...at)).properties.defaults?.deploymentName, "blue");
  await batchEndpoints.beginUpdateAndWait(...at, { tags: { a: "b" } });
  assert.deepEqual((await batchEndpoints.get(...at)).tags, { a: "b" });
  const { primaryKey, secondaryKey } = await batchEndpoints.listKeys(...at);
  assert.ok(primaryKey && secondaryKey && primaryKey !== secondaryKey);
  const names = (await Array.fromAsync(batchDeployments.list(...at))).map(({ name }) => name);
  assert.deepEqual(names, ["blue"]);
  await batchEndpoints.beginDeleteAndWait(...at);
  assert.deepEqual(await Array.fromAsync(batchEndpoints.list(GROUP, WORKSPACE)), []);
  await assert.rejects(batchDeployments.get(...at, "blue"), { code: "ResourceNotFound" });
  assert.equal((await host.arm("DELETE", "/batchEndpoints/nightly")).status, 204);
});

Deno.test("batch: what breaks a rule is refused, with field and rule", async () => {
  await using host = await hostControl();
  const one = "/batchEndpoints/nightly", blue = `${one}/deployments/blue`;
  await registerAssets(host);
  const refused = async (path: string, body: object, words: RegExp) => {
    const { status, text } = await host.arm("PUT", path, body);
    assert.equal(status, 400, text);
    assert.match(text, words);
  };
  await refused("/batchEndpoints/a", endpoint(), /endpoint name must be 3 to 32/);
  await refused(one, { location: "eastus", properties: {} }, /authMode must be one of/);
  await refused(one, { ...endpoint(), location: "westus" }, /must be the workspace's, eastus/);
  const nobody = { defaults: { deploymentName: "nobody" } };
  await refused(one, endpoint(nobody), /must name a deployment of the endpoint/);
  assert.equal((await host.arm("PUT", blue, deployment())).status, 404);
  assert.equal((await host.arm("PUT", one, endpoint())).status, 201);
  const other = { model: { referenceType: "Id", assetId: `${HOME}/models/other/versions/1` } };
  await refused(blue, deployment(other), /assetId must be the id of one of/);
  await refused(blue, deployment({ compute: "none" }), /compute must be the id of one of/);
  await refused(blue, deployment({ retrySettings: { timeout: "soon" } }), /ISO 8601/);
  const token = { ...endpoint(), properties: { authMode: "AADToken" } };
  assert.equal((await host.arm("PUT", "/batchEndpoints/entra", token)).status, 201);
  const keys = await host.arm("POST", "/batchEndpoints/entra/listkeys");
  assert.match(keys.text, /authMode.*must be Key for this call/);
});
