/** How finely numbers were written down. */

/** Most decimals that are told apart. */
const MOST_DECIMALS = 9;

/**
 * The fewest decimals in which all values can be written.
 *
 * @param values Numbers. (n)
 * @returns From 0 to 9.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decimalsOf } from "lib/data/mod.ts";
 *
 * assert.deepEqual([decimalsOf([3, 40]), decimalsOf([0.1, 1.25, 2])], [0, 2]);
 * ```
 */
export function decimalsOf(values: ArrayLike<number>): number {
  const all = Array.from(values);
  for (let decimals = 0; decimals < MOST_DECIMALS; decimals++) {
    const isWritten = (value: number) =>
      Math.abs(roundTo(value, decimals) - value) <= 1e-9 * Math.max(1e-3, Math.abs(value));
    if (all.every(isWritten)) return decimals;
  }
  return MOST_DECIMALS;
}

/** A value with so many decimals; a zero is never negative. */
export function roundTo(value: number, decimals: number): number {
  const scale = 10 ** decimals;
  return Math.round(value * scale) / scale + 0;
}
