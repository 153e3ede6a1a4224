/** What a model's mistakes cost, by a cost matrix. Letters: k classes. */

import { BadInput } from "lib/core/mod.ts";

/** The mean cost of a row. */
export interface ExpectedCost {
  /** Costs by actual class (outer) and predicted class (inner). (k × k) */
  readonly costs: readonly (readonly number[])[];
  /** Where they come from, in words. */
  readonly from: string;
  /** Mean cost of a row. */
  readonly mean: number;
  /** Mean cost of a row if the model always said its cheapest class: what it has to be better than. */
  readonly constant: { readonly class: string; readonly mean: number };
}

/**
 * Weighs a confusion matrix with costs.
 *
 * @param confusion Rows by actual class (outer) and predicted class (inner). (k × k)
 * @param options Class names; the costs and where they come from. Default: each mistake costs 1.
 * @returns See {@linkcode ExpectedCost}.
 * @throws {BadInput} If the costs are not those of the classes.
 * @see Elkan (2001), The foundations of cost-sensitive learning, IJCAI 17.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { expectedCost } from "lib/lifecycle/mod.ts";
 *
 * const { mean, constant } = expectedCost([[8, 2], [0, 10]], { classes: ["a", "b"] });
 * assert.deepEqual([mean, constant], [0.1, { class: "a", mean: 0.5 }]);
 * ```
 */
export function expectedCost(
  confusion: readonly (readonly number[])[],
  { classes, costs, from = "Nobody set costs, so each mistake costs 1." }: {
    readonly classes: readonly string[];
    readonly costs?: readonly (readonly number[])[];
    readonly from?: string;
  },
): ExpectedCost {
  const k = classes.length;
  const equal = classes.map((_, a) => classes.map((_, b) => a === b ? 0 : 1));
  const used = costs ?? equal;
  if (used.length !== k || used.some((row) => row.length !== k)) {
    throw new BadInput({ field: "costs", rule: `must be ${k} × ${k}`, value: used.length });
  }
  const rows = confusion.flat().reduce((sum, count) => sum + count, 0);
  const sumOf = (cost: (actual: number, predicted: number) => number) =>
    confusion.reduce(
      (sum, row, a) => row.reduce((own, count, b) => own + count * cost(a, b), sum),
      0,
    ) / rows;
  const constants = classes.map((name, c) => ({ class: name, mean: sumOf((a) => used[a][c]) }));
  return {
    ...{ costs: used, from, mean: sumOf((a, b) => used[a][b]) },
    constant: constants.reduce((best, next) => next.mean < best.mean ? next : best),
  };
}
