/** Artifacts in the run history: signed URLs of blobs, one for each path that a client asks for. */

import type { JsonRecord } from "lib/core/mod.ts";
import { userError } from "./arm_error.ts";
import { containerSas } from "./blob_sas.ts";
import { experimentOf } from "./mlflow_experiments.ts";
import { absent, invalid } from "./mlflow_error.ts";
import { runOf } from "./mlflow_run_body.ts";
import { ARTIFACT_CONTAINER, artifactBlob, blobPaths } from "./mlflow_run_blobs.ts";
import type { HistoryCall, HistoryRoutes } from "./run_history.ts";
import { ACCOUNT } from "./storage_account.ts";

/** How long a signed URL is good for, in hours. */
const HOURS = 24;

/** Paths that one request may ask for. */
const MOST_PATHS = 500;

const HOME = "experiments/{experiment}/runs/{run}/artifacts";

/** Their operations. */
export const ARTIFACT_HISTORY: HistoryRoutes = {
  [`POST ${HOME}/batch/metadata`]: begin,
  [`GET ${HOME}`]: list,
  [`GET ${HOME}/contentinfo`]: contentInfo,
};

/** The run, which must be in the experiment that the path names by its id or its name. */
function runIn({ mlflow, scope, params }: HistoryCall): string {
  const run = runOf(mlflow, scope, params.run);
  const { id, name } = experimentOf(mlflow, scope, String(run.experiment));
  if ([String(id), name].includes(params.experiment)) return run.id;
  throw absent(`Run ${run.id} was not found in experiment ${params.experiment}`);
}

/** Gives each path a URL to which the client PUTs the bytes. */
function begin(call: HistoryCall): JsonRecord {
  const run = runIn(call), { paths } = call.body;
  if (!Array.isArray(paths) || paths.length === 0 || paths.length > MOST_PATHS) {
    throw userError({ field: "paths", rule: `must be a list of 1 to ${MOST_PATHS} paths` });
  }
  const names = paths.map((one) => (one as JsonRecord | null)?.path);
  const artifacts: Record<string, JsonRecord> = {};
  const artifactContentInformation: Record<string, JsonRecord> = {};
  for (const path of names) {
    if (typeof path !== "string" || path === "") {
      throw userError({ field: "paths[].path", rule: "must be a text", value: path ?? null });
    }
    artifacts[path] = artifact(run, path);
    artifactContentInformation[path] = signed(call, run, path);
  }
  return { artifacts, artifactContentInformation, errors: {} };
}

async function list(call: HistoryCall): Promise<JsonRecord> {
  const run = runIn(call), paths = await blobPaths(call.mlflow, run);
  const value = paths.map((path) => artifact(run, path));
  return { value, continuationToken: null, nextLink: null };
}

async function contentInfo(call: HistoryCall): Promise<JsonRecord> {
  const run = runIn(call), path = call.query.get("path") ?? "";
  if (path === "") throw invalid("The query must name a path");
  const paths = await blobPaths(call.mlflow, run);
  if (paths.includes(path)) return signed(call, run, path);
  throw absent(`Artifact ${path} of run ${run} was not found`);
}

function artifact(run: string, path: string): JsonRecord {
  const container = `dcid.${run}`, origin = "ExperimentRun";
  return { artifactId: `${origin}/${container}/${path}`, origin, container, path };
}

function signed({ local }: HistoryCall, run: string, path: string): JsonRecord {
  const blob = artifactBlob(run, path).split("/").map(encodeURIComponent).join("/");
  const sas = containerSas(ARTIFACT_CONTAINER, local.clock.now(), HOURS);
  const { origin, container } = artifact(run, path);
  const contentUri =
    `https://${ACCOUNT}.blob.core.windows.net/${ARTIFACT_CONTAINER}/${blob}?${sas}`;
  return { contentUri, origin, container, path };
}
