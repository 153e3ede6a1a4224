import assert from "node:assert/strict";
import { createMemoryStore } from "lib/registry/mod.ts";
import { documentStoreSuite } from "./document_store_suite.ts";

documentStoreSuite("createMemoryStore()", createMemoryStore);

Deno.test("createMemoryStore(): keeps copies, and no values that JSON would change", async () => {
  const store = createMemoryStore(), value = { list: [1] };
  await store.write("a.json", value);
  value.list.push(2);
  const read = (await store.read("a.json"))!.value as { list: number[] };
  read.list.push(3);
  assert.deepEqual((await store.read("a.json"))?.value, { list: [1] });
  await assert.rejects(store.write("a.json", { n: NaN }), TypeError);
});
