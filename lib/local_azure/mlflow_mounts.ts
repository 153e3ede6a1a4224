/** Under which paths MLflow's REST API answers, and which workspace each of them is about. */

import { DEFAULT_WORKSPACE, type MlflowGround, type Scope } from "./mlflow_context.ts";

/** Hosts that the API answers under. */
export const MLFLOW_HOSTS = ["*.api.azureml.ms", "127.0.0.1", "localhost"] as const;

/** What a path means. */
export interface Mounted {
  /** E.g. `/api/2.0/mlflow/runs/get`: what comes behind the mount. */
  readonly path: string;
  /** The ARM id in the path; the default workspace's where there is none. */
  readonly workspace: string;
  /** Whether the path is one of Azure's: then a token is needed. */
  readonly isAzure: boolean;
  /** The host that was asked, in lower case. */
  readonly host: string;
}

const AZURE =
  /^\/mlflow\/v[12]\.0(\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.MachineLearningServices\/workspaces\/[^/]+)(\/api\/.*)$/i;

/**
 * Takes a path apart.
 *
 * @param host The host that was asked, in lower case.
 * @param path The path as it was sent: `..` in it has not been resolved.
 * @returns Nothing if it is none of MLflow's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mountOf } from "lib/local_azure/mlflow_mounts.ts";
 *
 * assert.equal(mountOf("127.0.0.1", "/api/2.0/mlflow/runs/get")?.isAzure, false);
 * assert.equal(mountOf("eastus.api.azureml.ms", "/api/2.0/mlflow/runs/get"), undefined);
 * ```
 */
export function mountOf(host: string, path: string): Mounted | undefined {
  if (!host.endsWith(".api.azureml.ms")) {
    return { path, workspace: DEFAULT_WORKSPACE, isAzure: false, host };
  }
  const [, workspace, rest] = AZURE.exec(path) ?? [];
  return workspace === undefined ? undefined : { path: rest, workspace, isAzure: true, host };
}

/**
 * The workspace that a path is about.
 *
 * @param ground Where resources are.
 * @param mounted What the path means.
 * @param lenient Whether MLflow's rules hold where Azure's are stricter.
 * @returns Nothing if Azure was asked for a workspace that is not there.
 */
export function scopeOf(
  { store }: Pick<MlflowGround, "store">,
  { workspace, isAzure, host }: Mounted,
  lenient: boolean,
): Scope | undefined {
  const stored = store.get(workspace);
  if (!stored && isAzure) return undefined;
  const id = stored?.id ?? workspace;
  const asked = isAzure ? { host } : {};
  return { workspace: id, key: id.toLowerCase(), strict: isAzure && !lenient, ...asked };
}
