/** Bodies that the services accept: what the fuzzer begins with. */

import type { Json } from "lib/core/mod.ts";

/** A workspace that is fuzzed. */
export interface Place {
  /** Its ARM id. */
  readonly home: string;
  /** Its resource group's name. */
  readonly group: string;
}

const COMPANIONS = (home: string) => {
  const at = `${home.split("/").slice(0, 3).join("/")}/resourceGroups/rg-local/providers/`;
  return {
    storageAccount: `${at}Microsoft.Storage/storageAccounts/devstoreaccount1`,
    keyVault: `${at}Microsoft.KeyVault/vaults/kv-local`,
    applicationInsights: `${at}Microsoft.Insights/components/appi-local`,
  };
};

const ROUTE = (path: string) => ({ path, port: 8080 });

/** The body of a workspace. */
export function workspaceDraft(home: string) {
  return {
    location: "eastus",
    identity: { type: "SystemAssigned" },
    properties: { friendlyName: "fuzzed", ...COMPANIONS(home) },
  };
}

/**
 * A body of the control plane by the end of its route, e.g. `models/{name}/versions/{version}`.
 *
 * @param route The route's path.
 * @param place Which workspace the ids name.
 */
export function armBody(route: string, { home }: Place): Json {
  const asset = { description: "d", tags: { a: "b" }, properties: { p: "q" }, isAnonymous: false };
  const end = route.replace(/^~\//, "").replaceAll(/\{\w+\}/g, "*");
  const location = "eastus", named = BODIES[end];
  return named ? named(home) : { location, tags: { a: "b" }, properties: { ...asset } };
}

const BLOB = "https://devstoreaccount1.blob.core.windows.net/azureml/LocalUpload/9/app/";
const STORE = "azureml://datastores/workspaceblobstore/paths/LocalUpload/9";

const BODIES: Readonly<Record<string, (home: string) => Json>> = {
  "~": workspaceDraft,
  "models/*/versions/*": () => ({
    properties: { modelUri: `${STORE}/model`, modelType: "custom_model", tags: { a: "b" } },
  }),
  "data/*/versions/*": () => ({ properties: { dataType: "uri_file", dataUri: `${STORE}/x.csv` } }),
  "codes/*/versions/*": () => ({
    properties: { codeUri: BLOB, properties: { hash_sha256: "00" } },
  }),
  "environments/*/versions/*": () => ({
    properties: {
      build: { contextUri: BLOB, dockerfilePath: "Dockerfile" },
      inferenceConfig: {
        livenessRoute: ROUTE("/live"),
        readinessRoute: ROUTE("/ready"),
        scoringRoute: ROUTE("/score"),
      },
    },
  }),
  "components/*/versions/*": () => ({
    properties: {
      componentSpec: {
        name: "c",
        version: "1",
        type: "command",
        command: "echo",
        environment: "x",
      },
    },
  }),
  "datastores/*": () => ({
    properties: {
      datastoreType: "AzureBlob",
      accountName: "devstoreaccount1",
      containerName: "azureml",
      credentials: {
        credentialsType: "AccountKey",
        secrets: { secretsType: "AccountKey", key: "PLANTED" },
      },
    },
  }),
  "onlineEndpoints/*": () => ({
    location: "eastus",
    identity: { type: "SystemAssigned" },
    properties: { authMode: "Key", traffic: { blue: 100 }, mirrorTraffic: {} },
  }),
  "onlineEndpoints/*/deployments/*": (home) => ({
    location: "eastus",
    sku: { name: "Default", capacity: 1 },
    properties: {
      endpointComputeType: "Managed",
      instanceType: "Standard_DS3_v2",
      model: `${home}/models/m1/versions/1`,
      environmentId: `${home}/environments/e1/versions/1`,
      environmentVariables: { A: "b" },
      requestSettings: { requestTimeout: "PT5S", maxConcurrentRequestsPerInstance: 1 },
      livenessProbe: { period: "PT10S", initialDelay: "PT10S", timeout: "PT2S" },
    },
  }),
  "onlineEndpoints/*/deployments/*/getLogs": () => ({ containerType: "InferenceServer", tail: 10 }),
  "onlineEndpoints/*/regenerateKeys": () => ({ keyType: "Primary" }),
  "computes/*": () => ({
    location: "eastus",
    properties: {
      computeType: "AmlCompute",
      properties: {
        vmSize: "STANDARD_DS3_V2",
        scaleSettings: { minNodeCount: 0, maxNodeCount: 2, nodeIdleTimeBeforeScaleDown: "PT2M" },
      },
    },
  }),
  "jobs/*": (home) => ({
    properties: {
      jobType: "Command",
      command: "echo 1",
      environmentId: `${home}/environments/e1/versions/1`,
      inputs: { a: { jobInputType: "literal", value: "1" } },
      outputs: { o: { jobOutputType: "uri_folder" } },
      limits: { jobLimitsType: "Command", timeout: "PT1H" },
      resources: { instanceCount: 1 },
    },
  }),
  "schedules/*": (home) => ({
    properties: {
      trigger: { triggerType: "Cron", expression: "0 0 * * *", timeZone: "UTC" },
      action: {
        actionType: "CreateJob",
        jobDefinition: {
          jobType: "Command",
          command: "echo 1",
          environmentId: `${home}/environments/e1/versions/1`,
        },
      },
    },
  }),
};

/** A body of MLflow by its operation, e.g. `runs/create`; the names are of what is there. */
export function mlflowBody(operation: string, run: string): Json {
  const now = 1_760_000_000_000;
  return {
    "experiments/create": { name: "fuzzed", tags: [{ key: "a", value: "b" }] },
    "experiments/search": {
      max_results: 10,
      filter: "name = 'fuzzed' AND tags.a LIKE 'b%'",
      order_by: ["name ASC"],
    },
    "runs/create": {
      experiment_id: "0",
      start_time: now,
      tags: [{ key: "mlflow.user", value: "u" }],
      run_name: "r",
    },
    "runs/update": { run_id: run, status: "FINISHED", end_time: now, run_name: "x" },
    "runs/search": {
      experiment_ids: ["0", "1"],
      filter:
        "metrics.`loss` < 1 and params.a != 'b' and attributes.status = 'RUNNING' and tags.t IN ('a','b')",
      order_by: ["metrics.loss DESC", "start_time"],
      max_results: 5,
      run_view_type: "ALL",
    },
    "runs/log-metric": { run_id: run, key: "loss", value: 0.5, timestamp: now, step: 1 },
    "runs/log-parameter": { run_id: run, key: "a", value: "b" },
    "runs/log-batch": {
      run_id: run,
      metrics: [{ key: "loss", value: "NaN", timestamp: now, step: "2" }],
      params: [{ key: "p", value: "v" }],
      tags: [{ key: "t", value: "v" }],
    },
    "runs/log-inputs": {
      run_id: run,
      datasets: [{
        tags: [{ key: "mlflow.data.context", value: "train" }],
        dataset: {
          name: "d",
          digest: "0",
          source_type: "local",
          source: "{}",
          schema: "{}",
          profile: "{}",
        },
      }],
    },
    "runs/set-tag": { run_id: run, key: "t", value: "v" },
    "runs/delete-tag": { run_id: run, key: "t" },
    "registered-models/create": { name: "rm", tags: [{ key: "a", value: "b" }], description: "d" },
    "registered-models/alias": { name: "rm", alias: "champion", version: "1" },
    "model-versions/create": {
      name: "rm",
      source: `mlflow-artifacts:/0/${run}/artifacts/model`,
      run_id: run,
    },
    "model-versions/transition-stage": {
      name: "rm",
      version: "1",
      stage: "Staging",
      archive_existing_versions: true,
    },
    "artifacts/list": { run_id: run, path: "model" },
    "metrics/get-history": { run_id: run, metric_key: "loss", max_results: 5 },
  }[operation] ?? {
    ...{ run_id: run, experiment_id: "1", experiment_name: "fuzzed", name: "rm", version: "1" },
    ...{ key: "k", value: "v", filter: "name LIKE 'r%'", max_results: 3, new_name: "rm2" },
  };
}
