/**
 * Evidence that a mean is above a limit, for values of a few known sizes, by betting on it. Exact for
 * every number of rows and valid at every look; it takes no normal distribution and no variance.
 */

/** So many rows had this value. */
export interface ValueCount {
  /** The value. */
  readonly value: number;
  /** How many rows. Need not be whole: see `rowsNeeded`. */
  readonly count: number;
}

/** Stakes that are played side by side; each has the same share of the capital. */
const STAKES = 40;

/** The smallest stake, in shares of the largest. It suits differences of a tenth of a point. */
const SMALLEST = 0.002;

/**
 * Logarithm of the evidence that the mean of the values is above a limit.
 *
 * A player with capital 1 stakes λ on "above", row after row: each row multiplies the capital by
 * 1 + λ (value − limit). If the mean is at most the limit the game is fair or worse, whatever λ, and so
 * is the mean over many λ; the capital ever reaches 1/α with probability at most α. The order of the
 * rows does not matter, so counts are enough.
 *
 * @param counts How often each value occurred, zeros included.
 * @param limit The limit.
 * @param lowest The lowest value possible, below the limit. It bounds the stake: a player may not owe.
 * @returns ln of the capital.
 * @see Waudby-Smith and Ramdas (2024), Estimating means of bounded random variables by betting, JRSS-B
 * 86: their bet, with a fixed mixture of stakes in place of a stake that is learned.
 *
 * @example Values of −1, 0 and 1
 * ```ts
 * import assert from "node:assert/strict";
 * import { logCapital } from "./betting.ts";
 *
 * const counts = [{ value: 1, count: 30 }, { value: 0, count: 70 }];
 * assert.ok(Math.exp(logCapital(counts, { limit: 0, lowest: -1 })) > 1000);
 * assert.ok(Math.exp(logCapital(counts, { limit: 0.4, lowest: -1 })) < 1);
 * ```
 */
export function logCapital(
  counts: readonly ValueCount[],
  { limit, lowest }: { limit: number; lowest: number },
): number {
  // a stake is a share of what may be staked: so the capital falls as the limit rises
  const largest = 0.98 / (limit - lowest);
  const logs = new Float64Array(STAKES);
  let most = -Infinity;
  for (let i = 0; i < STAKES; i++) {
    const stake = largest * SMALLEST ** (1 - i / (STAKES - 1));
    let log = 0;
    for (const { value, count } of counts) log += count * Math.log1p(stake * (value - limit));
    logs[i] = log;
    if (log > most) most = log;
  }
  let sum = 0;
  for (const log of logs) sum += Math.exp(log - most);
  return most + Math.log(sum / STAKES);
}
