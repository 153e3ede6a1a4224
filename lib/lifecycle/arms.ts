/** A test with two arms through the real endpoint: who gets which arm, and what each look has seen. */

import { BadInput } from "lib/core/mod.ts";
import type { Scene, SceneWindow } from "lib/data/mod.ts";
import { type AnsweredRow, assign, countLook, type Look } from "lib/experiment/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { LiveEndpoint } from "./live.ts";
import { readBack } from "./read_back.ts";
import { simulate, type Simulation } from "./simulate.ts";
import type { Story } from "./story.ts";
import type { Workspace } from "./workspace.ts";

/** How units fall to arms. */
export interface Split {
  /** Name of the test: another one gives another, independent split. */
  readonly salt: string;
  /** Share of the units that B gets, above 0 and below 1. */
  readonly shareB: number;
}

/** The deployments behind the arms. */
export interface Arms {
  /** What serves now. */
  readonly a: string;
  /** What wants to. */
  readonly b: string;
}

/**
 * The arm of a unit, always the same; while B's share grows, who is in B stays there.
 *
 * @param unit Who asks.
 * @param split See {@linkcode Split}.
 * @returns The arm.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { armOf } from "lib/lifecycle/mod.ts";
 *
 * const at = (shareB: number) => armOf("u61", { salt: "1 against 2", shareB });
 * assert.deepEqual([at(0.001), at(0.999)], ["a", "b"]);
 * ```
 */
export function armOf(unit: string, { salt, shareB }: Split): "a" | "b" {
  const arms = [{ arm: "a", share: 1 - shareB }, { arm: "b", share: shareB }];
  return assign(unit, { salt, arms }) as "a" | "b";
}

/**
 * A scene cut in two: each row goes to the arm of its unit. Correlation ids stay, so labels are found;
 * ids of requests tell the arms apart.
 *
 * @param scene The scene.
 * @param split See {@linkcode Split}.
 * @returns A scene for each arm; together they have every row once.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stageScene } from "lib/data/mod.ts";
 * import { armScenes, prepare } from "lib/lifecycle/mod.ts";
 *
 * const { holdout } = await prepare("data/iris.dataset.json", { seed: 7 });
 * const scene = stageScene(holdout, { scene: "none", seed: 7, windows: 1, rowsPerWindow: 100 });
 * const { a, b } = armScenes(scene, { salt: "1 against 2", shareB: 0.5 });
 * assert.equal(a.windows[0].actual.length + b.windows[0].actual.length, 100);
 * ```
 */
export function armScenes(scene: Scene, split: Split): { readonly a: Scene; readonly b: Scene } {
  const d = scene.features.length;
  const of = (arm: "a" | "b"): Scene => ({
    ...scene,
    idPrefix: `${scene.idPrefix}-${arm}`,
    windows: scene.windows.map((window): SceneWindow => {
      const { x, actual, sources, unitIds, correlationIds, labelDelay } = window;
      const own = [...unitIds.keys()].filter((i) => armOf(unitIds[i], split) === arm);
      return {
        ...window,
        x: Float64Array.from(own.flatMap((i) => [...x.subarray(i * d, i * d + d)])),
        actual: Uint8Array.from(own, (i) => actual[i]),
        sources: Uint32Array.from(own, (i) => sources[i]),
        unitIds: own.map((i) => unitIds[i]),
        correlationIds: own.map((i) => correlationIds[i]),
        labelDelay: Int16Array.from(own, (i) => labelDelay[i]),
      };
    }),
  });
  return { a: of("a"), b: of("b") };
}

/** What {@linkcode playArms} needs. */
export interface ArmsPlay extends Split {
  /** The endpoint. */
  readonly live: LiveEndpoint;
  /** The deployments. */
  readonly arms: Arms;
  /** The scene. */
  readonly scene: Scene;
  /** When it plays, see {@linkcode nextStory}. */
  readonly story: Story;
  /** Told after each request how many are done. */
  readonly onRequest?: (done: number, total: number) => void;
  /** Stops sending. */
  readonly signal?: AbortSignal;
}

/** Requests a second for each of two arms that send at once: the service takes 500 in all. */
const PER_ARM = 240;

/**
 * Plays a scene in two arms at once. Each row goes to the deployment of its unit's arm, past the
 * endpoint's own shares: those throw dice for each request, and a unit would change arms.
 *
 * @param workspace Where the endpoint is.
 * @param play See {@linkcode ArmsPlay}.
 * @returns What each arm was sent.
 *
 * @example
 * ```ts ignore
 * await playArms(workspace, { live, arms: { a: "blue", b: "green" }, scene, story, salt, shareB: 0.5 });
 * ```
 */
export async function playArms(
  workspace: Workspace,
  { live, arms, scene, story, salt, shareB, onRequest, signal }: ArmsPlay,
): Promise<{ readonly a: Simulation; readonly b: Simulation }> {
  const key = await live.key(), { begin, windowMinutes } = story;
  const scenes = armScenes(scene, { salt, shareB }), counts = { a: [0, 0], b: [0, 0] };
  const play = (arm: "a" | "b") =>
    simulate(workspace, {
      ...{ endpoint: live.name, url: live.url, key, begin, windowMinutes, signal },
      ...{ deployment: arms[arm], scene: scenes[arm], maxPerSecond: PER_ARM, concurrency: 4 },
      onRequest(done, total) {
        counts[arm] = [done, total];
        onRequest?.(counts.a[0] + counts.b[0], counts.a[1] + counts.b[1]);
      },
    });
  const [a, b] = await Promise.all([play("a"), play("b")]);
  return { a, b };
}

/**
 * What a test with two arms has shown at the end of each of its windows, once that window's labels have
 * come. The rows come from the log of each deployment, so the split is the one that happened, not the
 * one that was meant.
 *
 * @param workspace Where the log is.
 * @param of The endpoint, the arms, the story, the signature, B's share, and the windows until a label
 * has come, if it comes at all; default 1.
 * @returns One look a window, each from the beginning.
 * @throws {BadInput} If answered rows are not in the log: what is missing is not missing by chance.
 *
 * @example
 * ```ts ignore
 * const looks = await armLooks(workspace, { endpoint: live.name, arms, story, signature, shareB: 0.5 });
 * ```
 */
export async function armLooks(
  workspace: Workspace,
  { endpoint, arms, story, signature, shareB, labelDelay = 1, signal }: {
    readonly endpoint: string;
    readonly arms: Arms;
    readonly story: Story;
    readonly signature: Signature;
    readonly shareB: number;
    readonly labelDelay?: number;
    readonly signal?: AbortSignal;
  },
): Promise<Look[]> {
  const hours = labelDelay * story.windowMinutes / 60, ends = new Set<string>();
  const read = async (arm: "a" | "b") => {
    const { windows, missing } = await readBack(workspace, {
      ...{ endpoint, deployment: arms[arm], signature, story, signal },
    });
    if (missing.rows > 0) {
      throw new BadInput({
        field: `log of ${arms[arm]}`,
        rule: `must be whole: ${missing.sentence}`,
      });
    }
    return windows.flatMap(({ from, to, predicted, actual }) => {
      ends.add(to);
      return [...predicted].map((label, i): AnsweredRow => ({
        ...{ at: from, arm },
        correct: actual[i] < 0 ? null : actual[i] === label,
      }));
    });
  };
  const rows = (await Promise.all([read("a"), read("b")])).flat();
  return [...ends].sort().map((to) => {
    const now = new Date(Date.parse(to) + hours * 3_600_000).toISOString();
    return countLook(rows, { from: story.begin, to, now, maturityHours: hours, shareB });
  });
}
