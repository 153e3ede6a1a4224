/** So many requests a second, and no more. */

/**
 * A limit as a bucket that fills evenly and holds what one second brings.
 *
 * @param perSecond The limit at this moment; it may change.
 * @param now The present time, in milliseconds on a clock that only goes forward.
 * @returns A function that tells whether one more request may pass at a time on that clock.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRateLimit } from "lib/local_azure/rate_limit.ts";
 *
 * const pass = createRateLimit(() => 2, 0);
 * assert.deepEqual([pass(0), pass(0), pass(0)], [true, true, false]);
 * assert.deepEqual([pass(500), pass(500)], [true, false]);
 * ```
 */
export function createRateLimit(perSecond: () => number, now: number): (at: number) => boolean {
  let tokens = perSecond(), since = now;
  return (at) => {
    const limit = perSecond();
    tokens = Math.min(limit, tokens + (at - since) * limit / 1000);
    since = at;
    if (tokens < 1) return false;
    tokens--;
    return true;
  };
}
