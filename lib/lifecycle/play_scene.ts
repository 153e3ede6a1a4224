/** Playing a whole scene against the endpoint in use, a fault of the deployment included. */

import { deleteDeployment } from "lib/azure/mod.ts";
import { checkWhole } from "lib/core/mod.ts";
import type { Scene } from "lib/data/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { DRILL } from "./clear_drill.ts";
import { FAULTS } from "./fault.ts";
import type { LiveEndpoint } from "./live.ts";
import { moveTraffic } from "./production.ts";
import { releaseFault } from "./release.ts";
import { simulate, type Simulation } from "./simulate.ts";
import type { Story } from "./story.ts";
import type { Prepared } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** What {@linkcode playScene} needs. */
export interface ScenePlay {
  /** The endpoint in use. */
  readonly live: LiveEndpoint;
  /** The version that it serves. */
  readonly version: ModelVersion;
  /** Rows that a bad model learns from, where the scene asks for one. */
  readonly prepared: Prepared;
  /** The scene. */
  readonly scene: Scene;
  /** When it plays, see {@linkcode nextStory}. */
  readonly story: Story;
  /** Told after each request how many are done. */
  readonly onRequest?: (done: number, total: number) => void;
  /** Stops sending. */
  readonly signal?: AbortSignal;
}

/** What was played. */
export interface PlayedScene extends Simulation {
  /** The faulty release: its version, and the window in which it took the traffic; null for none. */
  readonly released: { readonly version: string; readonly window: string } | null;
}

/** Faulty releases by what a scene asks of the deployment. */
const RELEASES = { latency: "slow-release", model: "bad-model" } as const;

/**
 * Plays a scene. Where it is about the deployment and not about the rows, the faulty release takes all
 * of the traffic at the window where the scene begins, and is taken away at the end.
 *
 * @param workspace Where the endpoint is.
 * @param play See {@linkcode ScenePlay}.
 * @returns What was played.
 * @throws {OperationError} If the service refuses a release.
 *
 * @example
 * ```ts ignore
 * const { requests } = await playScene(workspace, { live, version, prepared, scene, story });
 * ```
 */
export async function playScene(workspace: Workspace, play: ScenePlay): Promise<PlayedScene> {
  const { live, version, prepared, scene, story, onRequest, signal } = play;
  const { begin, windowMinutes } = story, when = { begin, windowMinutes };
  const key = await live.key(), last = scene.windows.length;
  const all = { endpoint: live.name, url: live.url, key, scene, ...when, onRequest, signal };
  if (scene.deploymentFault === null) {
    return { ...await simulate(workspace, all), released: null };
  }
  const before = scene.startsAt > 1
    ? await simulate(workspace, { ...all, only: { from: 1, to: scene.startsAt - 1 } })
    : undefined;
  if (scene.startsAt > last) return { ...before!, released: null };
  const name = RELEASES[scene.deploymentFault], fault = FAULTS.find((one) => one.name === name)!;
  const endpoint = live.name, { azure } = workspace, { seed } = scene;
  const release = { endpoint, deployment: DRILL, version, fault, prepared, seed };
  try {
    const { version: released } = await releaseFault(workspace, release);
    const after = await simulate(workspace, { ...all, only: { from: scene.startsAt, to: last } });
    const window = after.windows[0].name;
    return { ...before ? joined(before, after) : after, released: { version: released, window } };
  } finally { // whoever plays next must find what was live before
    const back = { by: "scene", reason: `the scene ${scene.name} is over` };
    await moveTraffic(workspace, { endpoint, traffic: { [live.deployment]: 100 }, ...back });
    await deleteDeployment(azure, { endpoint, name: DRILL });
  }
}

function joined(one: Simulation, other: Simulation): Simulation {
  const requests = one.requests + other.requests, seconds = one.seconds + other.seconds;
  const deployments = { ...one.deployments };
  for (const [name, count] of Object.entries(other.deployments)) {
    deployments[name] = (deployments[name] ?? 0) + count;
  }
  const windows = [...one.windows, ...other.windows];
  return {
    ...other,
    windows,
    deployments,
    requests,
    seconds,
    requestsPerSecond: requests / seconds,
  };
}

/** Limits of a played story: below, nothing can be decided; above, a notebook would be slow. */
const WINDOWS = { min: 8, max: 60 }, ROWS = { min: 50, max: 1000 };

/**
 * Checks the choices of a played story.
 *
 * @param choices Windows, and rows in each.
 * @returns The same.
 * @throws {BadInput} If one breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkStory } from "lib/lifecycle/mod.ts";
 *
 * assert.throws(() => checkStory({ windows: 3, rows: 100 }), /windows must be a whole number from 8 to 60: got 3/);
 * ```
 */
export function checkStory(
  { windows, rows }: { readonly windows: number; readonly rows: number },
): { readonly windows: number; readonly rows: number } {
  checkWhole("windows", windows, WINDOWS);
  checkWhole("rows", rows, ROWS);
  return { windows, rows };
}
