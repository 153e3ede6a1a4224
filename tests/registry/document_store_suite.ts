/** What every document store must do: run over the one in memory, and over the one on Blob. */

import assert from "node:assert/strict";
import { ConflictError, type DocumentStore, NEW } from "lib/registry/mod.ts";

/** Registers the tests. `open` gives an empty store. */
export function documentStoreSuite(
  name: string,
  open: () => DocumentStore | Promise<DocumentStore>,
) {
  Deno.test(`${name}: reads what was written, and nothing where nothing was`, async () => {
    const store = await open();
    assert.equal(await store.read("a/b.json"), undefined);
    const value = { text: "é🌷", list: [1, null, true], nested: { n: 1e-9 } };
    const { etag } = await store.write("a/b.json", value);
    assert.deepEqual(await store.read("a/b.json"), { value, etag });
    const second = await store.write("a/b.json", [2]);
    assert.notEqual(second.etag, etag);
    assert.deepEqual(await store.read("a/b.json"), { value: [2], etag: second.etag });
  });

  Deno.test(`${name}: writes only over what the writer has seen`, async () => {
    const store = await open();
    const { etag } = await store.write("a.json", 1, { ifMatch: NEW });
    await assert.rejects(store.write("a.json", 2, { ifMatch: NEW }), (error) => {
      assert.ok(error instanceof ConflictError);
      assert.deepEqual([error.path, error.expected], ["a.json", null]);
      return true;
    });
    const next = await store.write("a.json", 2, { ifMatch: etag });
    await assert.rejects(store.write("a.json", 3, { ifMatch: etag }), (error) => {
      assert.ok(error instanceof ConflictError);
      assert.deepEqual([error.path, error.expected], ["a.json", etag]);
      if (error.found !== undefined) assert.equal(error.found, next.etag);
      return true;
    });
    await assert.rejects(store.write("none.json", 1, { ifMatch: etag }), { name: "ConflictError" });
    assert.equal(await store.read("none.json"), undefined);
    assert.deepEqual(await store.read("a.json"), { value: 2, etag: next.etag });
  });

  Deno.test(`${name}: lists paths in the order of their letters`, async () => {
    const store = await open();
    for (const path of ["b/2.json", "a/1.json", "b/10.json", "b.json", "c/b/1.json"]) {
      await store.write(path, path);
    }
    assert.deepEqual(await store.list("b/"), ["b/10.json", "b/2.json"]);
    assert.deepEqual(await store.list("b"), ["b.json", "b/10.json", "b/2.json"]);
    assert.deepEqual(await store.list("nope/"), []);
    assert.equal((await store.list("")).length, 5);
  });

  Deno.test(`${name}: of many writers over the same sight one wins`, async () => {
    const store = await open();
    const { etag } = await store.write("a.json", 0);
    for (const [path, ifMatch] of [["a.json", etag], ["new.json", NEW]]) {
      const writes = Array.from({ length: 8 }, (_, i) => store.write(path, i, { ifMatch }));
      const results = await Promise.allSettled(writes);
      const winners = results.flatMap(({ status }, i) => status === "fulfilled" ? [i] : []);
      assert.equal(winners.length, 1);
      assert.equal((await store.read(path))?.value, winners[0]);
    }
  });
}
