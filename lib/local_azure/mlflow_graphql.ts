/**
 * MLflow's GraphQL, by which its web pages ask for an experiment and a run. Every query is one of the
 * REST API's operations in other words: what that answers is given the names and types that pages know.
 */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { type Field, parseQuery } from "./graphql.ts";
import type { Call, Handler, Mlflow, Routes, Scope } from "./mlflow_context.ts";
import { errorBody, invalid, missing, MlflowError } from "./mlflow_error.ts";
import { givenIn, isObject } from "./mlflow_fields.ts";

/** A plain type, an object's type, or a list of objects in brackets. */
type TypeName = string;

/** Types by name: field → type. 64-bit numbers (`Long`) are answered as texts. */
const TYPES: Readonly<Record<string, Readonly<Record<string, TypeName>>>> = {
  Query: {
    mlflowGetExperiment: "MlflowGetExperimentResponse",
    mlflowGetRun: "MlflowGetRunResponse",
    mlflowSearchRuns: "MlflowSearchRunsResponse",
    mlflowListArtifacts: "MlflowListArtifactsResponse",
    mlflowSearchModelVersions: "MlflowSearchModelVersionsResponse",
    mlflowGetMetricHistoryBulkInterval: "MlflowGetMetricHistoryBulkIntervalResponse",
  },
  ApiError: { code: "String", message: "String", helpUrl: "String" },
  MlflowGetExperimentResponse: { experiment: "MlflowExperiment", apiError: "ApiError" },
  MlflowGetRunResponse: { run: "MlflowRunExtension", apiError: "ApiError" },
  MlflowSearchRunsResponse: {
    ...{ runs: "[MlflowRunExtension]", nextPageToken: "String", apiError: "ApiError" },
  },
  MlflowListArtifactsResponse: {
    ...{ rootUri: "String", files: "[MlflowFileInfo]", nextPageToken: "String" },
    apiError: "ApiError",
  },
  MlflowSearchModelVersionsResponse: {
    ...{ modelVersions: "[MlflowModelVersion]", nextPageToken: "String", apiError: "ApiError" },
  },
  MlflowGetMetricHistoryBulkIntervalResponse: {
    ...{ metrics: "[MlflowMetricWithRunId]", apiError: "ApiError" },
  },
  MlflowExperiment: {
    ...{ experimentId: "String", name: "String", artifactLocation: "String" },
    ...{ lifecycleStage: "String", lastUpdateTime: "Long", creationTime: "Long" },
    ...{ tags: "[MlflowExperimentTag]", effectiveTraceArchivalRetention: "String" },
  },
  MlflowRunExtension: {
    ...{ info: "MlflowRunInfo", data: "MlflowRunData", inputs: "MlflowRunInputs" },
    ...{ outputs: "MlflowRunOutputs", experiment: "MlflowExperiment" },
    modelVersions: "[MlflowModelVersion]",
  },
  MlflowRunInfo: {
    ...{ runId: "String", runUuid: "String", runName: "String", experimentId: "String" },
    ...{ userId: "String", status: "String", startTime: "Long", endTime: "Long" },
    ...{ artifactUri: "String", lifecycleStage: "String" },
  },
  MlflowRunData: {
    ...{ metrics: "[MlflowMetricExtension]", params: "[MlflowParam]", tags: "[MlflowRunTag]" },
  },
  MlflowMetricExtension: {
    ...{ key: "String", value: "Float", timestamp: "Long", step: "Long", runId: "String" },
    ...{ datasetName: "String", datasetDigest: "String", modelId: "String" },
  },
  MlflowMetricWithRunId: {
    ...{ key: "String", value: "Float", timestamp: "Long", step: "Long", runId: "String" },
  },
  MlflowRunInputs: { datasetInputs: "[MlflowDatasetInput]", modelInputs: "[MlflowModelInput]" },
  MlflowRunOutputs: { modelOutputs: "[MlflowModelOutput]" },
  MlflowModelInput: { modelId: "String" },
  MlflowModelOutput: { modelId: "String", step: "Long" },
  MlflowDatasetInput: { tags: "[MlflowInputTag]", dataset: "MlflowDataset" },
  MlflowDataset: {
    ...{ name: "String", digest: "String", sourceType: "String", source: "String" },
    ...{ schema: "String", profile: "String" },
  },
  MlflowModelVersion: {
    ...{ name: "String", version: "String", creationTimestamp: "Long" },
    ...{ lastUpdatedTimestamp: "Long", userId: "String", currentStage: "String" },
    ...{ description: "String", source: "String", runId: "String", status: "String" },
    ...{ statusMessage: "String", tags: "[MlflowModelVersionTag]", runLink: "String" },
  },
  MlflowFileInfo: { path: "String", isDir: "Boolean", fileSize: "Long" },
  ...Object.fromEntries(
    ["ExperimentTag", "RunTag", "Param", "InputTag", "ModelVersionTag"]
      .map((name) => [`Mlflow${name}`, { key: "String", value: "String" }]),
  ),
};

