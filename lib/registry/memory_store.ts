/** A document store that ends with the process. */

import { canonicalJson, type Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "./document_store.ts";

/**
 * A store in memory: for tests, and for a registry that nobody else is to see.
 *
 * @returns An empty store. It keeps copies, so what a caller does to a value afterwards changes nothing.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore, NEW } from "lib/registry/mod.ts";
 *
 * const store = createMemoryStore();
 * const { etag } = await store.write("a.json", { n: 1 }, { ifMatch: NEW });
 * await store.write("a.json", { n: 2 }, { ifMatch: etag });
 * await assert.rejects(store.write("a.json", { n: 3 }, { ifMatch: etag }), { name: "ConflictError" });
 * assert.deepEqual((await store.read("a.json"))?.value, { n: 2 });
 * ```
 */
export function createMemoryStore(): DocumentStore {
  const documents = new Map<string, { text: string; etag: string }>();
  let writes = 0;
  return {
    read(path) {
      const found = documents.get(path);
      return Promise.resolve(found && { value: JSON.parse(found.text) as Json, etag: found.etag });
    },
    // async, so that what is thrown is a rejection
    // deno-lint-ignore require-await
    async write(path, value, { ifMatch } = {}) {
      const text = canonicalJson(value), found = documents.get(path)?.etag ?? null;
      const expected = ifMatch === NEW ? null : ifMatch ?? found;
      if (expected !== found) throw new ConflictError({ path, expected, found });
      const etag = String(++writes);
      documents.set(path, { text, etag });
      return { etag };
    },
    list(prefix) {
      const paths = [...documents.keys()].filter((path) => path.startsWith(prefix));
      return Promise.resolve(paths.sort());
    },
  };
}
