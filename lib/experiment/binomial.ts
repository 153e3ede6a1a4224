/** Numbers of errors by chance, for simulations: one random number a batch instead of one a row. */

import type { Random } from "lib/core/mod.ts";

/**
 * Draws numbers of successes.
 *
 * @param of `trials`, a whole number from 1 to 10,000, and `share`, from 0 to 1.
 * @returns A function that draws one number from a stream, by inversion of the distribution function.
 * @throws {RangeError} If trials or share are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stream } from "lib/core/mod.ts";
 * import { binomialDraw } from "lib/experiment/mod.ts";
 *
 * const draw = binomialDraw({ trials: 100, share: 0.05 }), random = stream(7, "example");
 * const draws = Array.from({ length: 1000 }, () => draw(random));
 * assert.equal(Math.round(draws.reduce((sum, count) => sum + count) / 1000), 5);
 * ```
 */
export function binomialDraw(
  { trials, share }: { trials: number; share: number },
): (random: Random) => number {
  if (!(Number.isInteger(trials) && trials >= 1 && trials <= 10_000)) {
    throw new RangeError(`Cannot draw as trials must be a whole number to 10,000: ${trials}`);
  }
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot draw as share must be from 0 to 1: ${share}`);
  }
  if (share === 0 || share === 1) return () => trials * share;
  const below = new Float64Array(trials + 1);
  let log = trials * Math.log1p(-share), sum = 0;
  for (let count = 0; count <= trials; count++) {
    sum += Math.exp(log);
    below[count] = sum;
    log += Math.log((trials - count) / (count + 1)) + Math.log(share) - Math.log1p(-share);
  }
  return ({ next }) => {
    const draw = next();
    let low = 0, high = trials;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (below[middle] > draw) high = middle;
      else low = middle + 1;
    }
    return low;
  };
}
