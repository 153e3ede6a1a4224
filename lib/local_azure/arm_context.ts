/** What every resource type of the control plane works with. */

import type { JsonRecord } from "lib/core/mod.ts";
import { gatewayError, resourceNotFound } from "./arm_error.ts";
import type { Call } from "./arm_router.ts";
import type { LocalAzure } from "./context.ts";
import type { LimitsBook } from "./limits.ts";
import type { Operations } from "./operations.ts";
import type { Store, Stored } from "./store.ts";
import { PRINCIPAL } from "./tokens.ts";

/** The host that ids and poll URLs name. */
export const ARM = "https://management.azure.com";

/** Namespace of Azure ML's resource types. */
export const AML = "Microsoft.MachineLearningServices";

/** The inside of the control plane. */
export interface Arm extends LocalAzure {
  readonly operations: Operations;
  readonly limits: LimitsBook;
  /** Whether rules of the service that Microsoft's samples break are left out. */
  readonly lenient: boolean;
  /** Makes a blob container where there is none. */
  ensureContainer(name: string): Promise<void>;
  /** Writes a blob from inside. */
  writeBlob(container: string, name: string, bytes: Uint8Array): Promise<void>;
}

const GUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i;

/** Refuses a subscription id that is no GUID. Every GUID is a subscription here. */
export function checkSubscription(id: string): void {
  if (GUID.test(id)) return;
  const message = `The provided subscription identifier '${id}' is malformed or invalid.`;
  throw gatewayError(400, "InvalidSubscriptionId", message);
}

/** The id of the group that the path names. */
export function groupId({ subscription, group }: Call["params"]): string {
  return `/subscriptions/${subscription}/resourceGroups/${group}`;
}

/**
 * The resource group that the path names.
 *
 * @throws {ArmError} 404 if there is none.
 */
export function groupOf(store: Store, params: Call["params"]): Stored {
  checkSubscription(params.subscription);
  const group = store.get(groupId(params));
  if (group) return group;
  const message = `Resource group '${params.group}' could not be found.`;
  throw gatewayError(404, "ResourceGroupNotFound", message);
}

/** The id of the workspace that the path names. */
export function workspaceId(params: Call["params"]): string {
  return `${groupId(params)}/providers/${AML}/workspaces/${params.workspace}`;
}

/**
 * The workspace that the path names.
 *
 * @throws {ArmError} 404 if there is none, or no such group.
 */
export function workspaceOf(store: Store, params: Call["params"]): Stored {
  groupOf(store, params);
  const workspace = store.get(workspaceId(params));
  if (!workspace) throw resourceNotFound(workspaceId(params));
  return workspace;
}

/** Who made a resource and when, in the six fields that Azure has for it. */
export function systemData(now: Date, before?: JsonRecord): JsonRecord {
  const at = now.toISOString(), by = { by: PRINCIPAL, type: "Application" };
  const { createdAt = at, createdBy = by.by, createdByType = by.type } = before ?? {};
  return {
    ...{ createdAt, createdBy, createdByType },
    ...{ lastModifiedAt: at, lastModifiedBy: by.by, lastModifiedByType: by.type },
  };
}

/** The `properties` of a resource's body. */
export function propertiesOf(body: JsonRecord): JsonRecord {
  return (body.properties ?? {}) as JsonRecord;
}

/** The body with some of its `properties` set. */
export function withProperties(body: JsonRecord, some: JsonRecord): JsonRecord {
  return { ...body, properties: { ...propertiesOf(body), ...some } };
}

/**
 * A region as ids spell it: `East US` becomes `eastus`.
 *
 * @throws {ArmError} 400 if it is no region's name: hosts and headers are made of it.
 */
export function regionOf(location: string): string {
  const region = location.toLowerCase().replaceAll(" ", "");
  if (/^[a-z][a-z\d-]{1,40}$/.test(region)) return region;
  const message =
    `The provided location '${location}' is not available: it must be a region's name.`;
  throw gatewayError(400, "LocationNotAvailableForResourceType", message);
}
