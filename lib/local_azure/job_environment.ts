/** The variables that a job's program finds, as far as they are known of the service. */

import type { JobSpec } from "./job_spec.ts";

/** What {@linkcode jobEnvironment} needs to know. */
export interface JobEnvironmentPlace {
  /** ARM id of the workspace. */
  readonly workspace: string;
  /** The workspace's GUID. */
  readonly workspaceId: string;
  /** Number of the MLflow experiment. */
  readonly experimentId: string;
  /** Where MLflow's API answers. */
  readonly trackingUri: string;
  /** A token for it. */
  readonly token: string;
  /** Local Azure's port. */
  readonly localPort: number;
  /** Path or value of each input, path of each output. */
  readonly inputs: Readonly<Record<string, string>>;
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * The job's own variables, and over them the service's. The last group is what a program on this
 * machine needs and one in Azure does not.
 *
 * @param spec Its variables and names.
 * @param place See {@linkcode JobEnvironmentPlace}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jobEnvironment } from "lib/local_azure/job_environment.ts";
 *
 * const spec = { name: "train-1", experiment: "iris", variables: { TREES: "50", AZUREML_RUN_ID: "x" } };
 * const env = jobEnvironment(spec, {
 *   workspace: "/subscriptions/s/resourceGroups/rg/providers/p/workspaces/w",
 *   ...{ workspaceId: "g", experimentId: "1", trackingUri: "http://127.0.0.1:7070", token: "t" },
 *   ...{ localPort: 7070, inputs: { data: "/in/a.csv" }, outputs: {} },
 * });
 * assert.deepEqual([env.TREES, env.AZUREML_RUN_ID, env.MLFLOW_RUN_ID], ["50", "train-1", "train-1"]);
 * assert.deepEqual([env.AZUREML_ARM_WORKSPACE_NAME, env.AZURE_ML_INPUT_data], ["w", "/in/a.csv"]);
 * ```
 */
export function jobEnvironment(
  { name, experiment, variables }: Pick<JobSpec, "name" | "experiment" | "variables">,
  place: JobEnvironmentPlace,
): Record<string, string> {
  const [, , subscription, , group, , , , workspace] = place.workspace.split("/");
  const named = (prefix: string, values: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [prefix + key, value]));
  return {
    ...variables,

    AZUREML_RUN_ID: name,
    AZUREML_ROOT_RUN_ID: name,
    AZUREML_EXPERIMENT_NAME: experiment,
    AZUREML_EXPERIMENT_ID: place.experimentId,
    AZUREML_RUN_TOKEN: place.token,
    AZUREML_ARM_SUBSCRIPTION: subscription,
    AZUREML_ARM_RESOURCEGROUP: group,
    AZUREML_ARM_WORKSPACE_NAME: workspace,
    AZUREML_WORKSPACE_ID: place.workspaceId,
    AZUREML_WORKSPACE_SCOPE: place.workspace,
    ...named("AZURE_ML_INPUT_", place.inputs),
    ...named("AZURE_ML_OUTPUT_", place.outputs),
    MLFLOW_TRACKING_URI: place.trackingUri,
    MLFLOW_TRACKING_TOKEN: place.token,
    MLFLOW_EXPERIMENT_ID: place.experimentId,
    MLFLOW_EXPERIMENT_NAME: experiment,
    MLFLOW_RUN_ID: name,
    IDENTITY_ENDPOINT: `http://127.0.0.1:${place.localPort}/msi/token`,
    IDENTITY_HEADER: "local",

    AZURE_EMULATOR: `http://127.0.0.1:${place.localPort}`,
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    DENO_NO_UPDATE_CHECK: "1",
    NO_COLOR: "1",
  };
}
