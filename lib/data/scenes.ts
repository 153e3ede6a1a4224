/**
 * Traffic with a known scene: rows drawn from given ones, in windows of time, with a change from one
 * window on. What monitoring finds can be held against it. Letters: n rows of a window, d features.
 */

import { column, type Feature, type Samples, standardDeviation, stream } from "lib/core/mod.ts";
import { decimalsOf, roundTo } from "./resolution.ts";
import { sceneEffect } from "./scene_effects.ts";
import {
  type CheckedScene,
  checkScene,
  type SceneName,
  type SceneOptions,
} from "./scene_options.ts";

export { checkSceneName, SCENES } from "./scene_options.ts";
export type { SceneName, SceneOptions } from "./scene_options.ts";

/** Rows of one window. */
export interface SceneWindow {
  /** From 1. */
  readonly number: number;
  /** Whether the scene is in it. */
  readonly isChanged: boolean;
  /** Inputs, row after row; NaN is a value that is missing. (n × d) */
  readonly x: Float64Array;
  /** True labels. (n) */
  readonly actual: Uint8Array;
  /** Place of the sample that each row is drawn from: rows of one place are measured on one thing. (n) */
  readonly sources: Uint32Array;
  /** Who each row comes from, e.g. for a fair split of traffic. (n) */
  readonly unitIds: readonly string[];
  /** Joins row, answer and label. (n) */
  readonly correlationIds: readonly string[];
  /** Windows until the label arrives, after the end of this one; -1 where it never does. (n) */
  readonly labelDelay: Int16Array;
}

/** A scene, ready to be played. */
export interface Scene {
  /** Which. */
  readonly name: SceneName;
  /** The seed. */
  readonly seed: number;
  /** The d inputs, in the order in which `x` holds them. */
  readonly features: readonly Feature[];
  /** The class names; a label is an index into them. */
  readonly classes: readonly string[];
  /** First window with the scene in it; one more than there are windows if in none. */
  readonly startsAt: number;
  /** The feature that is changed, or that bounds where labels change; null where there is none. */
  readonly feature: string | null;
  /** What the deployment is to do wrong, since the rows do not: whoever plays it sees to that. */
  readonly deploymentFault: "latency" | "model" | null;
  /** What happens, in one sentence with numbers and units. */
  readonly sentence: string;
  /** Begin of every id. */
  readonly idPrefix: string;
  /** The windows, in order. */
  readonly windows: readonly SceneWindow[];
}

/** Scenes that change the values of one feature. */
const CHANGES_FEATURE: readonly SceneName[] = [
  ...["gradual-drift", "sudden-drift", "unit-change", "broken-sensor"] as const,
];

/**
 * Stages a scene. Rows are drawn with replacement and measured anew: noise is added, and the result is
 * rounded to the decimals of the given rows. Each window draws from streams of its own, so up to its
 * start every scene has the very rows of `none`.
 *
 * @param samples The rows to draw from, of two classes or more.
 * @param options See {@linkcode SceneOptions}.
 * @returns See {@linkcode Scene}. The same options give the same bytes.
 * @throws {BadInput} If an option breaks its rule, or the rows are too few or of one class.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stageScene } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 2, 3, 4), y: Uint8Array.of(0, 0, 1, 1) };
 * const size = { windows: 4, rowsPerWindow: 50, seed: 7, noise: 0 };
 * const { sentence, windows } = stageScene(rows, { scene: "unit-change", ...size });
 * assert.equal(sentence, "length comes in mm instead of cm (×10)");
 * assert.deepEqual(windows.map(({ x }) => Math.max(...x)), [4, 4, 40, 40]);
 * ```
 */
