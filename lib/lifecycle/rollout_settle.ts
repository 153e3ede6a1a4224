/** Bringing a rollout to its end that somebody else has begun, before anything else is done. */

import { blobDocuments, endpointKeys, getEndpoint, listDeployments } from "lib/azure/mod.ts";
import type { DocumentStore } from "lib/registry/mod.ts";
import {
  resumeRollout,
  rollBackRollout,
  type RolloutOptions,
  type RolloutPort,
} from "./rollout.ts";
import { activePath, readRollout } from "./rollout_document.ts";
import { rolloutPort, type RolloutPortOptions } from "./rollout_port.ts";
import type { RolloutRecord } from "./rollout_record.ts";
import type { Workspace } from "./workspace.ts";

/** What {@linkcode settleRollout} needs to know. */
export interface SettleOptions extends Pick<RolloutPortOptions, "samples" | "seed" | "by"> {
  /** Name of the endpoint. */
  readonly endpoint: string;
  /** Called after every write. */
  readonly onStep?: RolloutOptions["onStep"];
}

/**
 * The rollout that has an endpoint, whatever its state.
 *
 * @param store Where the documents lie.
 * @param endpoint The endpoint.
 * @returns The record; undefined if there never was one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { activeRollout } from "lib/lifecycle/mod.ts";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 *
 * assert.equal(await activeRollout(createMemoryStore(), "iris-live"), undefined);
 * ```
 */
export async function activeRollout(
  store: DocumentStore,
  endpoint: string,
): Promise<RolloutRecord | undefined> {
  const found = await store.read(activePath(endpoint));
  const id = (found?.value as { id?: string } | undefined)?.id;
  return id === undefined ? undefined : await readRollout(store, { endpoint, id });
}

/**
 * Brings the rollout of an endpoint to an end. One whose driver has died goes on from where it was; one
 * that is held goes back to blue, since nobody has said that it shall go on. Where the endpoint, a
 * deployment or the traffic is no more what the rollout had left, it is closed and nothing is touched.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode SettleOptions}.
 * @returns The record as it ended; undefined if none was under way.
 * @throws {ConflictError} If another driver is at it.
 *
 * @example
 * ```ts ignore
 * await settleRollout(workspace, { endpoint: "iris-live", samples: parts.holdout, seed: 7, by: "notebook 05" });
 * ```
 */
export async function settleRollout(
  workspace: Workspace,
  { endpoint, samples, seed, by, onStep }: SettleOptions,
): Promise<RolloutRecord | undefined> {
  const { azure } = workspace, store = blobDocuments(azure);
  const record = await activeRollout(store, endpoint);
  if (!record || !["running", "held", "rolling-back"].includes(record.state)) return undefined;
  const found = await getEndpoint(azure, endpoint);
  const names = found ? (await listDeployments(azure, endpoint)).map(({ name }) => name) : [];
  const isThere = names.includes(record.blue) && names.includes(record.green);
  if (!found || !isThere || !isAsLeft(record, found.traffic)) {
    const why = "the endpoint is no more what this rollout had left.";
    return await rollBackRollout(record, why, { store, port: NOTHING, onStep });
  }
  const key = async () => (await endpointKeys(azure, endpoint)).primary;
  const live = { name: endpoint, url: found.scoringUrl, key };
  const port = await rolloutPort(workspace, { live, plan: record, samples, seed, by });
  if (record.state !== "held") return await resumeRollout(record, { store, port, onStep });
  return await rollBackRollout(record, "it was held, and nobody has let it go on.", {
    ...{ store, port, onStep },
  });
}

/** Touches nothing. */
const NOTHING: RolloutPort = {
  setTraffic: async () => {},
  setMirror: async () => {},
  observe: () => Promise.reject(new Error("Cannot look at what is not touched")),
};

/** Whether the traffic is that of the last step; before it was taken, nobody can tell. */
function isAsLeft(
  { history, blue, green, state }: RolloutRecord,
  traffic: Readonly<Record<string, number>>,
): boolean {
  const step = history.at(-1);
  if (!step || step.takenAt === null || state === "rolling-back") return true;
  return (traffic[blue] ?? 0) === 100 - step.green && (traffic[green] ?? 0) === step.green;
}
