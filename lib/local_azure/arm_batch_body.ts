/** The bodies of batch endpoints and their deployments: what a client must say, and what the service adds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, regionOf } from "./arm_context.ts";
import { badRequest } from "./arm_error.ts";
import { durationMs } from "./durations.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { Store, Stored } from "./store.ts";

/** Type of a batch endpoint in the store. */
export const BATCH_ENDPOINT = `${AML}/workspaces/batchEndpoints`;

/** Type of a batch deployment in the store. */
export const BATCH_DEPLOYMENT = `${BATCH_ENDPOINT}/deployments`;

/** What a PUT asks for, with what the service fills in. */
export interface WantedBatch {
  readonly location: string;
  readonly tags: JsonRecord;
  readonly properties: JsonRecord;
  /** Keys that the client brings along. */
  readonly keys: { readonly primaryKey?: string; readonly secondaryKey?: string };
}

/**
 * What a PUT of a batch endpoint asks for.
 *
 * @param body As sent.
 * @param options `workspace`, whose region is the endpoint's; `deployments` of the endpoint; its `name`.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedBatchEndpoint(
  body: JsonRecord,
  { workspace, deployments, name }: {
    workspace: Stored;
    deployments: readonly Stored[];
    name: string;
  },
): WantedBatch {
  const fields = fieldsOf(body, badRequest), properties = fields.object("properties");
  const location = placed(fields, String(workspace.body.location));
  const modes = ["AADToken", "AMLToken", "Key"] as const;
  const authMode = properties.oneOf("authMode", modes);
  if (!authMode) throw properties.refuse("authMode", `must be one of ${modes.join(", ")}`);
  const defaults = properties.object("defaults"), chosen = defaults.text("deploymentName") ?? null;
  if (chosen !== null && !deployments.some(({ body }) => body.name === chosen)) {
    throw defaults.refuse("deploymentName", "must name a deployment of the endpoint");
  }
  const keys = properties.object("keys");
  return {
    location,
    tags: fields.texts("tags") ?? {},
    properties: {
      ...{ authMode, description: properties.text("description") ?? null },
      properties: properties.texts("properties") ?? {},
      defaults: { deploymentName: chosen },
      scoringUri: `https://${name}.${location}.inference.ml.azure.com/jobs`,
      swaggerUri: null,
    },
    keys: { primaryKey: keys.text("primaryKey"), secondaryKey: keys.text("secondaryKey") },
  };
}

/**
 * What a PUT of a batch deployment asks for. Defaults are those that the SDK's models name.
 *
 * @param body As sent.
 * @param options `endpoint`, whose region is the deployment's; `store`, where its assets are looked up.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedBatchDeployment(
  body: JsonRecord,
  { endpoint, store }: { endpoint: Stored; store: Store },
): WantedBatch {
  const fields = fieldsOf(body, badRequest), properties = fields.object("properties");
  const location = placed(fields, String(endpoint.body.location));
  const most = { least: 1, most: 1_000_000 };
  return {
    location,
    tags: fields.texts("tags") ?? {},
    properties: {
      description: properties.text("description") ?? null,
      properties: properties.texts("properties") ?? {},
      model: modelOf(properties, store),
      environmentId: assetId(properties, "environmentId", "environments/versions", store),
      codeConfiguration: properties.raw("codeConfiguration") ?? null,
      environmentVariables: properties.texts("environmentVariables") ?? {},
      compute: assetId(properties, "compute", "computes", store),
      errorThreshold: properties.whole("errorThreshold", { least: -1, most: 2_147_483_647 }) ?? -1,
      loggingLevel: properties.oneOf("loggingLevel", ["Info", "Warning", "Debug"]) ?? "Info",
      maxConcurrencyPerInstance: properties.whole("maxConcurrencyPerInstance", most) ?? 1,
      miniBatchSize: properties.whole("miniBatchSize", most) ?? 10,
      outputAction: properties.oneOf("outputAction", ["AppendRow", "SummaryOnly"]) ?? "AppendRow",
      outputFileName: properties.text("outputFileName") ?? "predictions.csv",
      resources: resourcesOf(properties.object("resources")),
      retrySettings: retriesOf(properties.object("retrySettings")),
    },
    keys: {},
  };
}

function placed(fields: Fields, region: string): string {
  const location = regionOf(fields.required("location"));
  if (location === region) return location;
  throw fields.refuse("location", `must be the workspace's, ${region}`);
}

function modelOf(fields: Fields, store: Store): JsonRecord | null {
  if (fields.raw("model") === undefined) return null;
  const model = fields.object("model"), kinds = ["Id", "DataPath", "OutputPath"] as const;
  const referenceType = model.oneOf("referenceType", kinds);
  if (!referenceType) throw model.refuse("referenceType", `must be one of ${kinds.join(", ")}`);
  if (referenceType !== "Id") return { ...model.record, referenceType };
  return { referenceType, assetId: assetId(model, "assetId", "models/versions", store) };
}

function assetId(fields: Fields, name: string, kind: string, store: Store): string | null {
  const given = fields.text(name);
  if (!given) return null;
  const found = store.get(given.replace(/^azureml:(?=\/)/, ""));
  if (found?.type === `${AML}/workspaces/${kind}`.toLowerCase()) return found.id;
  throw fields.refuse(name, `must be the id of one of the workspace's ${kind} that is there`);
}

function resourcesOf(fields: Fields): JsonRecord {
  return {
    instanceCount: fields.whole("instanceCount", { least: 1, most: 100 }) ?? 1,
    instanceType: fields.text("instanceType") ?? null,
    properties: fields.object("properties").record,
  };
}

function retriesOf(fields: Fields): JsonRecord {
  const timeout = fields.text("timeout") ?? "PT30S";
  if (durationMs(timeout) === undefined) {
    throw fields.refuse("timeout", "must be an ISO 8601 duration, e.g. PT30S");
  }
  return { maxRetries: fields.whole("maxRetries", { least: 0, most: 1000 }) ?? 3, timeout };
}
