/** The body of an online deployment: what a client must say, and what the service adds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf, regionOf } from "./arm_context.ts";
import { ownProperties } from "./arm_endpoint_body.ts";
import { badRequest } from "./arm_error.ts";
import { durationMs } from "./durations.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Type of an online deployment in the store. */
export const DEPLOYMENT = `${AML}/workspaces/onlineEndpoints/deployments`;

/** Longest `requestTimeout`, in milliseconds: three minutes. */
const TIMEOUT_MOST_MS = 180_000;

/** What a PUT of a deployment asks for, with what the service fills in. */
export interface WantedDeployment {
  readonly location: string;
  readonly tags: JsonRecord;
  readonly sku: JsonRecord;
  readonly properties: JsonRecord;
}

/**
 * What a PUT of a deployment asks for.
 *
 * @param body As sent.
 * @param endpoint The endpoint above it.
 * @param options `before`, the deployment as it was; `instances`, how many it may have.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedDeployment(
  body: JsonRecord,
  endpoint: Stored,
  { before, instances }: { before: Stored | undefined; instances: number },
): WantedDeployment {
  const fields = fieldsOf(body, badRequest), properties = fields.object("properties");
  const location = regionOf(fields.required("location"));
  if (location !== endpoint.body.location) {
    throw fields.refuse("location", `must be the endpoint's, ${endpoint.body.location}`);
  }
  const endpointComputeType = properties.oneOf("endpointComputeType", ["Managed"]);
  if (!endpointComputeType) throw properties.refuse("endpointComputeType", "must be Managed");
  const instanceType = properties.required("instanceType");
  if (!/^Standard_[A-Za-z]\w*$/i.test(instanceType)) {
    const rule = "must be the size of a virtual machine, e.g. Standard_DS3_v2";
    throw properties.refuse("instanceType", rule);
  }
  const held = before && propertiesOf(before.body).instanceType;
  if (held !== undefined && held !== instanceType) {
    throw properties.refuse("instanceType", `must stay ${held}: it cannot be changed`);
  }
  return {
    location,
    tags: fields.texts("tags") ?? {},
    sku: skuOf(fields, instances),
    properties: {
      ...{ endpointComputeType, instanceType },
      description: properties.text("description") ?? null,
      properties: ownProperties(properties.texts("properties")),
      model: properties.text("model") ?? null,
      environmentId: properties.required("environmentId"),
      codeConfiguration: properties.raw("codeConfiguration") ?? null,
      environmentVariables: properties.texts("environmentVariables") ?? {},
      modelMountPath: properties.text("modelMountPath") ?? null,
      appInsightsEnabled: properties.flag("appInsightsEnabled") ?? false,
      egressPublicNetworkAccess:
        properties.oneOf("egressPublicNetworkAccess", ["Enabled", "Disabled"]) ?? "Enabled",
      requestSettings: requestSettings(properties.object("requestSettings")),
      livenessProbe: probe(properties.object("livenessProbe")),
      readinessProbe: probe(properties.object("readinessProbe")),
      scaleSettings: {
        scaleType: properties.object("scaleSettings").oneOf("scaleType", ["Default"]) ?? "Default",
      },
    },
  };
}

/** The number of instances, as the body says it. */
export function skuOf(fields: Fields, most: number): JsonRecord {
  const sku = fields.object("sku");
  sku.oneOf("name", ["Default"]);
  const capacity = sku.whole("capacity", { least: 1, most }) ?? 1;
  return { name: "Default", tier: "Standard", capacity };
}

function requestSettings(fields: Fields): JsonRecord {
  const requestTimeout = duration(fields, "requestTimeout", "PT5S");
  const ms = durationMs(requestTimeout)!;
  if (ms < 1 || ms > TIMEOUT_MOST_MS) {
    throw fields.refuse("requestTimeout", "must be longer than PT0S and at most PT3M");
  }
  const most = { least: 1, most: 100_000 };
  return {
    requestTimeout,
    maxConcurrentRequestsPerInstance: fields.whole("maxConcurrentRequestsPerInstance", most) ?? 1,
    maxQueueWait: duration(fields, "maxQueueWait", "PT0S"),
  };
}

function probe(fields: Fields): JsonRecord {
  const bounds = { least: 1, most: 1000 };
  return {
    failureThreshold: fields.whole("failureThreshold", bounds) ?? 30,
    successThreshold: fields.whole("successThreshold", bounds) ?? 1,
    timeout: duration(fields, "timeout", "PT2S"),
    period: duration(fields, "period", "PT10S"),
    initialDelay: duration(fields, "initialDelay", "PT10S"),
  };
}

function duration(fields: Fields, name: string, otherwise: string): string {
  const text = fields.text(name) ?? otherwise;
  if (durationMs(text) === undefined) {
    throw fields.refuse(name, "must be an ISO 8601 duration, e.g. PT5S");
  }
  return text;
}

/** The body of a deployment that has come up. */
export function deploymentBody(
  id: string,
  { location, tags, sku, properties }: WantedDeployment,
  { endpoint, operationUrl, before, now }: {
    endpoint: Stored;
    operationUrl: string;
    before?: JsonRecord;
    now: Date;
  },
): JsonRecord {
  const { createdAt = now.toISOString(), createdBy = "Local Azure" } =
    (before?.systemData ?? {}) as JsonRecord;
  return {
    ...{ id, name: id.split("/").at(-1)!, type: DEPLOYMENT, location, tags, sku, kind: "Managed" },
    properties: {
      ...properties,
      properties: {
        ...properties.properties as JsonRecord,
        "azureml.onlineendpointid": endpoint.id.toLowerCase(),
        AzureAsyncOperationUri: operationUrl,
      },
      provisioningState: "Succeeded",
    },
    systemData: { createdAt, createdBy, lastModifiedAt: now.toISOString() },
  };
}
