/**
 * Two models on the same rows: what the rows on which they differ can tell.
 * Letters: n rows; a both right, b only the champion right, c only the challenger right, d both wrong.
 */

import { type Interval, wilsonInterval } from "lib/core/mod.ts";

/** How two models fared on the same n rows. */
export interface PairedCounts {
  /** Rows that both got right (a). */
  readonly bothRight: number;
  /** Rows that only the champion got right (b). */
  readonly onlyChampion: number;
  /** Rows that only the challenger got right (c). */
  readonly onlyChallenger: number;
  /** Rows that both got wrong (d). */
  readonly bothWrong: number;
}

/**
 * Counts the four cases.
 *
 * @param labels True labels, and those of the two models. (n each)
 * @returns The counts.
 * @throws {RangeError} If the three are not of one length, or empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairedCounts } from "lib/gate/mod.ts";
 *
 * const actual = Uint8Array.of(0, 1, 1), champion = Uint8Array.of(0, 1, 0), challenger = Uint8Array.of(0, 0, 0);
 * assert.deepEqual(pairedCounts({ actual, champion, challenger }), { bothRight: 1, onlyChampion: 1, onlyChallenger: 0, bothWrong: 1 });
 * ```
 */
export function pairedCounts(
  { actual, champion, challenger }: {
    actual: Uint8Array;
    champion: Uint8Array;
    challenger: Uint8Array;
  },
): PairedCounts {
  const n = actual.length;
  if (n === 0 || champion.length !== n || challenger.length !== n) {
    throw new RangeError(
      `Cannot compare as there must be one label of each for every row: ${n} rows, ` +
        `${champion.length} and ${challenger.length} labels`,
    );
  }
  const counts = { bothRight: 0, onlyChampion: 0, onlyChallenger: 0, bothWrong: 0 };
  actual.forEach((label, i) => {
    const one = champion[i] === label, other = challenger[i] === label;
    counts[one ? (other ? "bothRight" : "onlyChampion") : other ? "onlyChallenger" : "bothWrong"]++;
  });
  return counts;
}

/**
 * Exact McNemar test, two-sided: could so uneven a split of the discordant rows be chance?
 *
 * @param counts See {@linkcode PairedCounts}.
 * @returns The p-value; 1 where the models never differ.
 * @see McNemar (1947), Psychometrika 12; the exact form is a binomial test with share 1/2.
 *
 * @example Six rows lost and none won
 * ```ts
 * import assert from "node:assert/strict";
 * import { mcnemarP } from "lib/gate/mod.ts";
 *
 * const counts = { bothRight: 50, onlyChampion: 6, onlyChallenger: 0, bothWrong: 4 };
 * assert.equal(mcnemarP(counts).toFixed(5), "0.03125");
 * ```
 */
export function mcnemarP({ onlyChampion, onlyChallenger }: PairedCounts): number {
  const n = onlyChampion + onlyChallenger, few = Math.min(onlyChampion, onlyChallenger);
  return Math.min(1, 2 * binomialTail({ trials: n, share: 0.5 }, few));
}

/**
 * Difference of the two accuracies, challenger minus champion, with a 95 % interval for pairs.
 *
 * @param counts See {@linkcode PairedCounts}.
 * @returns The difference and its interval, as shares.
 * @see Newcombe (1998), Statistics in Medicine 17, 2635–2650, method 10: Wilson's intervals of the two
 * shares, joined by their correlation. It keeps its promise for small n, where the textbook interval
 * does not.
 *
 * @example Newcombe's first example: 36 and 12 against 2 and 0 of 50
 * ```ts
 * import assert from "node:assert/strict";
 * import { accuracyDifference } from "lib/gate/mod.ts";
 *
 * const counts = { bothRight: 36, onlyChampion: 2, onlyChallenger: 12, bothWrong: 0 };
 * const { value, low, high } = accuracyDifference(counts);
 * assert.deepEqual([value, low, high].map((share) => share.toFixed(4)), ["0.2000", "0.0569", "0.3404"]);
 * ```
 */
export function accuracyDifference(counts: PairedCounts): Interval & { readonly value: number } {
  const { bothRight: a, onlyChampion: b, onlyChallenger: c, bothWrong: d } = counts;
  const n = a + b + c + d, p1 = (a + c) / n, p2 = (a + b) / n;
  const one = wilsonInterval({ successes: a + c, trials: n });
  const two = wilsonInterval({ successes: a + b, trials: n });
  const product = (a + b) * (c + d) * (a + c) * (b + d);
  // Newcombe's continuity correction of the correlation
  const cross = a * d - b * c, corrected = cross > 0 ? Math.max(cross - n / 2, 0) : cross;
  const phi = product === 0 ? 0 : corrected / Math.sqrt(product);
  const reach = (x: number, y: number) => Math.sqrt(Math.max(0, x * x - 2 * phi * x * y + y * y));
  const value = (c - b) / n;
  return {
    value,
    low: value - reach(p1 - one.low, two.high - p2),
    high: value + reach(one.high - p1, p2 - two.low),
  };
}

/** What a comparison on n rows could have noticed at all. */
export interface Detectable {
  /** Rows that a challenger has to lose, winning none, before McNemar's test calls it worse. */
  readonly rows: number;
  /** Share of rows lost that the test would notice in 80 of 100 such comparisons; null if none. */
  readonly share: number | null;
}

/**
 * The smallest loss that a holdout of n rows could have shown.
 *
 * @param n Rows of the holdout.
 * @param options `alpha`: significance level. Default 0.05. `power`: default 0.8.
 * @returns See {@linkcode Detectable}, for the case that is easiest to notice: a challenger that loses
 * rows and wins none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { detectableLoss } from "lib/gate/mod.ts";
 *
 * const { rows, share } = detectableLoss(60);
 * assert.deepEqual([rows, share?.toFixed(3)], [6, "0.129"]);
 * ```
 */
export function detectableLoss(
  n: number,
  { alpha = 0.05, power = 0.8 }: { alpha?: number; power?: number } = {},
): Detectable {
  const rows = Math.floor(1 - Math.log2(alpha)) + 1; // the first with 2 · (1/2)^rows < alpha
  if (rows > n) return { rows, share: null };
  const noticed = (share: number) => 1 - binomialTail({ trials: n, share }, rows - 1);
  let low = 0, high = 1;
  for (let i = 0; i < 50; i++) {
    const middle = (low + high) / 2;
    if (noticed(middle) >= power) high = middle;
    else low = middle;
  }
  return { rows, share: high };
}

/** Probability of at most `most` successes, summed in logarithms so that large n do no harm. */
function binomialTail({ trials, share }: { trials: number; share: number }, most: number): number {
  if (most >= trials) return 1;
  if (most < 0) return 0;
  if (share === 0) return 1;
  if (share === 1) return 0;
  let log = trials * Math.log1p(-share), sum = Math.exp(log);
  for (let k = 1; k <= most; k++) {
    log += Math.log((trials - k + 1) / k) + Math.log(share / (1 - share));
    sum += Math.exp(log);
  }
  return Math.min(1, sum);
}