export function stageScene(samples: Samples, options: SceneOptions): Scene {
  const scene = checkScene(samples, options), { name, fault } = kindOf(scene.scene);
  const effect = sceneEffect(samples, scene), draw = rowDraw(samples, scene);
  const changesFeature = CHANGES_FEATURE.includes(name) || name === "concept-drift";
  return {
    name,
    seed: scene.seed,
    features: samples.features,
    classes: samples.classes,
    startsAt: scene.startsAt,
    feature: changesFeature ? scene.feature : null,
    deploymentFault: fault,
    sentence: effect.sentence,
    idPrefix: scene.idPrefix,
    windows: Array.from({ length: scene.windows }, (_, w) => {
      const number = w + 1, isChanged = number >= scene.startsAt && name !== "none";
      const rows = draw(number, isChanged);
      if (isChanged) effect.apply({ number, ...rows });
      return { number, isChanged, ...rows, ...idsAndDelays(number, scene) };
    }),
  };
}

function kindOf(name: SceneName): { name: SceneName; fault: Scene["deploymentFault"] } {
  const faults: Partial<Record<SceneName, Scene["deploymentFault"]>> = {
    "latency-fault": "latency",
    "bad-model": "model",
  };
  return { name, fault: faults[name] ?? null };
}

/** Draws the rows of a window and measures them anew. */
function rowDraw(samples: Samples, scene: CheckedScene) {
  const { features, classes, y } = samples, d = features.length, n = scene.rowsPerWindow;
  const columns = features.map((_, f) => column(samples, f));
  const sds = columns.map((values) => scene.noise * standardDeviation(values));
  const decimals = columns.map(decimalsOf);
  const places = classes.map((_, label) => [...y.keys()].filter((i) => y[i] === label));

  function measured(value: number, f: number, error: number): number {
    const noisy = roundTo(value + sds[f] * error, decimals[f]), { min, max } = features[f];
    if (!scene.isClipped[f] || (noisy >= min && noisy <= max)) return noisy;
    const step = 10 ** -decimals[f]; // the nearest value inside that an instrument could show
    const inside = noisy < min ? Math.ceil(min / step) : Math.floor(max / step);
    return roundTo(inside * step, decimals[f]);
  }

  return (number: number, isChanged: boolean) => {
    const random = stream(scene.seed, `scene:${number}:rows`);
    const noise = stream(scene.seed, `scene:${number}:noise`);
    const x = new Float64Array(n * d), actual = new Uint8Array(n), sources = new Uint32Array(n);
    const shifted = isChanged && scene.scene === "prior-shift"
      ? mixOf(places, scene, number)
      : undefined;
    for (let i = 0; i < n; i++) {
      const from = shifted?.() ?? random.integer(y.length);
      actual[i] = y[from];
      sources[i] = from;
      for (let f = 0; f < d; f++) {
        x[i * d + f] = measured(samples.x[from * d + f], f, noise.normal());
      }
    }
    return { x, actual, sources };
  };
}

/** Draws places with the common class at its share; the others keep their mix among themselves. */
function mixOf(
  places: readonly (readonly number[])[],
  { common, classShare, seed }: CheckedScene,
  number: number,
): () => number {
  const random = stream(seed, `scene:${number}:mix`);
  const others = places.flatMap((rows, label) => label === common ? [] : rows);
  return () => {
    const from = random.next() < classShare ? places[common] : others;
    return from[random.integer(from.length)];
  };
}

function idsAndDelays(
  number: number,
  { seed, rowsPerWindow, units, idPrefix, labelDelay, neverShare }: CheckedScene,
): Pick<SceneWindow, "unitIds" | "correlationIds" | "labelDelay"> {
  const who = stream(seed, `scene:${number}:units`);
  const when = stream(seed, `scene:${number}:labels`);
  const ids = Array.from({ length: rowsPerWindow }, (_, i) => `${idPrefix}-w${number}-r${i + 1}`);
  return {
    unitIds: ids.map(() => `u${who.integer(units) + 1}`),
    correlationIds: ids,
    labelDelay: Int16Array.from(ids, () => when.next() < neverShare ? -1 : labelDelay),
  };
}
