/**
 * Azurite's memory, made durable: each document of its two Loki databases is a row of the store,
 * written before the answer to the request that changed it goes out.
 *
 * Azurite itself saves everything as one JSON file every 5 s, so a crash loses what it acknowledged
 * since. Here a write costs its own documents only, however many blobs there are; after a crash the
 * documents are as they were, ETags, leases and append positions included, and nothing is replayed.
 * The bytes of blobs are not here: Azurite has flushed them to its extent files (fdatasync) before it
 * makes or changes a document.
 */

import { setImmediate } from "node:timers";
import type { Store } from "./store.ts";

/** A document of Loki. */
export interface LokiDocument {
  /** Its number in the collection. */
  readonly $loki: number;
  /** Of a blob: its blocks, in order. Grows at the end with each appended block. */
  committedBlocksInOrder?: unknown[];
}

/** What is used of a Loki collection. */
export interface LokiCollection {
  /** Name of the collection. */
  readonly name: string;
  /** The documents, by ascending number. */
  data: LokiDocument[];
  /** Their numbers in the same order; null when they are to be read anew. */
  idIndex: number[] | null;
  /** The highest number given so far. */
  maxId: number;
  /** Fields of which each value occurs once. */
  readonly uniqueNames: readonly string[];
  /** The document with that number. */
  get(id: number): LokiDocument | null;
  /** Tells of each change, at once. */
  on(event: "insert" | "update" | "delete", listener: (document: LokiDocument) => void): void;
  /** Makes the index of numbers where there is none. */
  ensureId(): void;
  /** Makes the other indexes. */
  ensureAllIndexes(force: boolean): void;
  /** Makes the index of a field whose values occur once. */
  ensureUniqueIndex(field: string): unknown;
}

/** What is used of a Loki database. */
export interface LokiDatabase {
  /** Its collections. */
  readonly collections: readonly LokiCollection[];
}

/** The documents of Azurite in the store. */
export interface BlobDocuments {
  /** Whether something was changed that is not on disk yet. */
  readonly isDirty: boolean;
  /** Resolves when all that has been changed so far is on disk; many callers share one write. */
  settled(): Promise<void>;
  /** Writes at once. */
  flush(): void;
}

/**
 * Fills Loki databases from the store and writes what changes in them into it.
 *
 * @param store Where the rows lie, in tables `blob_documents` and `blob_blocks`.
 * @param databases Azurite's databases, with their collections made and nothing in them.
 * @returns See {@linkcode BlobDocuments}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keepDocuments } from "lib/local_azure/blob_documents.ts";
 * import { openStore } from "lib/local_azure/store.ts";
 *
 * const store = openStore(":memory:", () => 0);
 * assert.equal(keepDocuments(store, []).isDirty, false);
 * store.close();
 * ```
 */
