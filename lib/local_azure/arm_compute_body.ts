/** The body of a compute: what a client must say, and what the service adds. */

import type { JsonRecord } from "lib/core/mod.ts";
import { AML, propertiesOf, regionOf, systemData } from "./arm_context.ts";
import { userError } from "./arm_error.ts";
import { durationMs } from "./durations.ts";
import { type Fields, fieldsOf } from "./fields.ts";
import type { Stored } from "./store.ts";

/** Type of a compute in the store. */
export const COMPUTE = `${AML}/workspaces/computes`;

/** Most nodes of one cluster. */
const NODES_MOST = 100;

/** Kinds that are kept here. */
const KINDS = ["AmlCompute", "ComputeInstance"] as const;

/**
 * Refuses a name that no compute may have.
 *
 * @throws {ArmError} 400.
 * @see MicrosoftDocs/azure-ai-docs, `how-to-create-attach-compute-cluster`.
 */
export function checkComputeName(name: string): void {
  if (/^[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]$/.test(name)) return;
  const rule =
    "must be 3 to 24 letters, digits or dashes, begin with a letter and not end with a " +
    "dash";
  throw userError({ field: "compute name", rule, value: name });
}

/**
 * The body of a compute that is ready, as a PUT asks for it.
 *
 * @param id Its ARM id.
 * @param body As sent.
 * @param options `workspace`, whose region is the default; `before`, the compute as it was; `now`.
 * @throws {ArmError} 400 if it breaks a rule.
 */
export function wantedCompute(
  id: string,
  body: JsonRecord,
  { workspace, before, now }: { workspace: Stored; before: Stored | undefined; now: Date },
): JsonRecord {
  const fields = fieldsOf(body, userError), properties = fields.object("properties");
  const location = regionOf(fields.text("location") ?? String(workspace.body.location));
  const computeType = kindOf(properties);
  if (properties.text("resourceId")) {
    throw properties.refuse("resourceId", "must not be given: Local Azure attaches no compute");
  }
  const own = properties.object("properties");
  const inner = computeType === "AmlCompute" ? cluster(own, now) : instance(own);
  const held = before && propertiesOf(before.body);
  if (held) checkSame(properties, { computeType, inner }, held);
  const at = now.toISOString();
  return {
    ...{
      id,
      name: id.split("/").at(-1)!,
      type: COMPUTE,
      location,
      tags: fields.texts("tags") ?? {},
    },
    properties: {
      ...{ computeType, computeLocation: location, resourceId: null },
      description: properties.text("description") ?? null,
      disableLocalAuth: properties.flag("disableLocalAuth") ?? false,
      ...{ createdOn: held?.createdOn ?? at, modifiedOn: at, isAttachedCompute: false },
      ...{ provisioningState: "Succeeded", provisioningErrors: null, properties: inner },
    },
    systemData: systemData(now, before?.body.systemData as JsonRecord | undefined),
  };
}

function kindOf(properties: Fields): string {
  const given = properties.required("computeType");
  const kind = KINDS.find((one) => one.toLowerCase() === given.toLowerCase());
  if (kind) return kind;
  const rule = `must be one of ${KINDS.join(", ")}: Local Azure keeps no others`;
  throw properties.refuse("computeType", rule);
}

function sizeOf(fields: Fields): string {
  const size = fields.required("vmSize");
  if (/^Standard_[A-Za-z]\w*$/i.test(size)) return size;
  throw fields.refuse("vmSize", "must be the size of a virtual machine, e.g. Standard_DS3_v2");
}

function cluster(fields: Fields, now: Date): JsonRecord {
  const vmSize = sizeOf(fields), scaleSettings = scaleOf(fields.object("scaleSettings"));
  const nodes = scaleSettings.minNodeCount;
  return {
    vmSize,
    vmPriority: fields.oneOf("vmPriority", ["Dedicated", "LowPriority"]) ?? "Dedicated",
    osType: fields.oneOf("osType", ["Linux", "Windows"]) ?? "Linux",
    ...{ scaleSettings, virtualMachineImage: null, isolatedNetwork: null, subnet: null },
    enableNodePublicIp: fields.flag("enableNodePublicIp") ?? true,
    remoteLoginPortPublicAccess:
      fields.oneOf("remoteLoginPortPublicAccess", ["Enabled", "Disabled", "NotSpecified"]) ??
        "NotSpecified",
    ...{ allocationState: "Steady", allocationStateTransitionTime: now.toISOString() },
    ...{ errors: null, currentNodeCount: nodes, targetNodeCount: nodes },
    nodeStateCounts: {
      ...{ preparingNodeCount: 0, runningNodeCount: 0, idleNodeCount: nodes },
      ...{ unusableNodeCount: 0, leavingNodeCount: 0, preemptedNodeCount: 0 },
    },
  };
}

/**
 * How a cluster grows and shrinks.
 *
 * @throws {ArmError} 400 if it has no upper bound, or one below its lower bound.
 */
export function scaleOf(fields: Fields): JsonRecord {
  const bounds = { least: 0, most: NODES_MOST };
  const maxNodeCount = fields.whole("maxNodeCount", bounds);
  if (maxNodeCount === undefined) throw fields.refuse("maxNodeCount", "must be given");
  const minNodeCount = fields.whole("minNodeCount", bounds) ?? 0;
  if (minNodeCount > maxNodeCount) {
    throw fields.refuse("minNodeCount", `must be at most maxNodeCount, ${maxNodeCount}`);
  }
  const wait = fields.text("nodeIdleTimeBeforeScaleDown") ?? "PT120S";
  if (durationMs(wait) === undefined) {
    throw fields.refuse("nodeIdleTimeBeforeScaleDown", "must be an ISO 8601 duration, e.g. PT120S");
  }
  return { maxNodeCount, minNodeCount, nodeIdleTimeBeforeScaleDown: wait };
}

function instance(fields: Fields): JsonRecord {
  return {
    vmSize: sizeOf(fields),
    ...{ subnet: null, state: "Running", errors: [], applications: [] },
    applicationSharingPolicy: fields.oneOf("applicationSharingPolicy", ["Personal", "Shared"]) ??
      "Shared",
    computeInstanceAuthorizationType: "personal",
  };
}

function checkSame(
  properties: Fields,
  { computeType, inner }: { computeType: string; inner: JsonRecord },
  held: JsonRecord,
): void {
  const before = held.properties as JsonRecord;
  if (held.computeType !== computeType) {
    throw properties.refuse("computeType", `must stay ${held.computeType}: it cannot be changed`);
  }
  for (const name of ["vmSize", "vmPriority", "osType"]) {
    if (before[name] === undefined || before[name] === inner[name]) continue;
    const rule = `must stay ${before[name]}: it cannot be changed`;
    throw userError({ field: `properties.properties.${name}`, rule, value: inner[name] });
  }
}
