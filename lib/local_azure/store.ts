/**
 * The store: one SQLite file in WAL mode. Resources of every ARM type share one table, keyed by their
 * lower-cased id; other parts (MLflow, secrets, the blob journal) keep tables of their own in the
 * same file, so that what was acknowledged is on disk together.
 */

import { DatabaseSync } from "node:sqlite";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import { OWNER_FILE, ownerOnly } from "./owner_only.ts";

/** One stored resource. */
export interface Stored {
  /** The ARM id as its creator spelt it. */
  readonly id: string;
  /** Type in lower case, e.g. `microsoft.machinelearningservices/workspaces/models`. */
  readonly type: string;
  /** Id of the resource above it, in lower case; the empty string at the top. */
  readonly parent: string;
  /** The body as GET answers it, `id` and `name` included. */
  readonly body: JsonRecord;
  /** What no client ever sees (keys, operation states). */
  readonly hidden: JsonRecord;
  /** Milliseconds since 1970. */
  readonly createdAt: number;
  /** Milliseconds since 1970. */
  readonly updatedAt: number;
}

/** Options of {@linkcode Store.list}. */
export interface ListOptions {
  /** Only resources of this type. */
  readonly type?: string;
  /** Only resources right below this id. */
  readonly parent?: string;
  /** Only resources anywhere below this id. */
  readonly below?: string;
}

/** The store. */
export interface Store {
  /** The database, for parts with tables of their own. Statements run synchronously. */
  readonly db: DatabaseSync;
  /** The resource with that id, in any spelling. */
  get(id: string): Stored | undefined;
  /** Writes a resource: new, or in place of the one with its id. */
  put(resource: Omit<Stored, "createdAt" | "updatedAt">): Stored;
  /** Removes a resource and everything below it; tells how many. */
  delete(id: string): number;
  /** Resources in the order of their creation. */
  list(options: ListOptions): Stored[];
  /** Runs `body` in one transaction: all of it is on disk afterwards, or none. Not to be nested. */
  transaction<T>(body: () => T): T;
  /** Closes the file. */
  close(): void;
}

/** Layout of the file; a file with a higher number was made by a newer version. */
export const STORE_VERSION = 1;

/**
 * Opens the store, and makes it where there is none.
 *
 * @param path The file; `:memory:` for a store that ends with the process.
 * @param now The present time in milliseconds since 1970.
 * @returns The store.
 * @throws {BadInput} If the file cannot be written, is no store, or is of a newer version.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openStore } from "lib/local_azure/mod.ts";
 *
 * const store = openStore(":memory:", () => 0);
 * store.put({ id: "/subscriptions/S", type: "subscriptions", parent: "", body: { id: "/subscriptions/S" }, hidden: {} });
 * assert.equal(store.get("/SUBSCRIPTIONS/s")?.id, "/subscriptions/S");
 * store.close();
 * ```
 */
export function openStore(path: string, now: () => number): Store {
  const db = open(path);
  db.exec(`
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA busy_timeout = 5000;
    CREATE TABLE IF NOT EXISTS resources (
      key TEXT PRIMARY KEY, id TEXT NOT NULL, type TEXT NOT NULL, parent TEXT NOT NULL,
      body TEXT NOT NULL, hidden TEXT NOT NULL, created_at INTEGER NOT NULL, updated_at INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS resources_by_parent ON resources (parent, type);
    CREATE INDEX IF NOT EXISTS resources_by_type ON resources (type);
    PRAGMA user_version = ${STORE_VERSION};
  `);
  const select = db.prepare("SELECT * FROM resources WHERE key = ?");
  const upsert = db.prepare(`
    INSERT INTO resources (key, id, type, parent, body, hidden, created_at, updated_at)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE SET
      body = excluded.body, hidden = excluded.hidden, updated_at = excluded.updated_at
    RETURNING *`);
  const remove = db.prepare("DELETE FROM resources WHERE key = ? OR substr(key, 1, ?) = ?");

  function list({ type, parent, below }: ListOptions): Stored[] {
    const wheres: string[] = [], values: (string | number)[] = [];
    if (type !== undefined) wheres.push("type = ?"), values.push(type.toLowerCase());
    if (parent !== undefined) wheres.push("parent = ?"), values.push(parent.toLowerCase());
    if (below !== undefined) {
      const prefix = `${below.toLowerCase()}/`;
      wheres.push("substr(key, 1, ?) = ?"), values.push(prefix.length, prefix);
    }
    const where = wheres.length > 0 ? `WHERE ${wheres.join(" AND ")}` : "";
    return db.prepare(`SELECT * FROM resources ${where} ORDER BY created_at, rowid`).all(...values)
      .map(stored);
  }

  function transaction<T>(body: () => T): T {
    db.exec("BEGIN IMMEDIATE");
    try {
      const result = body();
      db.exec("COMMIT");
      return result;
    } catch (error) {
      db.exec("ROLLBACK");
      throw error;
    }
  }

  return {
    db,
    get(id) {
      const row = select.get(id.toLowerCase());
      return row && stored(row);
    },
    put({ id, type, parent, body, hidden }) {
      const at = now();
      const texts = [JSON.stringify(body), JSON.stringify(hidden)];
      const key = id.toLowerCase();
      const row = upsert.get(
        key,
        id,
        type.toLowerCase(),
        parent.toLowerCase(),
        ...texts,
        at,
        at,
      );
      return stored(row!);
    },
    delete(id) {
      const prefix = `${id.toLowerCase()}/`;
      return Number(remove.run(id.toLowerCase(), prefix.length, prefix).changes);
    },
    list,
    transaction,
    close: () => db.close(),
  };
}

function open(path: string): DatabaseSync {
  let db: DatabaseSync | undefined;
  try {
    if (path !== ":memory:") { // SQLite gives the files beside it the bits of the first
      Deno.openSync(path, { create: true, append: true, mode: OWNER_FILE }).close();
      ownerOnly(path, OWNER_FILE);
    }
    db = new DatabaseSync(path);
    const { user_version: version } = db.prepare("PRAGMA user_version").get() as {
      user_version: number;
    };
    if (version > STORE_VERSION) {
      throw new BadInput({
        field: path,
        rule: `must be a store of version ${STORE_VERSION} or older (a newer Local Azure made it)`,
        value: version,
      });
    }
    return db;
  } catch (cause) {
    db?.close();
    if (cause instanceof BadInput) throw cause;
    const { message } = cause as Error;
    throw new BadInput({ field: path, rule: `must be a store that can be written (${message})` }, {
      cause,
    });
  }
}

function stored(row: Record<string, unknown>): Stored {
  return {
    id: row.id as string,
    type: row.type as string,
    parent: row.parent as string,
    body: JSON.parse(row.body as string),
    hidden: JSON.parse(row.hidden as string),
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
  };
}
