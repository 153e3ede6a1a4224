/** Where secrets lie: every version of every name of every vault. */

import type { Store } from "./store.ts";

/** One version of a secret. Times in seconds since 1970. */
export interface Secret {
  /** Host name of the vault. */
  readonly vault: string;
  readonly name: string;
  /** 32 hexadecimal digits. */
  readonly version: string;
  readonly value: string;
  readonly contentType?: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly notBefore?: number;
  readonly expires?: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** Absent for one that is there. */
  readonly deletedAt?: number;
}

/** The secrets of a store. Names are the same in any case, as in Key Vault. */
export interface Secrets {
  /** Writes a version: new, or in place of the one with its number. */
  put(secret: Secret): Secret;
  /** One version. */
  get(vault: string, name: string, version: string): Secret | undefined;
  /** The version that was made last. */
  latest(vault: string, name: string): Secret | undefined;
  /** All versions of a name, the newest first. */
  versions(vault: string, name: string): Secret[];
  /** The latest version of each name of a vault, deleted ones included, by name. */
  list(vault: string): Secret[];
  /** Deletes all versions of a name, so that they can be recovered; or recovers them. */
  setDeleted(vault: string, name: string, at: number | undefined): void;
  /** Forgets all versions of a name. */
  purge(vault: string, name: string): void;
}

/** The secrets of a store. */
export function createSecrets({ db }: Store): Secrets {
  db.exec(`CREATE TABLE IF NOT EXISTS secrets (
    number INTEGER PRIMARY KEY, vault TEXT NOT NULL, name TEXT NOT NULL COLLATE NOCASE,
    version TEXT NOT NULL, record TEXT NOT NULL, deleted_at INTEGER,
    UNIQUE (vault, name, version)) STRICT`);
  const upsert = db.prepare(`
    INSERT INTO secrets (vault, name, version, record) VALUES (?, ?, ?, ?)
    ON CONFLICT (vault, name, version) DO UPDATE SET record = excluded.record`);
  const all = db.prepare("SELECT * FROM secrets WHERE vault = ? AND name = ? ORDER BY number DESC");
  const newest = db.prepare(`
    SELECT * FROM secrets WHERE vault = ? AND number IN
      (SELECT max(number) FROM secrets GROUP BY vault, name) ORDER BY name`);
  const mark = db.prepare("UPDATE secrets SET deleted_at = ? WHERE vault = ? AND name = ?");
  const forget = db.prepare("DELETE FROM secrets WHERE vault = ? AND name = ?");

  const versions = (vault: string, name: string) => all.all(vault, name).map(secret);

  return {
    put(written) {
      const { deletedAt: _apart, ...record } = written;
      upsert.run(written.vault, written.name, written.version, JSON.stringify(record));
      return written;
    },
    get: (vault, name, version) => versions(vault, name).find((one) => one.version === version),
    latest: (vault, name) => versions(vault, name)[0],
    versions,
    list: (vault) => newest.all(vault).map(secret),
    setDeleted: (vault, name, at) => void mark.run(at ?? null, vault, name),
    purge: (vault, name) => void forget.run(vault, name),
  };
}

function secret(row: Record<string, unknown>): Secret {
  const record = JSON.parse(row.record as string);
  return row.deleted_at === null ? record : { ...record, deletedAt: row.deleted_at as number };
}
