/** Runs as they are stored, and as clients see them. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Mlflow, Scope } from "./mlflow_context.ts";
import { absent } from "./mlflow_error.ts";
import type { Given } from "./mlflow_fields.ts";
import { numberShown, type Pair } from "./mlflow_values.ts";

/** One run, without its numbers. */
export interface Run {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** Number of its experiment. */
  readonly experiment: number;
  readonly name: string;
  readonly user: string;
  readonly status: string;
  /** Milliseconds since 1970; 0 if nobody said. */
  readonly started: number;
  /** Milliseconds since 1970. */
  readonly ended: number | null;
  readonly stage: string;
  /** Where its experiment keeps artifacts. */
  readonly location: string;
}

/** Selects runs `r` with their experiment `e`. */
export const SELECT_RUNS = `
  SELECT r.id, r.experiment, r.name, r.user, r.status, r.started, r.ended, r.stage, e.location
  FROM mlflow_runs r
  JOIN mlflow_experiments e ON e.workspace = r.workspace AND e.id = r.experiment`;

/** The run's id in a request, which has an old and a new name. */
export function runIdIn(given: Given): string {
  return given.text("run_id") || given.text("run_uuid") || given.required("run_id");
}

/**
 * The run with that id.
 *
 * @throws {MlflowError} 404 if the workspace has none.
 */
export function runOf(mlflow: Mlflow, scope: Scope, id: string): Run {
  const run = findRun(mlflow, scope, id);
  if (run) return run;
  throw absent(`Run with id=${id} not found`);
}

/** The run with that id, if the workspace has one. */
export function findRun(mlflow: Mlflow, scope: Scope, id: string): Run | undefined {
  const row = mlflow.sql(`${SELECT_RUNS} WHERE r.workspace = ? AND r.id = ?`).get(scope.key, id);
  return row as unknown as Run | undefined;
}

/** Where a run keeps its artifacts, e.g. `mlflow-artifacts:/1/RUN/artifacts`. */
export function artifactUri({ location, id }: Run): string {
  return `${location}/${id}/artifacts`;
}

/** The same as clients see it: Azure's own find it in the run history, `azureml://HOST/mlflow/v2.0/…`. */
export function shownArtifactUri(run: Run, { host, workspace }: Scope): string {
  if (host === undefined) return artifactUri(run);
  return `azureml://${host}/mlflow/v2.0${workspace}/experiments/${run.experiment}/runs/${run.id}/artifacts`;
}

/** What `run.info` says. */
export function infoShown(run: Run, scope: Scope): JsonRecord {
  return {
    run_id: run.id,
    run_uuid: run.id,
    run_name: run.name,
    experiment_id: String(run.experiment),
    user_id: run.user,
    status: run.status,
    start_time: run.started,
    ...(run.ended === null ? {} : { end_time: run.ended }),
    artifact_uri: shownArtifactUri(run, scope),
    lifecycle_stage: run.stage,
  };
}

/** The whole run: info, latest metrics, parameters, tags and inputs. Empty lists are left out. */
export function runShown(mlflow: Mlflow, scope: Scope, run: Run): JsonRecord {
  const metrics = mlflow.sql(`SELECT key, value, nan, timestamp, step
    FROM mlflow_latest_metrics WHERE run = ? ORDER BY key`).all(run.id) as unknown as Point[];
  const inputs = mlflow.sql("SELECT dataset, tags FROM mlflow_inputs WHERE run = ?")
    .all(run.id) as { dataset: string; tags: string }[];
  const datasets = inputs.map(({ dataset, tags }) => ({
    ...filled("tags", JSON.parse(tags)),
    dataset: JSON.parse(dataset),
  }));
  return {
    info: infoShown(run, scope),
    data: {
      ...filled("metrics", metrics.map(pointShown)),
      ...filled("params", pairsOf(mlflow, "mlflow_params", run.id)),
      ...filled("tags", pairsOf(mlflow, "mlflow_run_tags", run.id)),
    },
    inputs: filled("dataset_inputs", datasets),
  };
}

/** One stored point of a metric. */
export interface Point {
  readonly key: string;
  readonly value: number;
  readonly nan: number;
  readonly timestamp: number;
  readonly step: number;
}

/** A point as clients see it. */
export function pointShown({ key, value, nan, timestamp, step }: Point): JsonRecord {
  return { key, value: numberShown(nan ? NaN : value), timestamp, step };
}

/** The list under its name; nothing if it is empty. */
export function filled(name: string, items: readonly JsonRecord[]): JsonRecord {
  return items.length > 0 ? { [name]: items } : {};
}

function pairsOf(mlflow: Mlflow, table: "mlflow_params" | "mlflow_run_tags", run: string) {
  const rows = mlflow.sql(`SELECT key, value FROM ${table} WHERE run = ? ORDER BY key`).all(run);
  return (rows as unknown as Pair[]).map(({ key, value }) => ({ key, value }));
}
