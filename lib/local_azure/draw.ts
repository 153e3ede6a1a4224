/** Random draws for the split of traffic. */

/** Draws made at once: asking for each alone would cost more than the draw is worth. */
const BATCH = 1024;

/**
 * A source of draws that nobody can foresee.
 *
 * @returns A function that gives a number, uniform in [0, 1), with 32 bits of randomness.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { cryptographicDraws } from "lib/local_azure/draw.ts";
 *
 * const draw = cryptographicDraws(), one = draw();
 * assert.ok(one >= 0 && one < 1);
 * ```
 */
export function cryptographicDraws(): () => number {
  const numbers = new Uint32Array(BATCH);
  let at = BATCH;
  return () => {
    if (at === BATCH) {
      crypto.getRandomValues(numbers);
      at = 0;
    }
    return numbers[at++] / 2 ** 32;
  };
}
