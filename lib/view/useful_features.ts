/** Which features say most about the class: what a picture shows first when it cannot show all. */

import { column, mean, type Samples } from "lib/core/mod.ts";
import { readable, sentence } from "./words.ts";

/**
 * For each feature, the share of its spread that lies between the classes: 1 when the rows of a
 * class are all alike and the classes differ, 0 when the classes have the same mean. Missing values
 * are left out; a feature that never changes has 0.
 *
 * @param samples n rows, d columns.
 * @returns Correlation ratios η², from 0 to 1. (d)
 * @see Fisher (1925), Statistical Methods for Research Workers: analysis of variance.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { betweenClassShares } from "./useful_features.ts";
 *
 * const features = ["same", "apart"].map((name) => ({ name, unit: "", min: 0, max: 9 }));
 * const x = Float64Array.of(1, 4, 2, 4, 1, 8, 2, 8), y = Uint8Array.of(0, 0, 1, 1);
 * assert.deepEqual(betweenClassShares({ features, classes: ["a", "b"], x, y }), [0, 1]);
 * ```
 */
export function betweenClassShares(samples: Samples): number[] {
  return samples.features.map((_, f) => {
    const values = column(samples, f);
    const known = values.filter(Number.isFinite);
    if (known.length === 0) return 0;
    const center = mean(known);
    let between = 0, total = 0;
    samples.classes.forEach((_, label) => {
      const own = values.filter((value, i) => samples.y[i] === label && Number.isFinite(value));
      if (own.length > 0) between += own.length * (mean(own) - center) ** 2;
    });
    for (const value of known) total += (value - center) ** 2;
    return total > 0 ? Math.min(1, between / total) : 0;
  });
}

/** The features that a picture shows and those that it has no room for. */
export interface FeatureChoice {
  /** Columns shown, in the order of the table. */
  readonly shown: readonly number[];
  /** Names of the columns left out, in the order of the table. */
  readonly left: readonly string[];
}

/**
 * All features, or the `limit` that say most about the class.
 *
 * @param samples n rows, d columns.
 * @param limit How many there is room for, at least 1.
 * @returns The choice.
 */
export function chooseFeatures(samples: Samples, limit: number): FeatureChoice {
  const shares = betweenClassShares(samples);
  const best = samples.features.map((_, f) => f).sort((a, b) => shares[b] - shares[a] || a - b);
  const shown = new Set(best.slice(0, limit));
  return {
    shown: samples.features.flatMap((_, f) => shown.has(f) ? [f] : []),
    left: samples.features.flatMap(({ name }, f) => shown.has(f) ? [] : [name]),
  };
}

/**
 * The sentence that names the feature whose spread lies most between the classes.
 *
 * @param samples n rows.
 * @returns A title.
 */
export function bestFeature(samples: Samples): string {
  const shares = betweenClassShares(samples), best = Math.max(...shares);
  if (best < 0.1) return "No feature alone tells the classes apart";
  return sentence(
    `${readable(samples.features[shares.indexOf(best)].name)} tells the classes apart best`,
  );
}

/** The sentence that says which features a picture has no room for, or nothing. */
export function leftOut({ shown, left }: FeatureChoice): string {
  if (left.length === 0) return "";
  const names = left.slice(0, 5).map(readable).join(", ") +
    (left.length > 5 ? ` and ${left.length - 5} more` : "");
  return `Shown are the ${shown.length} features that say most about the class, left out: ${names}.`;
}
