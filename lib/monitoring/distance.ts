/** How far apart two samples are, from their counts. Letters: n and m rows, b bins or values. */

/** Counts of two samples in the same b bins. */
export interface CountPair {
  /** Of the reference. (b) */
  readonly reference: ArrayLike<number>;
  /** Of the window. (b) */
  readonly window: ArrayLike<number>;
}

/**
 * Wasserstein-1 distance: how far a value has to be moved on average to turn one sample into the other.
 *
 * @param pair Counts, at least one in each sample.
 * @param points Where the counts lie, ascending. (b)
 * @returns A number from 0 on, in the unit of the points.
 * @see Ramdas, García Trillos and Cuturi (2017), Entropy 19: the area between the distribution functions.
 *
 * @example Each of two values moved by 3
 * ```ts
 * import assert from "node:assert/strict";
 * import { wasserstein } from "lib/monitoring/mod.ts";
 *
 * const pair = { reference: [1, 1, 0, 0], window: [0, 0, 2, 2] };
 * assert.equal(wasserstein(pair, [0, 1, 3, 4]), 3);
 * ```
 */
export function wasserstein({ reference, window }: CountPair, points: ArrayLike<number>): number {
  const n = total(reference), m = total(window);
  let area = 0, below = 0, windowBelow = 0;
  for (let i = 0; i + 1 < points.length; i++) {
    below += reference[i];
    windowBelow += window[i];
    area += Math.abs(below / n - windowBelow / m) * (points[i + 1] - points[i]);
  }
  return area;
}

/**
 * Kolmogorov and Smirnov's D: the largest gap between the distribution functions.
 *
 * @param pair Counts in ascending bins, at least one in each sample.
 * @returns A share from 0 to 1. Where a bin holds several values it is the gap at the bins' ends.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { kolmogorovSmirnov } from "lib/monitoring/mod.ts";
 *
 * assert.equal(kolmogorovSmirnov({ reference: [2, 2, 0], window: [1, 1, 2] }), 0.5);
 * ```
 */
export function kolmogorovSmirnov({ reference, window }: CountPair): number {
  const n = total(reference), m = total(window);
  let gap = 0, below = 0, windowBelow = 0;
  for (let i = 0; i < reference.length; i++) {
    below += reference[i];
    windowBelow += window[i];
    gap = Math.max(gap, Math.abs(below / n - windowBelow / m));
  }
  return gap;
}

/**
 * Jensen–Shannon distance, base 2: the root of the divergence, as in scipy and NannyML. Evidently takes
 * natural logarithms, so its numbers are smaller by a factor of 0.83.
 *
 * @param pair Counts by class, at least one in each sample.
 * @returns 0 where the shares agree, 1 where no class is common.
 * @see Endres and Schindelin (2003), IEEE Transactions on Information Theory 49.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { jensenShannon } from "lib/monitoring/mod.ts";
 *
 * assert.equal(jensenShannon({ reference: [3, 0], window: [0, 5] }), 1);
 * assert.equal(jensenShannon({ reference: [3, 1], window: [6, 2] }), 0);
 * ```
 */
export function jensenShannon({ reference, window }: CountPair): number {
  const n = total(reference), m = total(window);
  let divergence = 0;
  for (let i = 0; i < reference.length; i++) {
    const p = reference[i] / n, q = window[i] / m, middle = (p + q) / 2;
    if (p > 0) divergence += p * Math.log2(p / middle) / 2;
    if (q > 0) divergence += q * Math.log2(q / middle) / 2;
  }
  return Math.sqrt(Math.min(1, Math.max(0, divergence))); // rounding must not leave [0, 1]
}

function total(counts: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < counts.length; i++) sum += counts[i];
  return sum;
}
