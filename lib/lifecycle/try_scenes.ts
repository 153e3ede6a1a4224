/** Every scene once: what it does, what is noticed, and what has to be. */

import { type SceneName, type SceneOptions, SCENES, stageScene } from "lib/data/mod.ts";
import { signatureOf } from "lib/model/mod.ts";
import { ALERT_KINDS, type AlertKind } from "lib/monitoring/mod.ts";
import { createMemoryStore, type ModelVersion } from "lib/registry/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import { recordSignals } from "./alerts.ts";
import type { LiveEndpoint } from "./live.ts";
import { playScene } from "./play_scene.ts";
import { nextStory, readStory, type Story } from "./story.ts";
import type { Prepared } from "./train.ts";
import { signalsOf, startWatch, type WatchDraft, watchWindow, type WindowReport } from "./watch.ts";
import type { Workspace } from "./workspace.ts";

/** What one scene has to set off, and what it must not. */
export interface SceneExpectation {
  /** At least one of these kinds of alert fires; none where nothing is to be noticed. */
  readonly fires: readonly AlertKind[];
  /** None of these does. */
  readonly quiet: readonly AlertKind[];
}

/**
 * What each scene has to set off, said before it is played. Where two kinds are given, it depends on the
 * rows which of them it is.
 */
export const EXPECTED: Readonly<Record<SceneName, SceneExpectation>> = {
  "none": { fires: [], quiet: ALERT_KINDS },
  "gradual-drift": { fires: ["drift"], quiet: ["latency", "errors"] },
  "sudden-drift": { fires: ["drift"], quiet: ["latency", "errors"] },
  "unit-change": { fires: ["data-quality"], quiet: ["latency", "errors"] },
  "broken-sensor": { fires: ["data-quality", "errors"], quiet: ["latency"] },
  "prior-shift": { fires: ["prediction-drift"], quiet: ["data-quality", "latency", "errors"] },
  "concept-drift": {
    fires: ["performance"],
    quiet: ["data-quality", "drift", "prediction-drift", "estimate", "latency", "errors"],
  },
  "latency-fault": { fires: ["latency"], quiet: ["data-quality", "drift", "performance"] },
  "bad-model": { fires: ["performance"], quiet: ["data-quality", "drift", "latency"] },
};

/** One scene as it was played and watched. */
export interface TriedScene {
  /** Which. */
  readonly scene: SceneName;
  /** What it does, in one sentence. */
  readonly sentence: string;
  /** Alerts that fired: their kinds, and the window in which the first of the kind did. */
  readonly fired: readonly { readonly kind: AlertKind; readonly window: string }[];
  /** Whether what had to fire did, and nothing that had to be quiet. */
  readonly asExpected: boolean;
  /** Window by window, those of the baseline left out. */
  readonly reports: readonly WindowReport[];
}

/** What {@linkcode tryScenes} needs. */
export interface SceneTrial extends Omit<WatchDraft, "baseline"> {
  /** The endpoint in use. */
  readonly live: LiveEndpoint;
  /** The version that it serves. */
  readonly version: ModelVersion;
  /** Its rows: callers draw from the holdout. */
  readonly prepared: Prepared;
  /** Importance of the features: scenes change the most important one. */
  readonly importance: SceneOptions["importance"];
  /** Windows, and rows in each. */
  readonly windows: number;
  /** Rows of a window. */
  readonly rows: number;
  /** Told after each scene how many are played. */
  readonly onScene?: (done: number, total: number) => void;
}

/** Windows from which the usual is learnt. */
export const BASELINE_WINDOWS = 3;

/**
 * Plays scenes through the endpoint, one after the other, reads them back, and asks the alert rules what
 * they make of each. The alerts stay in memory: this is a trial, and nobody is to be woken.
 *
 * @param workspace Where the endpoint is.
 * @param scenes Which scenes.
 * @param trial See {@linkcode SceneTrial}.
 * @returns One record a scene, in their order.
 *
 * @example
 * ```ts ignore
 * const tried = await tryScenes(workspace, ["none", "unit-change"], trial);
 * ```
 */