export function keepDocuments(store: Store, databases: readonly LokiDatabase[]): BlobDocuments {
  const { db } = store;
  db.exec(`
    CREATE TABLE IF NOT EXISTS blob_documents (
      collection TEXT NOT NULL, id INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (collection, id)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE IF NOT EXISTS blob_blocks (
      collection TEXT NOT NULL, id INTEGER NOT NULL, position INTEGER NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (collection, id, position)
    ) STRICT, WITHOUT ROWID;
  `);
  const upsert = db.prepare("INSERT OR REPLACE INTO blob_documents VALUES (?, ?, ?)");
  const remove = db.prepare("DELETE FROM blob_documents WHERE collection = ? AND id = ?");
  const insertBlock = db.prepare("INSERT INTO blob_blocks VALUES (?, ?, ?, ?)");
  const removeBlocks = db.prepare("DELETE FROM blob_blocks WHERE collection = ? AND id = ?");
  const dirty = new Map<LokiCollection, Set<number>>();
  let waiting: Promise<void> | undefined;

  /** The block lists as they are on disk: the very array, and how much of it. */
  const kept = new Map<LokiCollection, Map<number, { blocks: unknown[]; length: number }>>();

  for (const collection of databases.flatMap(({ collections }) => collections)) {
    const changed = new Set<number>(), blocks = load(store, collection);
    dirty.set(collection, changed);
    kept.set(collection, blocks);
    for (const event of ["insert", "update", "delete"] as const) {
      collection.on(event, ({ $loki }) => void changed.add($loki));
    }
  }

  function isDirty(): boolean {
    for (const changed of dirty.values()) if (changed.size > 0) return true;
    return false;
  }

  function flush(): void {
    if (!isDirty()) return;
    const written: [Map<number, { blocks: unknown[]; length: number }>, number, unknown[]][] = [];
    store.transaction(() => {
      for (const [collection, changed] of dirty) {
        for (const id of changed) {
          const blocks = kept.get(collection)!, document = collection.get(id);
          if (!document) remove.run(collection.name, id);
          else upsert.run(collection.name, id, textOf(document));
          writeBlocks(collection.name, id, document?.committedBlocksInOrder ?? [], blocks.get(id));
          written.push([blocks, id, document?.committedBlocksInOrder ?? []]);
        }
      }
    });
    // Only now is it known to be on disk; after a failure the same documents are tried again.
    for (const [map, id, blocks] of written) {
      if (blocks.length === 0) map.delete(id);
      else map.set(id, { blocks, length: blocks.length });
    }
    for (const changed of dirty.values()) changed.clear();
  }

  /** Blocks that are new at the end are added; another list than before replaces it. */
  function writeBlocks(
    name: string,
    id: number,
    blocks: unknown[],
    before: { blocks: unknown[]; length: number } | undefined,
  ): void {
    const hasGrown = before?.blocks === blocks && before.length <= blocks.length;
    if (before && !hasGrown) removeBlocks.run(name, id);
    for (let at = hasGrown ? before.length : 0; at < blocks.length; at++) {
      insertBlock.run(name, id, at, JSON.stringify(blocks[at]));
    }
  }

  function settled(): Promise<void> {
    if (!isDirty()) return Promise.resolve();
    // Requests that are ready in this turn of the event loop come first and share the write.
    return waiting ??= new Promise<void>((resolve, reject) => {
      setImmediate(() => { // a timer of 0 ms takes 4
        waiting = undefined;
        try {
          resolve(flush());
        } catch (error) {
          reject(error);
        }
      });
    });
  }

  return {
    get isDirty() {
      return isDirty();
    },
    settled,
    flush,
  };
}

/** Puts the rows of a collection into it; gives back the block lists it put there. */
function load({ db }: Store, collection: LokiCollection) {
  const { name } = collection;
  const lists = new Map<number, unknown[]>();
  for (
    const { id, body } of db.prepare(
      "SELECT id, body FROM blob_blocks WHERE collection = ? ORDER BY id, position",
    ).iterate(name)
  ) {
    const list = lists.get(id as number) ?? [];
    if (list.length === 0) lists.set(id as number, list);
    list.push(JSON.parse(body as string));
  }
  const documents: LokiDocument[] = [];
  for (
    const { id, body } of db.prepare(
      "SELECT id, body FROM blob_documents WHERE collection = ? ORDER BY id",
    ).iterate(name)
  ) {
    const document = JSON.parse(body as string) as LokiDocument;
    const blocks = lists.get(id as number);
    if (blocks) document.committedBlocksInOrder = blocks;
    documents.push(document);
  }
  collection.data = documents;
  collection.idIndex = null;
  collection.maxId = documents.at(-1)?.$loki ?? 0;
  collection.ensureId();
  collection.ensureAllIndexes(true);
  for (const field of collection.uniqueNames) collection.ensureUniqueIndex(field);
  return new Map([...lists].map(([id, blocks]) => [id, { blocks, length: blocks.length }]));
}

/** A document as JSON, without its blocks, which have rows of their own. */
function textOf(document: LokiDocument): string {
  if (!document.committedBlocksInOrder?.length) return JSON.stringify(document);
  return JSON.stringify({ ...document, committedBlocksInOrder: [] });
}
