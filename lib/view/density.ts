/** A smooth curve of how often each value occurs. Letters: n values, m places. */

import { quantile, standardDeviation } from "lib/core/mod.ts";

/** Where a curve is drawn. */
export interface DensityOptions {
  /** First place, in the unit of the values. */
  readonly low: number;
  /** Last place. */
  readonly high: number;
  /** How many places, both ends included, at least 2. Default 80. */
  readonly places?: number;
}

/** A place on the curve. */
export interface DensityPoint {
  /** The place, in the unit of the values. */
  readonly at: number;
  /** Values per unit there, as a share of all n: the area under the curve is at most 1. */
  readonly density: number;
}

/**
 * Gaussian kernel density.
 *
 * @param values (n), n ≥ 1, finite.
 * @param options Where; see {@linkcode DensityOptions}.
 * @returns The curve. (m)
 * @throws {RangeError} If there are no values.
 * @see Silverman (1986), Density Estimation, equation 3.31, for the width of the kernel. Where it
 * comes out as 0 (values that are all the same) we take 1/60 of the range drawn.
 *
 * @example Most of two values lie around their middle
 * ```ts
 * import assert from "node:assert/strict";
 * import { density } from "./density.ts";
 *
 * const curve = density([4, 6], { low: 0, high: 10, places: 3 });
 * assert.deepEqual(curve.map(({ at }) => at), [0, 5, 10]);
 * assert.ok(curve[1].density > curve[0].density);
 * ```
 */
export function density(
  values: Float64Array | readonly number[],
  { low, high, places = 80 }: DensityOptions,
): DensityPoint[] {
  const n = values.length;
  const middleHalf = quantile(values, 0.75) - quantile(values, 0.25);
  const spread = Math.min(standardDeviation(values), middleHalf / 1.34 || Infinity);
  const width = 0.9 * spread * n ** -0.2 || (high - low) / 60 || 1;
  const scale = 1 / (n * width * Math.sqrt(2 * Math.PI));
  return Array.from({ length: places }, (_, i) => {
    const at = low + (high - low) * i / (places - 1);
    let sum = 0;
    for (const value of values) sum += Math.exp(-0.5 * ((at - value) / width) ** 2);
    return { at, density: sum * scale };
  });
}
