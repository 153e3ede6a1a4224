/** Models so simple that a forest which does not beat them has learnt nothing. */

import { classCounts, column, type Samples } from "lib/core/mod.ts";
import { type ForestJson, forestJson, type NodeJson } from "lib/model/mod.ts";

/** A baseline, as a forest of one tree: it predicts, is saved and is measured like any other model. */
export interface Baseline {
  /** Its name, for tables. */
  readonly name: string;
  /** What it does, in words. */
  readonly rule: string;
  /** Its one tree. */
  readonly json: ForestJson;
}

/**
 * Always says the commonest class.
 *
 * @param samples n rows to learn from.
 * @returns The baseline; on a tie the first class wins.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const rows = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(0, 1, 1) };
 * assert.equal(majorityBaseline(rows).rule, "always b");
 * ```
 */
export function majorityBaseline(samples: Samples): Baseline {
  const counts = classCounts(samples), winner = counts.indexOf(Math.max(...counts));
  return {
    name: "majority class",
    rule: `always ${samples.classes[winner]}`,
    json: forestJson([leaf(counts)], Math.max(1, samples.features.length)),
  };
}

/**
 * Asks one question of one column: the one that gets most rows right.
 *
 * @param samples n rows to learn from, d ≥ 1.
 * @returns The baseline; on a tie the first column and the lowest threshold win. If no question
 * helps, it is the majority class.
 * @see Holte (1993), Very simple classification rules perform well on most commonly used datasets,
 * Machine Learning 11.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { oneSplitBaseline } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 2, 5, 6), y: Uint8Array.of(0, 0, 1, 1) };
 * assert.equal(oneSplitBaseline(rows).rule, "length below 3.5 cm: a, else b");
 * ```
 */
export function oneSplitBaseline(samples: Samples): Baseline {
  const { features, classes, y } = samples;
  let best: {
    correct: number;
    feature: number;
    threshold: number;
    left: number[];
    right: number[];
  };
  const all = classCounts(samples);
  best = { correct: Math.max(...all), feature: -1, threshold: 0, left: all, right: all };
  features.forEach((_, feature) => {
    const values = column(samples, feature);
    const order = [...y.keys()].sort((a, b) => values[a] - values[b]);
    const left = all.map(() => 0), right = [...all];
    for (let i = 0; i + 1 < order.length; i++) {
      left[y[order[i]]]++;
      right[y[order[i]]]--;
      const value = values[order[i]], next = values[order[i + 1]];
      if (value === next) continue;
      const correct = Math.max(...left) + Math.max(...right);
      if (correct > best.correct) {
        const middle = value + (next - value) / 2;
        best = {
          correct,
          feature,
          threshold: middle > value ? middle : next, // of two neighbouring doubles
          left: [...left],
          right: [...right],
        };
      }
    }
  });
  if (best.feature < 0) return { ...majorityBaseline(samples), name: "one split" };
  const { feature, threshold } = best, { name, unit } = features[feature];
  const winner = (counts: number[]) => classes[counts.indexOf(Math.max(...counts))];
  const root: NodeJson = {
    splitColumn: feature,
    splitValue: threshold,
    left: leaf(best.left),
    right: leaf(best.right),
  };
  const limit = `${Number(threshold.toFixed(4))} ${unit}`.trimEnd();
  return {
    name: "one split",
    rule: `${name} below ${limit}: ${winner(best.left)}, else ${winner(best.right)}`,
    json: forestJson([root], features.length),
  };
}

function leaf(counts: readonly number[]): NodeJson {
  const total = counts.reduce((a, b) => a + b, 0);
  return { distribution: [counts.map((count) => total > 0 ? count / total : 0)] };
}
