/** Moving traffic for good: what serves is set at the endpoint, and production's history is written. */

import {
  type Azure,
  deleteEndpoint,
  deleteMetricAlerts,
  deleteSecret,
  type Deployment,
  type Endpoint,
  getDeployment,
  listDeployments,
  setTraffic,
} from "lib/azure/mod.ts";
import type { ProductionChange } from "lib/registry/mod.ts";
import { tell } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/** Name and version of the model that a deployment serves, from its ARM id. */
export function modelOfDeployment({ modelId }: Pick<Deployment, "modelId">): {
  readonly name: string;
  readonly version: string;
} {
  const [, name = "", version = ""] = /\/models\/([^/]+)\/versions\/([^/]+)$/i.exec(modelId) ?? [];
  return { name, version };
}

/** Who moves traffic, and why. */
export interface Mover {
  /** Whose decision, e.g. `notebook 03`. */
  readonly by: string;
  /** Why, in a sentence. */
  readonly reason: string;
  /** Id of the gate's decision that it rests on. Default: none. */
  readonly decision?: string;
  /** The person who approved it. Default: nobody was asked. */
  readonly approval?: ProductionChange["approval"];
}

/**
 * Sets the traffic of an endpoint. Where one deployment gets all of it, its version is in production
 * from then on, and the registry's history says so.
 *
 * @param workspace Where the endpoint is.
 * @param move The endpoint, percent by deployment, and see {@linkcode Mover}.
 * @returns The endpoint afterwards.
 * @throws {OperationError} If the service refuses it.
 * @throws {ConflictError} If somebody else changes production at the same time.
 * @throws {NotFoundError} If the version was never registered.
 *
 * @example
 * ```ts ignore
 * await moveTraffic(workspace, { endpoint, traffic: { blue: 100 }, by: "notebook 03", reason: "smoke test passed" });
 * ```
 */
export async function moveTraffic(
  workspace: Workspace,
  { endpoint, traffic, ...mover }: Mover & {
    readonly endpoint: string;
    readonly traffic: Readonly<Record<string, number>>;
  },
): Promise<Endpoint> {
  const { azure } = workspace;
  const after = await setTraffic(azure, endpoint, traffic);
  const { by, reason } = mover;
  tell(workspace, "traffic.moved", { endpoint, traffic: JSON.stringify(traffic), by, reason });
  const whole = Object.keys(traffic).find((name) => traffic[name] === 100);
  const deployment = whole && await getDeployment(azure, { endpoint, name: whole });
  if (deployment) await recordProduction(workspace, { deployment, ...mover });
  return after;
}

/** Writes that a deployment's version is in production; nothing where it was so already. */
export async function recordProduction(
  { registry }: Workspace,
  { deployment, decision, ...mover }: Mover & { readonly deployment: Deployment },
): Promise<ProductionChange | undefined> {
  const { name, version: to } = modelOfDeployment(deployment);
  const from = await registry.production(name);
  if (from === to) return undefined;
  return await registry.changeProduction({ name, from, to, decision, ...mover });
}

/**
 * Removes an endpoint with its deployments and its key, and writes that production is empty.
 *
 * @param workspace Where it is.
 * @param of Its name, and see {@linkcode Mover}.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * await removeEndpoint(workspace, { endpoint, by: "notebook 03", reason: "the demo is over" });
 * ```
 */
export async function removeEndpoint(
  { azure, registry }: Workspace,
  { endpoint, by, reason }: Pick<Mover, "by" | "reason"> & { readonly endpoint: string },
): Promise<void> {
  const served = await modelsOf(azure, endpoint);
  await deleteEndpoint(azure, endpoint);
  await deleteMetricAlerts(azure, endpoint);
  await deleteSecret(azure, `${endpoint}-key`);
  for (const { name, version } of served) {
    if (await registry.production(name) !== version) continue;
    await registry.changeProduction({ name, from: version, to: null, by, reason });
  }
}

/** The models behind an endpoint; none where there is no endpoint. */
async function modelsOf(azure: Azure, endpoint: string) {
  const deployments = await listDeployments(azure, endpoint).catch((error) => {
    if (error.statusCode !== 404) throw error;
    return [];
  });
  return deployments.map(modelOfDeployment);
}
