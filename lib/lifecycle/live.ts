/** The endpoint that callers use all the time: it serves one version, and is found again. */

import {
  deleteDeployment,
  type DeployOptions,
  endpointKeys,
  ensureEndpoint,
  ensureMetricAlerts,
  getSecret,
  listDeployments,
  putSecret,
} from "lib/azure/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { DRILL } from "./clear_drill.ts";
import { deployVersion, ensureEnvironment } from "./deploy.ts";
import { moveTraffic } from "./production.ts";
import { freeSlot } from "./slots.ts";
import type { Workspace } from "./workspace.ts";

/** An endpoint in use. */
export interface LiveEndpoint {
  /** Its name. */
  readonly name: string;
  /** `https://…/score`. */
  readonly url: string;
  /** The deployment that serves the version. */
  readonly deployment: string;
  /** Whether anything had to be made or moved. */
  readonly isNew: boolean;
  /** Reads the key from Key Vault. */
  readonly key: () => Promise<string>;
}

/**
 * Sees to it that an endpoint serves a version with all of its traffic, and says so in production's
 * history. If another version is live there, the version goes to the other colour, and the traffic
 * follows once it answers. Azure Monitor gets its rules for errors and latency. What a drill that was killed has left there never counts as serving, and goes.
 *
 * @param workspace Where the endpoint is.
 * @param live The endpoint's name, the version, and who or what asks for it.
 * @param options `onWait`, `signal` and `onCost`.
 * @returns See {@linkcode LiveEndpoint}.
 * @throws {BadInput} If both colours have traffic: a rollout is under way.
 * @throws {OperationError} If the service refuses, or the deployment does not come up.
 *
 * @example
 * ```ts ignore
 * const live = await serveLive(workspace, { name: "iris-live", version, by: "notebook 04" });
 * ```
 */
export async function serveLive(
  workspace: Workspace,
  { name, version, by }: { name: string; version: ModelVersion; by: string },
  options: DeployOptions = {},
): Promise<LiveEndpoint> {
  const { azure } = workspace;
  const endpoint = await ensureEndpoint(azure, {
    name,
    description: `${version.name} in use`,
    tags: { owner: "demo", model: version.name },
  }, options);
  const live = Object.keys(endpoint.traffic).find((colour) => endpoint.traffic[colour] === 100);
  const there = await listDeployments(azure, name);
  const serves = there.find(({ name, tags }) =>
    name === live && name !== DRILL && tags.digest === version.digest
  );
  let deployment = serves?.name;
  if (!deployment) {
    deployment = freeSlot(endpoint);
    const environment = await ensureEnvironment(workspace);
    const draft = { endpoint: name, deployment, version, environment };
    await deployVersion(workspace, draft, options);
    const reason = `${name} serves it with ${deployment}`;
    await moveTraffic(workspace, { endpoint: name, traffic: { [deployment]: 100 }, by, reason });
    await ensureMetricAlerts(azure, { endpoint: name });
  }
  if (there.some((one) => one.name === DRILL)) {
    await deleteDeployment(azure, { endpoint: name, name: DRILL });
  }
  const secret = `${name}-key`;
  await putSecret(azure, secret, (await endpointKeys(azure, name)).primary);
  const key = async () => (await getSecret(azure, secret))!;
  return { name, url: endpoint.scoringUrl, deployment, isNew: !serves, key };
}
