/**
 * An endpoint as the service keeps it, through a version of the API that knows `mirrorTraffic`. The SDK
 * speaks 2022-10-01 and drops what that lacks, so these calls go through its client's pipeline, which
 * signs them and leaves the body alone.
 */

import { createHttpHeaders, createPipelineRequest } from "@azure/core-rest-pipeline";
import type { JsonRecord } from "lib/core/mod.ts";
import type { Azure } from "./open_azure.ts";
import { operationError, type OperationOptions, type Poller, settle } from "./operation.ts";

/** The first stable version whose endpoints have `mirrorTraffic`. */
const API_VERSION = "2023-04-01";

/** What the service adds to an endpoint and takes from nobody. */
const READ_ONLY: ReadonlySet<string> = new Set(["scoringUri", "swaggerUri", "provisioningState"]);

/** Percent by deployment. */
export type Shares = Readonly<Record<string, number>>;

/** The two rules for an endpoint's requests. */
export interface TrafficRules {
  /** Who answers: percent by deployment, 0 or 100 in sum. */
  readonly traffic: Shares;
  /** Who gets copies as well: percent by deployment, at most one of them above 0. */
  readonly mirrorTraffic: Shares;
}

/** An endpoint's traffic rules, and everything else that a PUT has to repeat. */
export interface EndpointDocument extends TrafficRules {
  /** The body of a PUT that changes nothing. */
  readonly body: JsonRecord;
}

/**
 * Reads an endpoint.
 *
 * @param azure The target.
 * @param name The endpoint.
 * @returns It, without what the service alone may write.
 * @throws {OperationError} If there is none, or it cannot be read.
 */
export async function readEndpointDocument(azure: Azure, name: string): Promise<EndpointDocument> {
  try {
    return documentOf((await call(azure, "GET", endpointUrl(azure, name))).body);
  } catch (error) {
    throw operationError(`read endpoint ${name}`, error as Error);
  }
}

/**
 * Puts an endpoint back with other traffic rules, and waits until they hold. Everything else stays as it
 * was read.
 *
 * The service gives endpoints no ETag: of two writers who read the same, the later wins. While one
 * operation runs it refuses another.
 *
 * @param azure The target.
 * @param change The endpoint, as read, and the rules.
 * @param options Of the waiting.
 * @throws {OperationError} If the service refuses them.
 */
export async function putTrafficRules(
  azure: Azure,
  { name, document: { body }, rules }: {
    name: string;
    document: EndpointDocument;
    rules: TrafficRules;
  },
  options: Omit<OperationOptions, "intervalMs">,
): Promise<void> {
  const properties = { ...body.properties as JsonRecord, ...rules };
  await settle(
    async () => {
      const { status } = await call(azure, "PUT", endpointUrl(azure, name), {
        ...body,
        properties,
      });
      return poller(azure, status);
    },
    { intervalMs: azure.intervalMs, ...options },
  );
}

function endpointUrl({ ml, target }: Azure, name: string): string {
  const { subscriptionId, resourceGroup, workspace } = target;
  const parts = [subscriptionId, resourceGroup, workspace, name].map(encodeURIComponent);
  return `${ml.$host}/subscriptions/${parts[0]}/resourceGroups/${parts[1]}/providers/` +
    `Microsoft.MachineLearningServices/workspaces/${parts[2]}/onlineEndpoints/${parts[3]}` +
    `?api-version=${API_VERSION}`;
}

interface Answer {
  readonly body: JsonRecord;
  /** Where the operation tells how far it is; absent if it has ended. */
  readonly status?: string;
}

/** One request; what is no success throws as the SDK's errors do. */
async function call(
  { ml }: Azure,
  method: "GET" | "PUT",
  url: string,
  body?: JsonRecord,
): Promise<Answer> {
  const response = await ml.sendRequest(createPipelineRequest({
    ...{ url, method },
    headers: createHttpHeaders({ accept: "application/json", "content-type": "application/json" }),
    ...body && { body: JSON.stringify(body) },
  }));
  const { status, headers, bodyAsText } = response;
  if (status >= 200 && status < 300) {
    return { body: JSON.parse(bodyAsText || "{}"), status: headers.get("azure-asyncoperation") };
  }
  throw refusalOf(status, bodyAsText ?? "");
}

function refusalOf(status: number, text: string): Error {
  let details: { error?: { code?: string; message?: string } } = {};
  try {
    details = JSON.parse(text);
  } catch {
    // a gateway's page: its status has to do
  }
  const { code = `HTTP ${status}`, message = text.trim() || "no reason given" } = details.error ??
    {};
  return Object.assign(new Error(message), { code, details });
}

/** Asks for the operation's status, as the SDK's pollers do. */
function poller(azure: Azure, url: string | undefined): Poller<void> {
  let isDone = url === undefined;
  return {
    async poll() {
      const { status, error } = (await call(azure, "GET", url!)).body;
      const word = String(status).toLowerCase();
      isDone = ["succeeded", "failed", "canceled"].includes(word);
      if (!isDone || word === "succeeded") return;
      const { code = String(status), message = "no reason given" } = (error ?? {}) as JsonRecord;
      throw Object.assign(new Error(String(message)), { code: String(code) });
    },
    isDone: () => isDone,
    getResult: () => undefined,
  };
}

function documentOf(found: JsonRecord): EndpointDocument {
  const { location, tags, kind, sku, identity } = found;
  const all = found.properties as JsonRecord;
  const properties = Object.fromEntries(
    // what the service answers as null is absent; sent back, Microsoft's schema has no null
    Object.entries(all).filter(([name, value]) => !READ_ONLY.has(name) && value !== null),
  );
  return {
    traffic: (all.traffic ?? {}) as Shares,
    mirrorTraffic: (all.mirrorTraffic ?? {}) as Shares,
    body: {
      ...{ location, tags: tags ?? {}, properties, identity: identityOf(identity as JsonRecord) },
      ...kind != null && { kind },
      ...sku != null && { sku },
    },
  };
}

/** Without the ids that the service gives out. */
function identityOf({ type, userAssignedIdentities }: JsonRecord): JsonRecord {
  if (userAssignedIdentities == null) return { type };
  const ids = Object.keys(userAssignedIdentities as JsonRecord);
  return { type, userAssignedIdentities: Object.fromEntries(ids.map((id) => [id, {}])) };
}
