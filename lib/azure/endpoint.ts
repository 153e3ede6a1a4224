/** Managed online endpoints: make, look up, shift and mirror traffic, keys, remove. */

import { absent } from "./assets.ts";
import { putTrafficRules, readEndpointDocument, type Shares } from "./endpoint_document.ts";
import type { Azure } from "./open_azure.ts";
import { operationError, type OperationOptions, settle } from "./operation.ts";

/** What waiting for an operation may be told. */
export type WaitOptions = Pick<OperationOptions, "onWait" | "signal">;

/** An endpoint as it stands. */
export interface Endpoint {
  /** Its name. */
  readonly name: string;
  /** `https://…/score`. */
  readonly scoringUrl: string;
  /** Percent of the requests by deployment; those of 0 are left out. */
  readonly traffic: Readonly<Record<string, number>>;
  /** E.g. `Succeeded`. */
  readonly state: string;
  /** Texts by name. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The endpoint's two keys. */
export interface EndpointKeys {
  /** First key. */
  readonly primary: string;
  /** Second key: callers move to it while the first is renewed. */
  readonly secondary: string;
}

/** The endpoint with that name; undefined if there is none. */
export async function getEndpoint(
  { ml, target }: Azure,
  name: string,
): Promise<Endpoint | undefined> {
  const found = await ml.onlineEndpoints.get(target.resourceGroup, target.workspace, name)
    .catch(absent);
  if (!found) return undefined;
  const traffic = Object.entries(found.properties.traffic ?? {}).filter(([, share]) => share > 0);
  return {
    name,
    scoringUrl: found.properties.scoringUri ?? "",
    traffic: Object.fromEntries(traffic),
    state: found.properties.provisioningState ?? "Unknown",
    tags: found.tags ?? {},
  };
}

/** All endpoints of the workspace. */
export async function listEndpoints(azure: Azure): Promise<Endpoint[]> {
  const { ml, target } = azure, names: string[] = [];
  for await (const found of ml.onlineEndpoints.list(target.resourceGroup, target.workspace)) {
    names.push(found.name!);
  }
  const endpoints = await Promise.all(names.map((name) => getEndpoint(azure, name)));
  return endpoints.filter((endpoint) => endpoint !== undefined);
}

/**
 * Makes an endpoint with key authentication, or leaves the one that is there.
 *
 * @param azure The target.
 * @param draft Its name, a sentence about it, and tags.
 * @param options See {@linkcode WaitOptions}.
 * @returns The endpoint.
 * @throws {OperationError} If the service refuses it, e.g. because the name is taken in the region.
 */
export async function ensureEndpoint(
  azure: Azure,
  draft: { name: string; description: string; tags: Readonly<Record<string, string>> },
  options: WaitOptions = {},
): Promise<Endpoint> {
  const there = await getEndpoint(azure, draft.name);
  if (there?.state === "Succeeded") return there;
  await put(azure, { ...draft, traffic: {} }, `create endpoint ${draft.name}`, options);
  return await mustGet(azure, draft.name);
}

/**
 * Sets which share of the requests each deployment answers. The service takes the whole endpoint, so
 * it is read, changed and put back, the mirror included: a PUT of the SDK's api-version, which knows no
 * mirror, would end it unasked. A mirror ends here only if its deployment now answers, since the
 * service allows one or the other.
 *
 * @param azure The target.
 * @param name The endpoint.
 * @param traffic Percent by deployment, 0 or 100 in sum.
 * @param options See {@linkcode WaitOptions}.
 * @returns The endpoint afterwards.
 * @throws {OperationError} If the service refuses it.
 */
export async function setTraffic(
  azure: Azure,
  name: string,
  traffic: Readonly<Record<string, number>>,
  options: WaitOptions = {},
): Promise<Endpoint> {
  const document = await readEndpointDocument(azure, name);
  const isLive = (deployment: string) =>
    Object.entries(traffic).some(([other, share]) =>
      share > 0 && other.toLowerCase() === deployment.toLowerCase()
    );
  const mirrorTraffic = Object.fromEntries(
    Object.entries(document.mirrorTraffic).filter(([deployment]) => !isLive(deployment)),
  );
  const rules = { traffic, mirrorTraffic }, action = `set traffic of ${name}`;
  await putTrafficRules(azure, { name, document, rules }, { action, ...options });
  return await mustGet(azure, name);
}

/**
 * Which share of the requests is copied to which deployment.
 *
 * @param azure The target.
 * @param name The endpoint.
 * @returns Percent by deployment; empty if nothing is mirrored.
 * @throws {OperationError} If there is no such endpoint.
 */
export async function getMirrorTraffic(azure: Azure, name: string): Promise<Shares> {
  const { mirrorTraffic } = await readEndpointDocument(azure, name);
  return Object.fromEntries(Object.entries(mirrorTraffic).filter(([, share]) => share > 0));
}

/**
 * Has a share of the requests copied to another deployment, whose answers nobody gets. Who answers, and
 * everything else about the endpoint, stays as it is. A copy has the ids of its request, so the mirror's
 * inference log joins with the live one's.
 *
 * @param azure The target.
 * @param name The endpoint.
 * @param shares Percent by deployment: one, of at most 50, that has no live traffic; none ends the
 * mirror.
 * @param options See {@linkcode WaitOptions}.
 * @returns The shares afterwards.
 * @throws {OperationError} If the service refuses them.
 * @see MicrosoftDocs/azure-ai-docs, `how-to-safely-rollout-online-endpoints`.
 *
 * @example
 * ```ts ignore
 * await setTraffic(azure, "iris", { blue: 100 });
 * await setMirrorTraffic(azure, "iris", { green: 50 });
 * ```
 */
export async function setMirrorTraffic(
  azure: Azure,
  name: string,
  shares: Shares,
  options: WaitOptions = {},
): Promise<Shares> {
  const document = await readEndpointDocument(azure, name);
  const rules = { traffic: document.traffic, mirrorTraffic: shares };
  const action = `set mirrored traffic of ${name}`;
  await putTrafficRules(azure, { name, document, rules }, { action, ...options });
  return await getMirrorTraffic(azure, name);
}

/** Removes an endpoint and all of its deployments; one that is not there counts as removed. */
export async function deleteEndpoint(
  azure: Azure,
  name: string,
  options: WaitOptions = {},
): Promise<void> {
  const { ml, target, intervalMs } = azure;
  await settle(
    () => ml.onlineEndpoints.beginDelete(target.resourceGroup, target.workspace, name),
    { action: `delete endpoint ${name}`, intervalMs, ...options },
  );
}

/** The endpoint's keys. They are secrets: they belong into Key Vault and into no output. */
export async function endpointKeys({ ml, target }: Azure, name: string): Promise<EndpointKeys> {
  try {
    const { primaryKey, secondaryKey } = await ml.onlineEndpoints.listKeys(
      target.resourceGroup,
      target.workspace,
      name,
    );
    return { primary: primaryKey!, secondary: secondaryKey! };
  } catch (error) {
    throw operationError(`read the keys of ${name}`, error as Error);
  }
}

/** Renews one of the two keys; the other goes on working. */
export async function renewKey(
  { ml, target, intervalMs }: Azure,
  name: string,
  key: "Primary" | "Secondary",
  options: WaitOptions = {},
): Promise<void> {
  await settle(
    () =>
      ml.onlineEndpoints.beginRegenerateKeys(target.resourceGroup, target.workspace, name, {
        keyType: key,
      }),
    { action: `renew the ${key.toLowerCase()} key of ${name}`, intervalMs, ...options },
  );
}

async function put(
  { ml, target, location, intervalMs }: Azure,
  { name, description, tags, traffic }: {
    name: string;
    description: string;
    tags: Readonly<Record<string, string>>;
    traffic: Readonly<Record<string, number>>;
  },
  action: string,
  options: WaitOptions,
): Promise<void> {
  await settle(
    () =>
      ml.onlineEndpoints.beginCreateOrUpdate(target.resourceGroup, target.workspace, name, {
        location,
        identity: { type: "SystemAssigned" },
        tags: { ...tags },
        properties: { authMode: "Key", description, traffic: { ...traffic } },
      }),
    { action, intervalMs, ...options },
  );
}

async function mustGet(azure: Azure, name: string): Promise<Endpoint> {
  const endpoint = await getEndpoint(azure, name);
  if (endpoint) return endpoint;
  const error = Object.assign(new Error("there is no such endpoint"), { code: "NotFound" });
  throw operationError(`read endpoint ${name}`, error);
}
