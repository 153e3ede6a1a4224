/** Many tests at once: what their p-values are worth together. */

/**
 * Benjamini and Hochberg's adjusted p-values. Calling whatever is at most α keeps the expected share of
 * false calls at α; where nothing at all is different, the chance of any call is at most α too. Both
 * hold for independent tests, and for tests that lean the same way.
 *
 * @param pValues In any order, each from 0 to 1.
 * @returns Adjusted values, in the same order.
 * @see Benjamini and Hochberg (1995), JRSS B 57; Benjamini and Yekutieli (2001), Annals of Statistics 29.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { benjaminiHochberg } from "lib/monitoring/mod.ts";
 *
 * assert.deepEqual(benjaminiHochberg([0.5, 0.01, 0.02]), [0.5, 0.03, 0.03]);
 * ```
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const h = pValues.length, order = pValues.map((_, i) => i);
  order.sort((a, b) => pValues[b] - pValues[a]);
  const adjusted = new Array<number>(h);
  let least = 1;
  order.forEach((at, fromTop) => {
    least = Math.min(least, pValues[at] * h / (h - fromTop));
    adjusted[at] = least;
  });
  return adjusted;
}
