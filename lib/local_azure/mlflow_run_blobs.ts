/**
 * Artifacts of runs that came through Azure's run history: blobs of `workspaceartifactstore`, below
 * `ExperimentRun/dcid.RUN/`. MLflow's own API shows them beside those that came through itself.
 */

import { checkArtifactPath } from "./mlflow_artifact_paths.ts";
import type { Mlflow } from "./mlflow_context.ts";

/** The container of `workspaceartifactstore`. */
export const ARTIFACT_CONTAINER = "azureml";

/** One entry of a folder of blobs. */
export interface BlobEntry {
  readonly path: string;
  readonly is_dir: boolean;
}

/**
 * Where a run's artifact lies among the blobs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { artifactBlob } from "lib/local_azure/mlflow_run_blobs.ts";
 *
 * assert.equal(artifactBlob("r1", "plots/a.png"), "ExperimentRun/dcid.r1/plots/a.png");
 * assert.throws(() => artifactBlob("r1", "../r2/a.png"), /Invalid path/);
 * ```
 */
export function artifactBlob(run: string, path: string): string {
  return `ExperimentRun/dcid.${run}/${checkArtifactPath(path)}`;
}

/** Paths of all artifacts of a run that are blobs, ascending. */
export async function blobPaths({ blobs }: Mlflow, run: string): Promise<string[]> {
  const home = artifactBlob(run, "");
  const names = await blobs?.list(ARTIFACT_CONTAINER, home) ?? [];
  return names.map((name) => name.slice(home.length));
}

/** What lies directly below a path of the workspace's artifacts, of those that are blobs. */
export async function blobEntries(mlflow: Mlflow, path: string): Promise<BlobEntry[]> {
  const place = placeOf(path);
  if (!place) return [];
  const prefix = place.path === "" ? "" : `${place.path}/`;
  const below = (await blobPaths(mlflow, place.run))
    .filter((name) => name.startsWith(prefix)).map((name) => name.slice(prefix.length));
  const folders = new Map(below.map((name) => [name.split("/")[0], name.includes("/")]));
  return [...folders].map(([path, is_dir]) => ({ path, is_dir }));
}

/** The bytes at a path of the workspace's artifacts, if they are a blob. */
export async function readBlob(mlflow: Mlflow, path: string): Promise<Uint8Array | undefined> {
  const place = placeOf(path);
  if (!place || place.path === "") return undefined;
  return await mlflow.blobs?.read(ARTIFACT_CONTAINER, artifactBlob(place.run, place.path));
}

/** The run, and the path below its artifacts, that `EXPERIMENT/RUN/artifacts/PATH` means. */
function placeOf(path: string): { run: string; path: string } | undefined {
  const [, run, rest = ""] = /(?:^|\/)([\da-f]{32})\/artifacts(?:\/(.*))?$/.exec(path) ?? [];
  return run === undefined ? undefined : { run, path: rest };
}
