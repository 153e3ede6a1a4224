/** Datastore and data assets over the real SDKs against a real Local Azure. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { loadDataset } from "lib/data/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";

const folder = await Deno.makeTempDir();
const local = await openLocalAzure({ folder, port: 0 });
const open = await azure.openAzureAt(local.port);

Deno.test("defaultDatastore() is the container that the work goes to, and shows no key", async () => {
  const store = await azure.defaultDatastore(open);
  assert.equal(store.name, "workspaceblobstore");
  assert.equal(store.url, open.blobs.url);
  assert.deepEqual(Object.keys(store), ["name", "account", "container", "url"]);
});

Deno.test("registerDataAsset() registers a digest once, as file or folder; list and get find it", async () => {
  const files = { "a.csv": new TextEncoder().encode("a\n1\n") };
  const { uri } = await azure.uploadFolder(open, { name: "pets", files });
  const draft = { name: "pets", version: "v1", description: "d", tags: { rows: "1" } };
  const kind = "uri_file" as const, file = `${uri}/a.csv`;
  const first = await azure.registerDataAsset(open, { ...draft, kind, uri: file, digest: "d1" });
  assert.deepEqual([first.isNew, first.kind, first.uri], [true, kind, file]);
  assert.deepEqual(first.tags, { rows: "1", datasetDigest: "d1" });
  const again = await azure.registerDataAsset(open, {
    ...{ ...draft, version: "v2", kind, uri: file, digest: "d1" },
  });
  assert.deepEqual([again.isNew, again.version, again.id], [false, "v1", first.id]);
  await azure.registerDataAsset(open, { ...draft, version: "v2", kind, uri: file, digest: "d2" });
  const versions = (await azure.listDataAssets(open, "pets")).map(({ version }) => version);
  assert.deepEqual(versions.sort(), ["v1", "v2"]);
  const got = await azure.getDataAsset(open, { name: "pets", version: "v2" });
  assert.equal(got?.tags.datasetDigest, "d2");
  assert.equal(await azure.getDataAsset(open, { name: "pets", version: "v3" }), undefined);
  assert.deepEqual(await azure.listDataAssets(open, "none"), []);
  await assert.rejects(
    azure.registerDataAsset(open, { ...draft, version: "v2", kind, uri: `${uri}/b`, digest: "d3" }),
    { name: "OperationError", message: /Asset paths cannot be updated/ },
  );
});

Deno.test("registerDataset() keeps rows that are read again as the same dataset", async () => {
  const workspace = await lifecycle.openWorkspace({ azure: open });
  const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: 7 });
  const { digest } = prepared.dataset;
  const asset = await lifecycle.registerDataset(workspace, prepared);
  assert.deepEqual([asset.name, asset.version, asset.kind], [
    "iris",
    digest.slice(0, 12),
    "uri_folder",
  ]);
  assert.equal(asset.tags.datasetDigest, digest);
  assert.equal((await lifecycle.registerDataset(workspace, prepared)).isNew, false);

  const path = asset.uri.split("/paths/")[1], copy = await Deno.makeTempDir();
  for await (const { name } of open.blobs.listBlobsFlat({ prefix: `${path}/` })) {
    const bytes = await open.blobs.getBlobClient(name).downloadToBuffer();
    await Deno.writeFile(`${copy}/${name.split("/").at(-1)}`, bytes);
  }
  const back = await loadDataset(`${copy}/iris.dataset.json`);
  assert.deepEqual([back.digest, back.frozen], [digest, true]);
  assert.equal(back.holdout.sha256, prepared.dataset.holdout.sha256);
  await Deno.remove(copy, { recursive: true });
});

Deno.test("the data's Local Azure ends", async () => {
  await local.close();
  await Deno.remove(folder, { recursive: true });
});
