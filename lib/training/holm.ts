/** Many tests at once: p-values that may be read as if each stood alone. */

/**
 * Holm's correction: the chance that any true null hypothesis falls stays below the level, whatever
 * the tests have to do with each other.
 *
 * @param ps p-values. (m)
 * @returns Corrected ones, in the same order. (m)
 * @see Holm (1979), A Simple Sequentially Rejective Multiple Test Procedure, Scand. J. Stat. 6.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { holm } from "lib/training/mod.ts";
 *
 * assert.deepEqual(holm([0.01, 0.04, 0.03]), [0.03, 0.06, 0.06]);
 * ```
 */
export function holm(ps: readonly number[]): number[] {
  const order = [...ps.keys()].sort((a, b) => ps[a] - ps[b]), corrected = ps.map(() => 1);
  let largest = 0;
  order.forEach((place, i) => {
    largest = Math.max(largest, Math.min(1, ps[place] * (ps.length - i)));
    corrected[place] = largest;
  });
  return corrected;
}
