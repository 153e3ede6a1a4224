/** Where a model version's files come from: what a source may be, and what it means to Azure. */

import { hasArtifact } from "./mlflow_artifacts.ts";
import { checkArtifactPath, pathInUri } from "./mlflow_artifact_paths.ts";
import type { Call, Mlflow, Scope } from "./mlflow_context.ts";
import { invalid } from "./mlflow_error.ts";
import { needVersion } from "./mlflow_model_store.ts";
import { checkVersion } from "./mlflow_names.ts";
import { artifactUri, findRun, type Run, runOf, shownArtifactUri } from "./mlflow_run_body.ts";

/** A source that was accepted. */
export interface Source {
  readonly source: string;
  /** Where a client finds the files, when the source only points on. */
  readonly download: string;
  /** The empty string if it came from no run. */
  readonly runId: string;
  /** What the control plane says of the files. */
  readonly files: {
    readonly modelUri: string;
    readonly modelType: string;
    readonly jobName: string | null;
  };
}

/**
 * The source in a request for a new version.
 *
 * @throws {MlflowError} 400 if it is a local path, a web address, or lies in another run than the one
 * named; on Azure also if a run has no MLflow model there: others are registered through the control
 * plane. 404 if it is a model version that is not there.
 */
export async function checkSource({ mlflow, scope, given }: Call): Promise<Source> {
  const source = given.required("source"), named = given.text("run_id") ?? "";
  const refused = (why: string) => invalid(`Invalid model version source: '${source}'. ${why}`);
  const scheme = /^([a-z][a-z\d+.-]*):/i.exec(source)?.[1].toLowerCase();
  if (scheme === undefined || scheme === "file") {
    throw refused(
      "To use a local path as a model version source, the run_id request parameter has to be " +
        "specified and the local path has to be contained within the artifact directory of the run " +
        "specified by the run_id.",
    );
  }
  if (["http", "https", "ftp", "sftp"].includes(scheme)) {
    throw invalid(
      `'source' cannot use the '${scheme}' scheme: it addresses a host other than the tracking ` +
        "server's configured artifact storage",
    );
  }
  if (scheme === "models") {
    const version = versionAt(mlflow, scope, source);
    const { modelUri, modelType, jobName } = version.stored.body.properties as Source["files"];
    const files = { modelUri, modelType, jobName };
    return { source, download: version.download, runId: named || version.runId, files };
  }
  const path = pathInRun(mlflow, scope, named, source);
  if (path === undefined && ["mlflow-artifacts", "runs"].includes(scheme)) {
    throw refused(
      "The run_id request parameter must identify the resource that contains the source.",
    );
  }
  if (path === undefined) {
    const files = { modelUri: source, modelType: "custom_model", jobName: named || null };
    return { source, download: source, runId: named, files };
  }
  const home = artifactUri(runOf(mlflow, scope, named)), root = pathInUri(home)!;
  const isMlflow = await hasArtifact(mlflow, scope, [root, path, "MLmodel"].join("/"));
  if (scope.strict && !isMlflow) {
    throw refused(
      "There is no MLmodel file: through MLflow, Azure Machine Learning registers only models in " +
        "MLflow format. Register others through Azure Resource Manager.",
    );
  }
  const modelType = isMlflow ? "mlflow_model" : "custom_model";
  const files = { modelUri: azureUri(scope, named, path), modelType, jobName: named };
  return { source, download: `${home}/${path}`, runId: named, files };
}

function versionAt(mlflow: Mlflow, scope: Scope, source: string) {
  const [, name, version] = /^models:\/+([^/]+)\/(\d+)$/.exec(source) ?? [];
  if (name !== undefined) return needVersion(mlflow, scope, name, checkVersion(version));
  throw invalid(`Invalid model version source: '${source}'. It must be models:/NAME/VERSION.`);
}

/** The path below the run's artifacts; nothing if the source is not below them. */
function pathInRun(mlflow: Mlflow, scope: Scope, id: string, source: string): string | undefined {
  const run = findRun(mlflow, scope, id);
  if (!run) return undefined;
  const inRun = /^runs:\/+([^/]+)\/(.+)$/.exec(source);
  if (inRun) return inRun[1] === id ? inRun[2] : undefined;
  const ofHistory = pathInHistory(run, scope, source);
  if (ofHistory !== undefined) return ofHistory;
  const path = pathInUri(source), root = pathInUri(artifactUri(run))!;
  return path?.startsWith(`${root}/`) ? path.slice(root.length + 1) : undefined;
}

/** The path that an `azureml:` URI names below the run's artifacts; nothing if it lies elsewhere. */
function pathInHistory(run: Run, scope: Scope, uri: string): string | undefined {
  const home = `${shownArtifactUri(run, scope)}/`;
  if (scope.host === undefined || !uri.startsWith(home)) return undefined;
  return checkArtifactPath(uri.slice(home.length));
}

/** Where a client finds what lies at an `mlflow-artifacts:` URI: Azure's own look in the run history. */
export function downloadUri(mlflow: Mlflow, scope: Scope, runId: string, uri: string): string {
  const run = findRun(mlflow, scope, runId), home = run && `${artifactUri(run)}/`;
  if (scope.host === undefined || !home || !uri.startsWith(home)) return uri;
  return `${shownArtifactUri(run, scope)}/${uri.slice(home.length)}`;
}

/** Where Azure keeps a run's files. */
function azureUri({ workspace }: Scope, run: string, path: string): string {
  const [, , subscription, , group, , , , name] = workspace.split("/");
  return `azureml://subscriptions/${subscription}/resourceGroups/${group}/workspaces/${name}` +
    `/datastores/workspaceartifactstore/paths/ExperimentRun/dcid.${run}/${path}`;
}
