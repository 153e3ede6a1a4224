/** Small statistics over plain numbers. Letters: n is the number of values. */

/**
 * Arithmetic mean.
 *
 * @param values (n), n ≥ 1.
 * @returns The mean, in the unit of the values.
 * @throws {RangeError} If there are no values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mean } from "lib/core/mod.ts";
 *
 * assert.equal(mean([1, 2, 6]), 3);
 * ```
 */
export function mean(values: ArrayLike<number>): number {
  needValues(values, "mean");
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i];
  return sum / values.length;
}

/**
 * Standard deviation of a sample (divides by n - 1); 0 for a single value.
 *
 * @param values (n), n ≥ 1.
 * @returns The deviation, in the unit of the values.
 * @throws {RangeError} If there are no values.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { standardDeviation } from "lib/core/mod.ts";
 *
 * assert.equal(standardDeviation([2, 4, 6]), 2);
 * ```
 */
export function standardDeviation(values: ArrayLike<number>): number {
  const center = mean(values);
  let squares = 0;
  for (let i = 0; i < values.length; i++) squares += (values[i] - center) ** 2;
  return values.length > 1 ? Math.sqrt(squares / (values.length - 1)) : 0;
}

/**
 * Quantile with linear interpolation between order statistics.
 *
 * @param values (n), n ≥ 1, in any order.
 * @param share The share of values below, from 0 to 1.
 * @returns A value in the unit of the values.
 * @throws {RangeError} If there are no values, or `share` is outside [0, 1].
 * @see Hyndman and Fan (1996), type 7: the default of numpy and R.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quantile } from "lib/core/mod.ts";
 *
 * assert.equal(quantile([4, 1, 3, 2], 0.5), 2.5);
 * ```
 */
export function quantile(values: ArrayLike<number>, share: number): number {
  needValues(values, "quantile");
  if (!(share >= 0 && share <= 1)) {
    throw new RangeError(`Cannot take a quantile as share must be from 0 to 1: ${share}`);
  }
  const sorted = Float64Array.from(values).sort();
  const at = share * (sorted.length - 1), low = Math.floor(at), high = Math.ceil(at);
  return sorted[low] + (sorted[high] - sorted[low]) * (at - low);
}

/** A range that holds the true value with a stated confidence. */
export interface Interval {
  /** Lower end. */
  readonly low: number;
  /** Upper end. */
  readonly high: number;
}

/** Standard normal deviate that leaves 2.5 % on either side: intervals are at 95 % confidence. */
export const Z_95 = 1.959963984540054;

/**
 * Wilson's score interval for a share, at 95 % confidence. Unlike the textbook interval it stays
 * inside [0, 1] and keeps its promise for small counts and for shares near 0 or 1.
 *
 * @param count `successes` out of `trials`, whole numbers, trials ≥ 1.
 * @returns The interval, as shares.
 * @throws {RangeError} If there are no trials or more successes than trials.
 * @see Wilson (1927), J. Am. Stat. Assoc. 22; Brown, Cai and DasGupta (2001), Stat. Sci. 16.
 *
 * @example 27 of 30 right
 * ```ts
 * import assert from "node:assert/strict";
 * import { wilsonInterval } from "lib/core/mod.ts";
 *
 * const { low, high } = wilsonInterval({ successes: 27, trials: 30 });
 * assert.equal(`${low.toFixed(4)} … ${high.toFixed(4)}`, "0.7438 … 0.9654");
 * ```
 */
export function wilsonInterval(
  { successes, trials }: { successes: number; trials: number },
): Interval {
  if (!(trials >= 1 && successes >= 0 && successes <= trials)) {
    throw new RangeError(
      `Cannot make an interval as successes must be from 0 to trials, trials at least 1: ${successes} of ${trials}`,
    );
  }
  const share = successes / trials, z2 = Z_95 ** 2, scale = 1 + z2 / trials;
  const center = (share + z2 / (2 * trials)) / scale;
  const half = Z_95 * Math.sqrt(share * (1 - share) / trials + z2 / (4 * trials ** 2)) / scale;
  // rounding must not move an end that is 0 or 1 by right
  return {
    low: successes === 0 ? 0 : Math.max(0, center - half),
    high: successes === trials ? 1 : Math.min(1, center + half),
  };
}

function needValues(values: ArrayLike<number>, what: string): void {
  if (values.length === 0) throw new RangeError(`Cannot take a ${what} as there are no values`);
}
