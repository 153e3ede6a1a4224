/** What a scene does to the rows of one window. Letters: n rows of the window, d features. */

import { column, quantile, type Samples, standardDeviation, stream } from "lib/core/mod.ts";
import { decimalsOf, roundTo } from "./resolution.ts";
import type { CheckedScene } from "./scene_options.ts";
import { unitSlip } from "./unit_slip.ts";

/** Rows of one window, still to be changed. */
export interface PlainWindow {
  /** Number of the window, from 1. */
  readonly number: number;
  /** Values, row after row. (n × d) */
  readonly x: Float64Array;
  /** True labels. (n) */
  readonly actual: Uint8Array;
}

/** What a scene does. */
export interface SceneEffect {
  /** In words, with numbers and units. */
  readonly sentence: string;
  /** Changes a window in place; called for windows with the scene in them only. */
  apply(window: PlainWindow): void;
}

/**
 * The effect of a scene.
 *
 * @param samples The rows that the scene is made of.
 * @param scene The checked options.
 * @returns See {@linkcode SceneEffect}.
 */
export function sceneEffect(samples: Samples, scene: CheckedScene): SceneEffect {
  const { feature, column: f, startsAt, windows, size, seed } = scene;
  const d = samples.features.length, { unit } = samples.features[f];
  const values = column(samples, f), decimals = decimalsOf(values);
  const each = ({ x, actual }: PlainWindow, change: (value: number, i: number) => number) =>
    actual.forEach((_, i) => x[i * d + f] = change(x[i * d + f], i));
  const draws = (what: string, { number }: PlainWindow) => stream(seed, `scene:${number}:${what}`);
  const total = size * standardDeviation(values);
  const distance = `${Number(total.toPrecision(3))} ${unit}`.trimEnd() + ` (${size} sd)`;
  switch (scene.scene) {
    case "gradual-drift":
      return {
        sentence: `${feature} moves by ${distance}, in equal steps up to the last window`,
        apply(window) {
          const share = (window.number - startsAt + 1) / (windows - startsAt + 1);
          each(window, (value) => roundTo(value + share * total, decimals));
        },
      };
    case "sudden-drift":
      return {
        sentence: `${feature} moves by ${distance} at once`,
        apply: (window) => each(window, (value) => roundTo(value + total, decimals)),
      };
    case "unit-change": {
      const slip = unitSlip({ unit });
      const sentence = slip.unit === null
        ? `${feature} comes ×${slip.factor}, as by a slipped decimal point`
        : `${feature} comes in ${named(slip.unit)} instead of ${named(unit)} (×${slip.factor})`;
      const apply = (window: PlainWindow) =>
        each(window, (value) => Number((value * slip.factor).toPrecision(12)));
      return { sentence, apply };
    }
    case "broken-sensor": {
      const stuck = roundTo(quantile(values, 0.5), decimals), share = scene.nullShare;
      return {
        sentence: `${feature} stands still at ${stuck} ${unit}`.trimEnd() +
          `, and is missing in ${percent(share)} of the rows`,
        apply(window) {
          const random = draws("nulls", window);
          each(window, () => random.next() < share ? NaN : stuck);
        },
      };
    }
    case "prior-shift": {
      const name = samples.classes[scene.common];
      // the rows are drawn so: see `drawRows`
      const sentence = `${name} becomes ${percent(scene.classShare)} of the rows`;
      return { sentence, apply: () => {} };
    }
    case "concept-drift": {
      const [a, b] = scene.apartLabels, [first, second] = scene.apart;
      const isOfEither = (label: number) => label === a || label === b;
      const limit = quantile(values.filter((_, i) => isOfEither(samples.y[i])), 0.5);
      const from = `${Number(limit.toPrecision(6))} ${unit}`.trimEnd();
      return {
        sentence:
          `${first} and ${second} are told apart by ${feature} now: ${second} from ${from} on`,
        apply({ x, actual }) {
          actual.forEach((label, i) => {
            if (isOfEither(label)) actual[i] = x[i * d + f] >= limit ? b : a;
          });
        },
      };
    }
    case "latency-fault":
      return { sentence: "no row changes: the deployment is to be slow", apply: () => {} };
    case "bad-model":
      return {
        sentence: "no row changes: the deployment is to serve a bad model",
        apply: () => {},
      };
    case "none":
      return { sentence: "nothing changes", apply: () => {} };
  }
}

function named(unit: string): string {
  return unit === "" ? "pure numbers" : unit;
}

function percent(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}
