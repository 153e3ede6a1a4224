/** The body of an online endpoint: what a client must say, and what the service adds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf, regionOf } from "./arm_context.ts";
import { badRequest } from "./arm_error.ts";
import { fieldsOf } from "./fields.ts";
import type { Shares } from "./arm_traffic.ts";
import type { Stored } from "./store.ts";
import { PRINCIPAL, TENANT } from "./tokens.ts";

/** Type of an online endpoint in the store. */
export const ENDPOINT = `${AML}/workspaces/onlineEndpoints`;

const AUTH_MODES = ["Key", "AMLToken", "AADToken"] as const;
const IDENTITIES = ["SystemAssigned", "UserAssigned", "SystemAssigned,UserAssigned"] as const;

/** The service adds these to a resource's own `properties.properties`; clients send them back. */
const OURS = /^(azureml\.onlineendpointid|AzureAsyncOperationUri|created(By|At)|lastModifiedAt)$/i;

/**
 * Refuses a name that no endpoint or deployment may have.
 *
 * @throws {ArmError} 400.
 * @see MicrosoftDocs/azure-ai-docs, `how-to-manage-quotas`.
 */
export function checkEndpointName(name: string, what: "endpoint" | "deployment"): void {
  if (/^[a-zA-Z](-?[a-zA-Z0-9])*$/.test(name) && name.length >= 3 && name.length <= 32) return;
  const rule =
    "must be 3 to 32 letters, digits or single dashes, begin with a letter and not end " +
    "with a dash";
  throw badRequest({ field: `${what} name`, rule, value: name });
}

/** The `properties.properties` that the client means, without what the service adds. */
export function ownProperties(given: Record<string, string> | undefined): JsonRecord {
  return Object.fromEntries(Object.entries(given ?? {}).filter(([key]) => !OURS.test(key)));
}

/** What a PUT of an endpoint asks for, traffic aside. */
export interface WantedEndpoint {
  readonly location: string;
  readonly tags: JsonRecord;
  readonly identity: JsonRecord;
  readonly properties: JsonRecord;
  /** Keys that the client brings along, which Azure allows when an endpoint is made. */
  readonly keys: { readonly primaryKey?: string; readonly secondaryKey?: string };
}

/**
 * What a PUT of an endpoint asks for.
 *
 * @param body As sent.
 * @param workspace Where the endpoint lies; its region is the endpoint's.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedEndpoint(body: JsonRecord, workspace: Stored): WantedEndpoint {
  const fields = fieldsOf(body, badRequest), properties = fields.object("properties");
  const location = regionOf(fields.required("location"));
  if (location !== workspace.body.location) {
    throw fields.refuse("location", `must be the workspace's, ${workspace.body.location}`);
  }
  const authMode = properties.oneOf("authMode", AUTH_MODES);
  if (!authMode) throw properties.refuse("authMode", `must be one of ${AUTH_MODES.join(", ")}`);
  const compute = properties.text("compute");
  if (compute) throw properties.refuse("compute", "must not be given: the endpoint is managed");
  const keys = properties.object("keys");
  const description = properties.text("description") ?? null;
  return {
    location,
    tags: fields.texts("tags") ?? {},
    identity: identityOf(body),
    properties: {
      ...{ authMode, description },
      properties: ownProperties(properties.texts("properties")),
      publicNetworkAccess: properties.oneOf("publicNetworkAccess", ["Enabled", "Disabled"]) ??
        "Enabled",
    },
    keys: { primaryKey: keys.text("primaryKey"), secondaryKey: keys.text("secondaryKey") },
  };
}

/** The identity, in the spelling that answers have. */
export function identityOf(body: JsonRecord): JsonRecord {
  const fields = fieldsOf(body, badRequest).object("identity");
  const given = fields.text("type")?.replaceAll(" ", "");
  const type = IDENTITIES.find((one) => one.toLowerCase() === given?.toLowerCase());
  if (!type) throw fields.refuse("type", `must be one of ${IDENTITIES.join("; ")}`);
  if (type === "SystemAssigned") return { type, principalId: PRINCIPAL, tenantId: TENANT };
  const assigned = Object.keys(fields.object("userAssignedIdentities").record);
  if (assigned.length === 0) throw fields.refuse("userAssignedIdentities", "must name an identity");
  return {
    ...{ type, principalId: PRINCIPAL, tenantId: TENANT },
    userAssignedIdentities: Object.fromEntries(
      assigned.map((id) => [id, { principalId: PRINCIPAL, clientId: PRINCIPAL }]),
    ),
  };
}

/**
 * The body of an endpoint that is ready.
 *
 * @param id Its ARM id.
 * @param wanted See {@linkcode wantedEndpoint}.
 * @param added Its traffic, the URL of the operation, what it was before, and the time.
 */
export function endpointBody(
  id: string,
  { location, tags, identity, properties }: Omit<WantedEndpoint, "keys">,
  { traffic, mirrorTraffic, operationUrl, before, now }: {
    traffic: Shares;
    mirrorTraffic: Shares;
    operationUrl: string;
    before?: JsonRecord;
    now: Date;
  },
): JsonRecord {
  const name = id.split("/").at(-1)!, host = `${name}.${location}.inference.ml.azure.com`;
  const kept = before ? propertiesOf(before) : {};
  const { createdAt = now.toISOString(), createdBy = "Local Azure" } =
    (before?.systemData ?? {}) as JsonRecord;
  return {
    ...{ id, name, type: ENDPOINT, location, tags, identity, kind: "Managed" },
    properties: {
      ...properties,
      properties: {
        ...properties.properties as JsonRecord,
        "azureml.onlineendpointid": id.toLowerCase(),
        AzureAsyncOperationUri: operationUrl,
      },
      scoringUri: kept.scoringUri ?? `https://${host}/score`,
      swaggerUri: `https://${host}/swagger.json`,
      provisioningState: "Succeeded",
      ...{ compute: null, traffic, mirrorTraffic },
    },
    systemData: { createdAt, createdBy, lastModifiedAt: now.toISOString() },
  };
}
