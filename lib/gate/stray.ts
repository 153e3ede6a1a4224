/** Questions of a forest that no value of their column could tell apart. */

import type { Feature } from "lib/core/mod.ts";
import type { FlatForest } from "lib/model/mod.ts";

/**
 * Counts the questions beyond the range of their column. A forest that learnt from rows inside the
 * ranges asks none; one that learnt in another unit, or from exchanged columns, asks many.
 *
 * @param forest The trees.
 * @param features The columns as callers send them, in order. (d)
 * @returns All questions, and those below `min` or above `max`.
 *
 * @example A length that was learnt in millimetres
 * ```ts
 * import assert from "node:assert/strict";
 * import { strayThresholds } from "lib/gate/mod.ts";
 * import { flattenForest, forestJson } from "lib/model/mod.ts";
 *
 * const [left, right] = [[1, 0], [0, 1]].map((shares) => ({ distribution: [shares] }));
 * const mm = forestJson([{ splitColumn: 0, splitValue: 25, left, right }], 1);
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * assert.deepEqual(strayThresholds(flattenForest(mm, { columns: 1, classes: 2 }), features), { all: 1, stray: 1 });
 * ```
 */
export function strayThresholds(
  { roots, firstLeaf, feature, threshold }: FlatForest,
  features: readonly Feature[],
): { readonly all: number; readonly stray: number } {
  let all = 0, stray = 0;
  roots.forEach((root, t) => {
    for (let p = root; p < firstLeaf[t]; p++) {
      all++;
      const range = features[feature[p]];
      if (!(range && threshold[p] >= range.min && threshold[p] <= range.max)) stray++;
    }
  });
  return { all, stray };
}
