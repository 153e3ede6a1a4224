/** What every operation of the MLflow service works with: tables, time, and the workspace asked. */

import { join } from "node:path";
import type { StatementSync } from "node:sqlite";
import type { JsonRecord, Logger } from "lib/core/mod.ts";
import type { BlobFiles } from "./blob_files.ts";
import type { LocalAzure } from "./context.ts";
import type { Given } from "./mlflow_fields.ts";
import type { Store } from "./store.ts";

/** The part of Local Azure that MLflow needs. */
export type MlflowGround =
  & Pick<LocalAzure, "store" | "clock" | "log" | "folder" | "tokens">
  /** Where artifacts lie that came through Azure's run history. */
  & Partial<Pick<LocalAzure, "blobs">>;

/** The inside of the service. */
export interface Mlflow {
  readonly store: Store;
  readonly log: Logger;
  /** The folder of artifacts that came through MLflow's own API. */
  readonly folder: string;
  /** Blobs, among them the artifacts that came through Azure's run history. */
  readonly blobs: BlobFiles | undefined;
  /** Milliseconds since 1970. */
  now(): number;
  /** The prepared statement of a text that does not change. */
  sql(text: string): StatementSync;
}

/** The workspace that a request is about: experiments, runs and models are its own. */
export interface Scope {
  /** ARM id as it is spelt in the store. */
  readonly workspace: string;
  /** The id in lower case: the key in the tables. */
  readonly key: string;
  /** Whether Azure's own rules hold, which are stricter than MLflow's. */
  readonly strict: boolean;
  /** The host of Azure's that was asked, which artifact URIs name; nothing for MLflow's own. */
  readonly host?: string;
}

/** One request. */
export interface Call {
  readonly mlflow: Mlflow;
  readonly scope: Scope;
  readonly given: Given;
}

/** Answers a request with the body of its 200. */
export type Handler = (call: Call) => JsonRecord | Promise<JsonRecord>;

/** Handlers by method and path, e.g. `POST runs/create`. */
export type Routes = Readonly<Record<string, Handler>>;

/** The workspace of `http://127.0.0.1:PORT`. */
export const DEFAULT_WORKSPACE =
  "/subscriptions/00000000-0000-0000-0000-000000000000/resourceGroups/rg-local/providers/" +
  "Microsoft.MachineLearningServices/workspaces/mlw-local";

/** Opens the service's inside: makes its tables where there are none, and removes half-sent artifacts. */
export function openMlflow({ store, clock, log, folder, blobs }: MlflowGround): Mlflow {
  store.db.exec(TABLES);
  removeHalfSent(join(folder, "mlflow-artifacts"));
  const statements = new Map<string, StatementSync>();
  return {
    store,
    log,
    blobs,
    folder: join(folder, "mlflow-artifacts"),
    now: () => clock.now().getTime(),
    sql(text) {
      const known = statements.get(text);
      if (known) return known;
      const made = store.db.prepare(text);
      statements.set(text, made);
      return made;
    },
  };
}

/** How a file is called that an artifact is written to until all of it is there. */
export const HALF_SENT = /^\.[\w-]+\.tmp$/;

/** Removes what uploads have left that ended with an earlier process. */
function removeHalfSent(folder: string): void {
  try {
    for (const { name, isFile } of [...Deno.readDirSync(folder)]) {
      if (isFile && HALF_SENT.test(name)) Deno.removeSync(join(folder, name));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

/** Runs and their numbers. NaN is kept as 0 with `nan` set, since SQLite has none. */
const TABLES = `
  CREATE TABLE IF NOT EXISTS mlflow_experiments (
    workspace TEXT NOT NULL, id INTEGER NOT NULL, name TEXT NOT NULL, location TEXT NOT NULL,
    stage TEXT NOT NULL, created INTEGER NOT NULL, updated INTEGER NOT NULL,
    PRIMARY KEY (workspace, id), UNIQUE (workspace, name)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_experiment_tags (
    workspace TEXT NOT NULL, experiment INTEGER NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL,
    PRIMARY KEY (workspace, experiment, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_runs (
    id TEXT PRIMARY KEY, workspace TEXT NOT NULL, experiment INTEGER NOT NULL, name TEXT NOT NULL,
    user TEXT NOT NULL, status TEXT NOT NULL, started INTEGER NOT NULL, ended INTEGER,
    stage TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX IF NOT EXISTS mlflow_runs_by_start
    ON mlflow_runs (workspace, experiment, started DESC, id);
  CREATE TABLE IF NOT EXISTS mlflow_run_tags (
    run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_params (
    run TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_metrics (
    run TEXT NOT NULL, key TEXT NOT NULL, timestamp INTEGER NOT NULL, step INTEGER NOT NULL,
    value REAL NOT NULL, nan INTEGER NOT NULL, PRIMARY KEY (run, key, timestamp, step, value, nan)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_latest_metrics (
    run TEXT NOT NULL, key TEXT NOT NULL, timestamp INTEGER NOT NULL, step INTEGER NOT NULL,
    value REAL NOT NULL, nan INTEGER NOT NULL, PRIMARY KEY (run, key)
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS mlflow_inputs (
    run TEXT NOT NULL, name TEXT NOT NULL, digest TEXT NOT NULL, dataset TEXT NOT NULL,
    tags TEXT NOT NULL, context TEXT, PRIMARY KEY (run, name, digest)
  ) STRICT, WITHOUT ROWID;
`;
