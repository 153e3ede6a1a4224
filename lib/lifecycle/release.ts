/** A release of the service with a fault in it, for drills. */

import { stream } from "lib/core/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { deployVersion, ensureEnvironment } from "./deploy.ts";
import type { Fault } from "./fault.ts";
import { moveTraffic } from "./production.ts";
import { registerTrained } from "./register.ts";
import { type Prepared, trainCandidate } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** How much later a slow release answers, in milliseconds. */
const DELAY_MS = 500;

/** A faulty release. */
export interface FaultyRelease {
  /** The endpoint. */
  readonly endpoint: string;
  /** The deployment that it becomes. */
  readonly deployment: string;
  /** The version in use: a slow release serves it too. */
  readonly version: ModelVersion;
  /** What is wrong with the release. */
  readonly fault: Fault;
  /** The rows that a bad model learns from, with their labels shuffled. */
  readonly prepared: Prepared;
  /** Shuffles and trains. */
  readonly seed: number;
}

/**
 * Brings a faulty release into service as an emergency fix would come: past the gate and with all of
 * the traffic at once. A bad model is really trained and registered, its metrics with it.
 *
 * @param workspace Where the endpoint is.
 * @param release See {@linkcode FaultyRelease}.
 * @returns The version that it serves.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * await releaseFault(workspace, { endpoint, deployment: "green", version, fault, prepared, seed: 7 });
 * ```
 */
export async function releaseFault(
  workspace: Workspace,
  { endpoint, deployment, version, fault, prepared, seed }: FaultyRelease,
): Promise<ModelVersion> {
  const served = fault.name === "bad-model"
    ? await registerShuffled(workspace, prepared, seed)
    : version;
  await deployVersion(workspace, {
    ...{ endpoint, deployment, version: served },
    environment: await ensureEnvironment(workspace),
    ...(fault.name === "slow-release" && { variables: { DRILL_DELAY_MS: String(DELAY_MS) } }),
  });
  const move = { by: "drill", reason: `release without the gate: ${fault.name}` };
  await moveTraffic(workspace, { endpoint, traffic: { [deployment]: 100 }, ...move });
  return served;
}

/** A model that has learnt nothing: the labels of its rows were shuffled. */
async function registerShuffled(
  workspace: Workspace,
  prepared: Prepared,
  seed: number,
): Promise<ModelVersion> {
  const { train } = prepared;
  const y = Uint8Array.from(stream(seed, "drill labels").shuffle([...train.y]));
  const candidate = await trainCandidate({ ...prepared, train: { ...train, y } }, {
    seed,
    trees: 30,
  });
  return await registerTrained(workspace, { prepared, candidate, seed });
}
