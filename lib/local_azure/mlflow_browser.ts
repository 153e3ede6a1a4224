/**
 * What MLflow's own web pages ask beyond its REST API. They ask all of it under `/ajax-api/` instead of
 * `/api/`, and a file of a run at `/get-artifact`. None of it is Azure's: it holds at `127.0.0.1` alone.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import { getArtifact } from "./mlflow_artifacts.ts";
import { checkArtifactPath, pathInUri } from "./mlflow_artifact_paths.ts";
import type { Call, Mlflow, Routes, Scope } from "./mlflow_context.ts";
import { invalid, missing } from "./mlflow_error.ts";
import { experimentOf } from "./mlflow_experiments.ts";
import { needVersion } from "./mlflow_model_store.ts";
import { checkVersion } from "./mlflow_names.ts";
import { artifactUri, filled, findRun, type Point, pointShown, runOf } from "./mlflow_run_body.ts";

/** Runs that one request may ask for. */
const MOST_RUNS = 100;

/** Experiments that one request may ask for. */
const MOST_EXPERIMENTS = 20;

/** Points of one run, thinned out and not. */
const MOST_SAMPLES = 2500, MOST_POINTS = 25_000;

/** Their operations. */
export const BROWSER_ROUTES: Routes = {
  "POST experiments/search-datasets": searchDatasets,
  "GET metrics/get-history-bulk": history,
  "GET metrics/get-history-bulk-interval": sampledHistory,
};

/** Parameters of their queries that may be there several times. */
export const BROWSER_LISTS: Readonly<Record<string, readonly string[]>> = {
  "GET metrics/get-history-bulk": ["run_id"],
  "GET metrics/get-history-bulk-interval": ["run_ids"],
};

/** The datasets that runs of some experiments have used, each once. */
function searchDatasets({ mlflow, scope, given }: Call): JsonRecord {
  const ids = given.texts("experiment_ids");
  if (ids.length === 0) {
    throw invalid("SearchDatasets request must specify at least one experiment_id.");
  }
  if (ids.length > MOST_EXPERIMENTS) {
    throw invalid(
      `SearchDatasets request cannot specify more than ${MOST_EXPERIMENTS} experiment_ids. ` +
        `Received ${ids.length} experiment_ids.`,
    );
  }
  const found = ids.flatMap((id) => {
    const experiment = experimentOf(mlflow, scope, id).id;
    const rows = mlflow.sql(`SELECT DISTINCT i.name, i.digest, i.context
      FROM mlflow_inputs i JOIN mlflow_runs r ON r.id = i.run
      WHERE r.workspace = ? AND r.experiment = ? AND r.stage = 'active' ORDER BY i.name, i.digest`)
      .all(scope.key, experiment) as { name: string; digest: string; context: string | null }[];
    return rows.map(({ name, digest, context }) => ({
      ...{ experiment_id: String(experiment), name, digest },
      ...context === null ? {} : { context },
    }));
  });
  return filled("dataset_summaries", found);
}

/** All points of a key in one run or several. */
function history(call: Call): JsonRecord {
  const runs = runsIn(call, "run_id", call.given.texts("run_id")), key = keyIn(call);
  const most = Math.min(call.given.whole("max_results") ?? MOST_POINTS, MOST_POINTS);
  return { metrics: runs.flatMap((run) => pointsOf(call, run, key).slice(0, most)) };
}

/** The points of a key, thinned out where there are many; of every run its first and last step stay. */
function sampledHistory(call: Call): JsonRecord {
  const { given } = call, runs = runsIn(call, "run_ids", given.texts("run_ids"));
  const key = keyIn(call), most = given.whole("max_results") ?? MOST_SAMPLES;
  if (most < 1 || most > MOST_SAMPLES) {
    throw invalid(`max_results must be between 1 and ${MOST_SAMPLES}.`);
  }
  const [from, to] = stepsIn(call);
  const all = runs.map((run) =>
    pointsOf(call, run, key).filter(({ step }) => step >= from && step <= to)
  );
  const steps = [...new Set(all.flat().map(({ step }) => step))].sort((a, b) => a - b);
  const kept = new Set(
    Array.from(
      { length: Math.min(most, steps.length) },
      (_, at) => steps[Math.floor(at * steps.length / Math.min(most, steps.length))],
    ),
  );
  const ends = all.map((points) => points.map(({ step }) => step)).filter(({ length }) =>
    length > 0
  );
  for (const own of ends) kept.add(Math.min(...own)).add(Math.max(...own));
  return filled("metrics", all.flat().filter(({ step }) => kept.has(step)));
}

/** The steps asked for, both ends included: either both are named, or neither. */
function stepsIn({ given }: Call): [number, number] {
  const from = given.whole("start_step"), to = given.whole("end_step");
  if (from === undefined && to === undefined) return [-Infinity, Infinity];
  if (from === undefined || to === undefined) {
    throw invalid("If either start step or end step are specified, both must be specified.");
  }
  if (from <= to) return [from, to];
  throw invalid(
    `end_step must be greater than start_step. Found start_step=${from} and end_step=${to}.`,
  );
}

function runsIn({ mlflow, scope }: Call, name: string, ids: readonly string[]): string[] {
  if (ids.length === 0) throw missing(name);
  if (ids.length > MOST_RUNS) {
    throw invalid(`${name} must specify at most ${MOST_RUNS} runs. Received ${ids.length} runs.`);
  }
  return [...ids].sort().filter((id) => findRun(mlflow, scope, id));
}

function keyIn({ given }: Call): string {
  return given.required("metric_key");
}

interface RunPoint extends JsonRecord {
  readonly step: number;
}

function pointsOf({ mlflow }: Call, run_id: string, key: string): RunPoint[] {
  const points = mlflow.sql(`SELECT key, value, nan, timestamp, step FROM mlflow_metrics
    WHERE run = ? AND key = ? ORDER BY timestamp, step, value`)
    .all(run_id, key) as unknown as Point[];
  return points.map((point) => ({ ...pointShown(point), step: point.step, run_id }));
}

/**
 * A file of a run (`/get-artifact`), or of a model's version (`/model-versions/get-artifact`).
 *
 * @param query What the page asks for: `run_uuid` or `run_id`, or `name` and `version`; and `path`.
 */
export async function browserArtifact(
  mlflow: Mlflow,
  scope: Scope,
  query: URLSearchParams,
  isVersion: boolean,
): Promise<Response> {
  const need = (name: string) => {
    const value = query.get(name);
    if (value) return value;
    throw missing(name);
  };
  const path = checkArtifactPath(need("path"));
  const home = isVersion
    ? needVersion(mlflow, scope, need("name"), checkVersion(need("version"))).download
    : artifactUri(runOf(mlflow, scope, query.get("run_id") || need("run_uuid")));
  const root = pathInUri(home);
  if (root === undefined) throw invalid(`Artifacts at '${home}' are not kept here`);
  return await getArtifact(mlflow, scope, `${root}/${path}`);
}
