/**
 * How good the answers are, as one plain record: overall, per class, calibration.
 * Letters: n rows, k classes.
 */

import { type Interval, wilsonInterval } from "lib/core/mod.ts";
import { type Calibration, calibrationOf } from "./calibration.ts";

/** A share of rows with its 95 % Wilson interval. */
export interface ShareMetric extends Interval {
  /** The share, from 0 to 1. */
  readonly value: number;
  /** Rows that count. */
  readonly correct: number;
  /** All rows. */
  readonly rows: number;
}

/** One class. A share of nothing (a class never predicted or never there) is null. */
export interface ClassMetrics {
  /** Name of the class. */
  readonly class: string;
  /** Rows that really are of the class. */
  readonly rows: number;
  /** Of the rows predicted as this class, the share that is. */
  readonly precision: number | null;
  /** Of the rows of this class, the share that was predicted so. */
  readonly recall: number | null;
  /** Harmonic mean of the two. */
  readonly f1: number | null;
}

/** Everything measured on one set of rows. */
export interface Metrics {
  /** Share of rows predicted right. */
  readonly accuracy: ShareMetric;
  /** Mean F1 over the classes that are there. */
  readonly macroF1: number;
  /** Mean of -ln(probability of the true class), in nats; probabilities are held above 2.2e-16. */
  readonly logLoss: number;
  /** Mean squared distance between probabilities and truth, summed over classes: 0 is best, 2 worst. */
  readonly brier: number;
  /** Expected calibration error and its bins. */
  readonly calibration: Calibration;
  /** Rows by actual class (outer) and predicted class (inner). (k × k) */
  readonly confusion: readonly (readonly number[])[];
  /** Each class. (k) */
  readonly perClass: readonly ClassMetrics[];
}

/** What {@linkcode measure} compares. */
export interface Outcome {
  /** True labels. (n) */
  readonly actual: Uint8Array;
  /** Predicted labels. (n) */
  readonly labels: Uint8Array;
  /** Predicted probabilities, row after row. (n × k) */
  readonly probabilities: Float64Array;
}

/** Smallest probability that the log loss takes, as in scikit-learn: a miss costs 36 nats, not ∞. */
const SMALLEST = 2 ** -52;

/**
 * Measures predictions against the truth.
 *
 * @param outcome See {@linkcode Outcome}.
 * @param classes Class names. (k)
 * @returns See {@linkcode Metrics}.
 * @throws {RangeError} If there are no rows, the arrays do not fit together, or a label is no class.
 * @see Brier (1950), Monthly Weather Review 78, for the sum over classes; scikit-learn's `log_loss`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "lib/model/mod.ts";
 *
 * const { accuracy, confusion, brier } = measure(
 *   { actual: Uint8Array.of(0, 1), labels: Uint8Array.of(0, 0), probabilities: Float64Array.of(1, 0, 0.5, 0.5) },
 *   ["a", "b"],
 * );
 * assert.deepEqual([accuracy.value, confusion, brier], [0.5, [[1, 0], [1, 0]], 0.25]);
 * ```
 */
export function measure(outcome: Outcome, classes: readonly string[]): Metrics {
  const { actual, labels, probabilities } = outcome;
  const n = actual.length, k = classes.length;
  if (n === 0 || labels.length !== n || probabilities.length !== n * k) {
    throw new RangeError(
      `Cannot measure as there must be rows, each with a label and ${k} probabilities: ` +
        `${n} rows, ${labels.length} labels, ${probabilities.length} probabilities`,
    );
  }
  const confusion = classes.map(() => classes.map(() => 0));
  let logLoss = 0, brier = 0;
  for (let i = 0; i < n; i++) {
    const largest = Math.max(actual[i], labels[i]);
    if (largest >= k) {
      throw new RangeError(`Cannot measure row ${i} as labels must be below ${k}: ${largest}`);
    }
    confusion[actual[i]][labels[i]]++;
    logLoss -= Math.log(Math.max(probabilities[i * k + actual[i]], SMALLEST));
    for (let c = 0; c < k; c++) {
      brier += (probabilities[i * k + c] - (c === actual[i] ? 1 : 0)) ** 2;
    }
  }
  const perClass = classes.map((name, c) => classMetrics(name, c, confusion));
  const f1s = perClass.filter(({ rows }) => rows > 0).map(({ f1 }) => f1 ?? 0);
  return {
    accuracy: shareOf(outcome, Array.from(actual.keys())),
    macroF1: f1s.reduce((sum, f1) => sum + f1, 0) / f1s.length,
    logLoss: logLoss / n,
    brier: brier / n,
    calibration: calibrationOf(outcome, k),
    confusion,
    perClass,
  };
}

/** A named part of the rows, e.g. the long petals. */
export interface Slice {
  /** What the rows have in common. */
  readonly name: string;
  /** Their places. */
  readonly rows: readonly number[];
}

/** Accuracy on a slice; null where the slice is empty. */
export interface SliceMetrics {
  /** The slice's name. */
  readonly name: string;
  /** Share of its rows predicted right. */
  readonly accuracy: ShareMetric | null;
}

/**
 * Accuracy on parts of the rows, each with its interval: a good average can hide a bad part.
 *
 * @param outcome All n rows.
 * @param slices Parts of them.
 * @returns One record a slice, in that order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measureSlices } from "lib/model/mod.ts";
 *
 * const outcome = { actual: Uint8Array.of(0, 1), labels: Uint8Array.of(0, 0), probabilities: new Float64Array(4) };
 * const [first, none] = measureSlices(outcome, [{ name: "first", rows: [0] }, { name: "none", rows: [] }]);
 * assert.deepEqual([first.accuracy?.value, none.accuracy], [1, null]);
 * ```
 */
export function measureSlices(
  outcome: Pick<Outcome, "actual" | "labels">,
  slices: readonly Slice[],
): SliceMetrics[] {
  return slices.map(({ name, rows }) => ({
    name,
    accuracy: rows.length > 0 ? shareOf(outcome, rows) : null,
  }));
}

function shareOf(
  { actual, labels }: Pick<Outcome, "actual" | "labels">,
  places: readonly number[],
): ShareMetric {
  const correct = places.filter((i) => actual[i] === labels[i]).length, rows = places.length;
  return {
    value: correct / rows,
    ...wilsonInterval({ successes: correct, trials: rows }),
    correct,
    rows,
  };
}

function classMetrics(name: string, c: number, confusion: readonly number[][]): ClassMetrics {
  const hit = confusion[c][c];
  const rows = confusion[c].reduce((sum, count) => sum + count, 0);
  const predicted = confusion.reduce((sum, row) => sum + row[c], 0);
  return {
    class: name,
    rows,
    precision: predicted > 0 ? hit / predicted : null,
    recall: rows > 0 ? hit / rows : null,
    f1: predicted + rows > 0 ? 2 * hit / (predicted + rows) : null,
  };
}
