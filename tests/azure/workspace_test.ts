/** The adapters over the real SDKs against a real Local Azure of their own. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { documentStoreSuite } from "../registry/document_store_suite.ts";

const folder = await Deno.makeTempDir();
const local = await openLocalAzure({ folder, port: 0 });
const open = await azure.openAzureAt(local.port);

Deno.test("uploadFolder() sends the same content once", async () => {
  const files = { "a.txt": new TextEncoder().encode("a") };
  const first = await azure.uploadFolder(open, { name: "things", files });
  const again = await azure.uploadFolder(open, { name: "things", files });
  assert.deepEqual([first.sent, again.sent, again.path], [1, 0, first.path]);
});

Deno.test("uploadFolder() repairs what was overwritten since, and says so; a lost file is sent again", async () => {
  const text = (content: string) => new TextEncoder().encode(content);
  const files = { "a.txt": text("a"), "b/c.txt": text("bc"), "d.txt": text("d"), "e": text("") };
  const { path, sent } = await azure.uploadFolder(open, { name: "parts", files });
  assert.equal(sent, 4);
  const blob = (file: string) => open.blobs.getBlockBlobClient(`${path}/${file}`);
  const { contentMD5 } = await blob("a.txt").getProperties();
  // as long as before, and with the MD5 of what was there before
  await blob("a.txt").uploadData(text("x"));
  await blob("a.txt").setHTTPHeaders({ blobContentMD5: contentMD5 });
  await blob("b/c.txt").uploadData(text("longer"));
  await blob("d.txt").delete();
  const lines: string[] = [], onRepair = (line: string) => lines.push(line);
  const again = await azure.uploadFolder(open, { name: "parts", files }, { onRepair });
  assert.deepEqual([again.sent, again.repaired], [1, ["a.txt", "b/c.txt"]]);
  assert.deepEqual(
    lines,
    ["a.txt", "b/c.txt"].map((file) =>
      `Repaired ${path}/${file}: somebody had overwritten it since it was uploaded`
    ),
  );
  for (const [file, bytes] of Object.entries(files).filter(([, { length }]) => length > 0)) {
    assert.deepEqual(new Uint8Array(await blob(file).downloadToBuffer()), bytes, file);
  }
  const third = await azure.uploadFolder(open, { name: "parts", files }, { onRepair });
  assert.deepEqual([third.sent, third.repaired, lines.length], [0, [], 2]);
});

Deno.test("registerModel() registers once, and its file can be read back", async () => {
  const bytes = new TextEncoder().encode('{"forest":1}');
  const files = { "model.json": bytes };
  const { uri } = await azure.uploadFolder(open, { name: "model", files });
  const draft = { name: "pets", version: "1", description: "d", tags: { digest: "d0" }, uri };
  assert.equal((await azure.registerModel(open, draft)).isNew, true);
  assert.equal((await azure.registerModel(open, draft)).isNew, false);
  const read = await azure.readModelFile(open, { name: "pets", version: "1", file: "model.json" });
  assert.deepEqual(new Uint8Array(read!), bytes);
  assert.deepEqual((await azure.listModelVersions(open, "pets")).map(({ tags }) => tags.digest), [
    "d0",
  ]);
  assert.deepEqual(await azure.listModelVersions(open, "none"), []);
  await assert.rejects(azure.registerModel(open, { ...draft, uri: `${uri}/other` }), {
    name: "OperationError",
    message: "Cannot register models pets:1: UserError: Asset paths cannot be updated.",
  });
});

Deno.test("secrets are kept, renewed and removed", async () => {
  await azure.putSecret(open, "webhook", "first");
  await azure.putSecret(open, "webhook", "second");
  assert.equal(await azure.getSecret(open, "webhook"), "second");
  await azure.deleteSecret(open, "webhook");
  assert.equal(await azure.getSecret(open, "webhook"), undefined);
  await azure.deleteSecret(open, "webhook");
});

Deno.test("endpoints: made once, keys renewed one at a time, traffic to nothing refused, removed", async () => {
  const draft = { name: "pets-e", description: "d", tags: { owner: "test" } };
  const made = await azure.ensureEndpoint(open, draft);
  assert.deepEqual([made.state, made.traffic, made.tags], ["Succeeded", {}, { owner: "test" }]);
  assert.deepEqual(await azure.ensureEndpoint(open, draft), made);
  const before = await azure.endpointKeys(open, "pets-e");
  await azure.renewKey(open, "pets-e", "Primary");
  const after = await azure.endpointKeys(open, "pets-e");
  assert.notEqual(after.primary, before.primary);
  assert.equal(after.secondary, before.secondary);
  await assert.rejects(azure.setTraffic(open, "pets-e", { blue: 100 }), /blue/);
  await azure.deleteEndpoint(open, "pets-e");
  assert.equal(await azure.getEndpoint(open, "pets-e"), undefined);
  await azure.deleteEndpoint(open, "pets-e");
});

documentStoreSuite("blobDocuments()", () => {
  const prefix = `suite-${crypto.randomUUID()}/`, store = azure.blobDocuments(open);
  return {
    read: (path) => store.read(prefix + path),
    async write(path, value, options) {
      return await store.write(prefix + path, value, options).catch((error) => {
        if (error.name !== "ConflictError") throw error;
        throw Object.assign(error, { path: error.path.slice(prefix.length) });
      });
    },
    list: async (start) =>
      (await store.list(prefix + start)).map((path) => path.slice(prefix.length)),
  };
});

Deno.test("the workspace's Local Azure ends", async () => {
  await local.close();
  await Deno.remove(folder, { recursive: true });
});
