/** Calibration: does a model that says 80 % turn out right in 80 of 100 cases? */

import { type Interval, wilsonInterval } from "lib/core/mod.ts";

/** Rows whose confidence fell into one bin. */
export interface CalibrationBin extends Interval {
  /** Mean probability of the predicted class. */
  readonly meanConfidence: number;
  /** Share predicted right; `low` and `high` are its 95 % Wilson interval. */
  readonly accuracy: number;
  /** Rows in the bin. */
  readonly count: number;
}

/** Reliability of the confidences. */
export interface Calibration {
  /** Expected calibration error: mean distance of confidence and accuracy, weighted by rows; 0 is best. */
  readonly ece: number;
  /** The bins that have rows, by rising confidence. */
  readonly bins: readonly CalibrationBin[];
}

/**
 * Expected calibration error of the predicted class, in bins of equal width.
 *
 * @param outcome True labels, predicted labels (n) and probabilities (n × k).
 * @param classes Number of classes (k).
 * @param options `bins`: how many between confidence 0 and 1. Default 10.
 * @returns See {@linkcode Calibration}.
 * @see Guo, Pleiss, Sun and Weinberger (2017), On calibration of modern neural networks, eq. 3. A
 * confidence on an edge belongs to the bin below it, as there.
 *
 * @example Two rows at 60 %, one of them right
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrationOf } from "lib/model/mod.ts";
 *
 * const outcome = {
 *   actual: Uint8Array.of(0, 1),
 *   labels: Uint8Array.of(0, 0),
 *   probabilities: Float64Array.of(0.6, 0.4, 0.6, 0.4),
 * };
 * assert.equal(calibrationOf(outcome, 2).ece.toFixed(3), "0.100");
 * ```
 */
export function calibrationOf(
  { actual, labels, probabilities }: {
    actual: Uint8Array;
    labels: Uint8Array;
    probabilities: Float64Array;
  },
  classes: number,
  { bins: count = 10 }: { bins?: number } = {},
): Calibration {
  const sums = Array.from({ length: count }, () => ({ rows: 0, right: 0, confidence: 0 }));
  actual.forEach((label, i) => {
    const confidence = probabilities[i * classes + labels[i]];
    // 1e-9: 0.6 * 10 must land on 6 and not just above it
    const bin = Math.max(0, Math.min(count - 1, Math.ceil(confidence * count - 1e-9) - 1));
    sums[bin].rows++;
    sums[bin].right += labels[i] === label ? 1 : 0;
    sums[bin].confidence += confidence;
  });
  const bins = sums.filter(({ rows }) => rows > 0).map(({ rows, right, confidence }) => ({
    meanConfidence: confidence / rows,
    accuracy: right / rows,
    count: rows,
    ...wilsonInterval({ successes: right, trials: rows }),
  }));
  const distance = bins.reduce(
    (sum, bin) => sum + bin.count * Math.abs(bin.accuracy - bin.meanConfidence),
    0,
  );
  return { ece: distance / actual.length, bins };
}