/** The REST operation behind each query. */
const OPERATIONS: Readonly<Record<string, string>> = {
  mlflowGetExperiment: "GET experiments/get",
  mlflowGetRun: "GET runs/get",
  mlflowSearchRuns: "POST runs/search",
  mlflowListArtifacts: "GET artifacts/list",
  mlflowSearchModelVersions: "GET model-versions/search",
  mlflowGetMetricHistoryBulkInterval: "GET metrics/get-history-bulk-interval",
};

/** A request's insides. */
interface Asked {
  readonly mlflow: Mlflow;
  readonly scope: Scope;
  readonly routes: Routes;
}

/**
 * Answers a GraphQL request.
 *
 * @param asked The inside, the workspace, and the REST API's operations.
 * @param body `query` and `variables`, as they were sent.
 * @returns `data`, in which what failed has an `apiError`; and no `errors`.
 * @throws {MlflowError} 400 if the query asks for what there is not.
 */
export async function answerGraphql(asked: Asked, body: JsonRecord): Promise<JsonRecord> {
  const { query, variables } = body;
  if (typeof query !== "string") throw missing("query");
  const data: Record<string, Json> = {};
  for (const field of parseQuery(query)) {
    const type = typeOf("Query", field),
      given = isObject(variables) ? variables[field.input ?? ""] : {};
    data[field.as] = type === "String"
      ? "Query"
      : await shown(asked, type, field, await found(asked, field.name, given));
  }
  return { data, errors: null };
}

/** What the REST API answers, or the error that it does. */
async function found(asked: Asked, name: string, given: Json | undefined): Promise<JsonRecord> {
  try {
    return await ask(asked, OPERATIONS[name], isObject(given) ? given : {});
  } catch (error) {
    if (!(error instanceof MlflowError)) throw error;
    const { error_code, message } = errorBody(error);
    return { api_error: { code: error_code, message } };
  }
}

function ask({ mlflow, scope, routes }: Asked, operation: string, given: JsonRecord) {
  const named = Object.entries(given).map(([key, value]) => [snake(key), value]);
  const handle: Handler = routes[operation];
  const call: Call = { mlflow, scope, given: givenIn(Object.fromEntries(named)) };
  return handle(call);
}

/** An object as pages know it: the fields that they ask for, and null for what is not there. */
async function shown(asked: Asked, type: TypeName, { fields, name }: Field, value: JsonRecord) {
  if (fields.length === 0) throw invalid(`Field '${name}' must have a selection of fields`);
  const result: Record<string, Json> = {};
  for (const field of fields) {
    const wanted = typeOf(type, field);
    if (field.name === "__typename") {
      result[field.as] = type;
      continue;
    }
    const inner = await inside(asked, type, field.name, value);
    const item = /^\[(\w+)\]$/.exec(wanted)?.[1];
    if (item) {
      const items = (inner ?? []) as JsonRecord[];
      result[field.as] = await Promise.all(items.map((one) => shown(asked, item, field, one)));
    } else if (wanted in TYPES) {
      result[field.as] = isObject(inner) ? await shown(asked, wanted, field, inner) : null;
    } else {
      result[field.as] = plain(wanted, inner);
    }
  }
  return result;
}

/** A field's value; a run's experiment and versions are asked for apart. */
async function inside(asked: Asked, type: TypeName, name: string, value: JsonRecord) {
  if (type !== "MlflowRunExtension" || !["experiment", "modelVersions"].includes(name)) {
    return value[snake(name)];
  }
  const { experiment_id, run_id } = value.info as Record<string, string>;
  if (name === "experiment") {
    return (await ask(asked, OPERATIONS.mlflowGetExperiment, { experiment_id })).experiment;
  }
  const filter = `run_id = '${run_id}'`;
  return (await ask(asked, OPERATIONS.mlflowSearchModelVersions, { filter })).model_versions;
}

function plain(type: TypeName, value: Json | undefined): Json {
  if (value === undefined || value === null) return null;
  if (type === "Long") return String(value);
  if (type === "Float" && typeof value === "string") return null; // NaN is no number in JSON
  return value;
}

function typeOf(type: TypeName, { name }: Field): TypeName {
  if (name === "__typename") return "String";
  if (Object.hasOwn(TYPES[type], name)) return TYPES[type][name];
  throw invalid(`Cannot query field '${name}' on type '${type}'`);
}

function snake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}
