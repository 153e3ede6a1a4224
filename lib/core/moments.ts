/** Count, mean, spread and ends of numbers, in a form that two parts can be put together from. */

/** Moments of n numbers. Plain data that survives JSON. */
export interface Moments {
  /** How many numbers (n). */
  readonly count: number;
  /** Arithmetic mean, in the unit of the numbers; 0 where there are none. */
  readonly mean: number;
  /** Sum of squared distances from the mean, in that unit squared. */
  readonly m2: number;
  /** Smallest number; null where there are none. */
  readonly min: number | null;
  /** Largest number; null where there are none. */
  readonly max: number | null;
}

/**
 * Moments of the finite values.
 *
 * @param values In any order; what is not finite is passed over.
 * @returns See {@linkcode Moments}.
 * @see Chan, Golub and LeVeque (1983), The American Statistician 37: the corrected two-pass sum, which
 * stays right where the spread is small beside the mean.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { momentsOf } from "lib/core/mod.ts";
 *
 * assert.deepEqual(momentsOf([1, NaN, 3]), { count: 2, mean: 2, m2: 2, min: 1, max: 3 });
 * ```
 */
export function momentsOf(values: ArrayLike<number>): Moments {
  let count = 0, sum = 0, min = Infinity, max = -Infinity;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    count++;
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  if (count === 0) return { count, mean: 0, m2: 0, min: null, max: null };
  min += 0, max += 0; // JSON knows no -0
  const rough = sum / count;
  let squares = 0, rest = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    const distance = value - rough;
    squares += distance * distance;
    rest += distance; // 0 but for rounding
  }
  const m2 = min === max ? 0 : Math.max(0, squares - rest * rest / count);
  return { count, mean: min === max ? min : rough + rest / count, m2, min, max };
}

/**
 * Moments of two parts together.
 *
 * @param a One part.
 * @param b The other part.
 * @returns What {@linkcode momentsOf} gives for all their numbers, but for rounding.
 * @see Chan, Golub and LeVeque (1983), The American Statistician 37, formula 2.1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mergeMoments, momentsOf } from "lib/core/mod.ts";
 *
 * assert.deepEqual(mergeMoments(momentsOf([1, 3]), momentsOf([5])), momentsOf([1, 3, 5]));
 * ```
 */
export function mergeMoments(a: Moments, b: Moments): Moments {
  if (a.count === 0) return b;
  if (b.count === 0) return a;
  const count = a.count + b.count, apart = b.mean - a.mean;
  return {
    count,
    mean: a.mean + apart * (b.count / count),
    m2: a.m2 + b.m2 + apart * apart * (a.count * (b.count / count)),
    min: Math.min(a.min!, b.min!),
    max: Math.max(a.max!, b.max!),
  };
}

/**
 * Standard deviation of a sample (divides by n - 1).
 *
 * @param moments See {@linkcode Moments}.
 * @returns The deviation, in the unit of the numbers; 0 below two numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { deviation, momentsOf } from "lib/core/mod.ts";
 *
 * assert.equal(deviation(momentsOf([2, 4, 6])), 2);
 * ```
 */
export function deviation({ count, m2 }: Moments): number {
  return count > 1 ? Math.sqrt(m2 / (count - 1)) : 0;
}
