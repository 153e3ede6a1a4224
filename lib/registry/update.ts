/** Read, change, write: again for as long as somebody else was quicker. */

import type { Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW, type StoredDocument } from "./document_store.ts";

/** Options of {@linkcode updateDocument}. */
export interface UpdateOptions {
  /** Tries until the lost race is passed on. Each race has a winner. Default 20. */
  readonly attempts?: number;
  /** What was just read there, null for nothing: spares the first reading. Default: it is read. */
  readonly found?: StoredDocument | null;
}

/**
 * Changes a document, over what is there at that moment and nothing else.
 *
 * @param store Where the document lies.
 * @param path The document.
 * @param change From what is there (nothing where there is none) to what shall be there. It is called
 * again after a lost race, so it must decide by its argument alone. What it throws ends the update.
 * @param options See {@linkcode UpdateOptions}.
 * @returns What was written.
 * @throws {ConflictError} If every try lost its race.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore, updateDocument } from "lib/registry/mod.ts";
 *
 * const store = createMemoryStore();
 * const count = () => updateDocument(store, "count.json", (n) => Number(n ?? 0) + 1);
 * await Promise.all([count(), count(), count()]);
 * assert.equal((await store.read("count.json"))?.value, 3);
 * ```
 */
export async function updateDocument<T extends Json>(
  store: DocumentStore,
  path: string,
  change: (before: Json | undefined) => T,
  { attempts = 20, found: first }: UpdateOptions = {},
): Promise<T> {
  for (let attempt = 1;; attempt++) {
    const isKnown = attempt === 1 && first !== undefined;
    const found = isKnown ? first : await store.read(path), value = change(found?.value);
    try {
      await store.write(path, value, { ifMatch: found?.etag ?? NEW });
      return value;
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= attempts) throw error;
    }
  }
}