export async function tryScenes(
  workspace: Workspace,
  scenes: readonly SceneName[],
  trial: SceneTrial,
): Promise<TriedScene[]> {
  const { live, version, prepared, importance, windows, rows, seed, onScene } = trial;
  const endpoint = live.name, signature = signatureOf(prepared.holdout);
  const played: { scene: SceneName; story: Story; sentence: string }[] = [];
  for (const scene of scenes) {
    const story = await nextStory(workspace, { endpoint, title: `try-${scene}` });
    const staged = stageScene(prepared.holdout, {
      ...{ scene, seed, windows, rowsPerWindow: rows, importance, idPrefix: story.idPrefix },
    });
    await playScene(workspace, { live, version, prepared, scene: staged, story });
    played.push({ scene, story, sentence: staged.sentence });
    onScene?.(played.length, scenes.length);
  }
  const tried: TriedScene[] = [];
  for (const { scene, story, sentence } of played) {
    const of = { endpoint, story, signature, windows };
    const { windows: read } = await readStory(workspace, of);
    const watch = startWatch({ ...trial, baseline: read.slice(0, BASELINE_WINDOWS) });
    const reports = read.slice(BASELINE_WINDOWS).map((window) => watchWindow(window, watch));
    const fired = await firedAlerts(reports, { story, endpoint });
    tried.push({ scene, sentence, fired, asExpected: isAsExpected(scene, fired), reports });
  }
  return tried;
}

/**
 * Whether a scene has set off what it had to, and nothing that had to be quiet.
 *
 * @param scene Which.
 * @param fired The alerts.
 * @returns Whether {@linkcode EXPECTED} is met.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isAsExpected } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(isAsExpected("none", [{ kind: "drift", window: "window 4" }]), false);
 * ```
 */
export function isAsExpected(scene: SceneName, fired: TriedScene["fired"]): boolean {
  const { fires, quiet } = EXPECTED[scene], kinds = fired.map(({ kind }) => kind);
  return (fires.length === 0 || fires.some((kind) => kinds.includes(kind))) &&
    !quiet.some((kind) => kinds.includes(kind));
}

/**
 * What the usual alert rules make of reports, without keeping it.
 *
 * @param reports Window by window.
 * @param of The endpoint and the story.
 * @returns The first alert of each kind, in the order of the windows.
 *
 * @example
 * ```ts ignore
 * const fired = await firedAlerts(reports, { endpoint: "iris-live", story });
 * ```
 */
export async function firedAlerts(
  reports: readonly WindowReport[],
  { endpoint, story }: { readonly endpoint: string; readonly story: Story },
): Promise<{ kind: AlertKind; window: string }[]> {
  const place = { store: createMemoryStore() }, fired: { kind: AlertKind; window: string }[] = [];
  for (const report of reports) {
    const { notifications } = await recordSignals(place, signalsOf(report, story), { endpoint });
    for (const { kind, transition } of notifications) {
      if (transition.kind !== "fired" || fired.some((one) => one.kind === kind)) continue;
      fired.push({ kind, window: report.name });
    }
  }
  return fired;
}

/**
 * Scenes as a table.
 *
 * @param tried What was played.
 * @returns The table, a row for each scene.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { scenesTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(scenesTable([]).text, /0 scenes/);
 * ```
 */
export function scenesTable(tried: readonly TriedScene[]): Table {
  const rows = tried.map(({ scene, sentence, fired, asExpected }) => ({
    scene,
    sentence,
    expected: EXPECTED[scene].fires.join(" or ") || "nothing",
    noticed: fired.map(({ kind, window }) => `${kind} (${window})`).join(", ") || "nothing",
    asExpected,
  }));
  return table(rows, {
    columns: [
      { key: "scene" },
      { key: "sentence", label: "what happens" },
      { key: "expected", label: "has to be noticed" },
      { key: "noticed" },
      { key: "asExpected", label: "as expected" },
    ],
    caption: `${tried.length} scenes, each through the endpoint; alerts and the first window`,
  });
}

/** Scenes that change the rows or the labels; the others change the deployment, see chapter 06. */
export const ROW_SCENES: readonly SceneName[] = (Object.keys(SCENES) as SceneName[])
  .filter((name) => name !== "latency-fault" && name !== "bad-model");
