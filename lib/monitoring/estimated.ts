/**
 * Accuracy without labels: confidence-based performance estimation (CBPE).
 *
 * **Holds** under covariate shift inside the region that the reference has seen: other rows come, but
 * a row with these inputs is of its class as often as before. Then votes that are calibrated on the
 * reference still say how often they are right.
 *
 * **Blind to concept drift.** Where the same inputs now mean another class, the votes are as sure as
 * before and the estimate stays where it was, while the realised accuracy falls. Only labels show it.
 * Outside the seen region a forest's votes are frozen at those of the edge; rows there are counted.
 *
 * Letters: n rows of a window, m rows of the reference, d features, k classes.
 */

import { BadInput, type Interval } from "lib/core/mod.ts";
import {
  calibrate,
  type Calibrator,
  type CalibratorOptions,
  fitCalibrator,
} from "./calibration.ts";
import type { Reference, ScoredWindow } from "./window.ts";

/** What estimates rest on. A record that survives JSON. */
export interface Estimator {
  /** Names of the classes. (k) */
  readonly classes: readonly string[];
  /** How votes become probabilities. (k) */
  readonly calibrator: Calibrator;
  /** Rows of the reference (m), and the share that its out-of-bag votes have right. */
  readonly reference: { readonly rows: number; readonly accuracy: number };
  /** Lowest and highest value of each feature in the reference: the region that was seen. (d) */
  readonly seen: readonly Interval[];
}

/** Options of {@linkcode estimateAccuracy}. */
export interface EstimateOptions {
  /** Fewest rows that are judged. Default 30. */
  readonly minRows?: number;
  /**
   * What the estimate usually is, e.g. in the first windows, as a share: the middle of the limits.
   * Default: the accuracy of the reference.
   */
  readonly usual?: number;
}

/** Accuracy of one window, estimated without its labels. */
export interface EstimatedAccuracy {
  /** Name of the window. */
  readonly window: string;
  /** Rows (n). */
  readonly rows: number;
  /** Mean calibrated probability of the predicted class, a share; null without rows. */
  readonly value: number | null;
  /**
   * The value ± 3 standard errors, held in [0, 1]; null without rows. It covers the luck of which n
   * rows came, and neither a poor calibration nor concept drift.
   */
  readonly band: Interval | null;
  /** Deviation of right or wrong in the reference / √n; null without rows. */
  readonly standardError: number | null;
  /**
   * Accuracy of the reference ± 3 deviations of the realised accuracy of n of its rows, held in
   * [0, 1]; null without rows. See {@linkcode accuracyLimits}.
   */
  readonly limits: Interval | null;
  /**
   * Whether the value lies within the limits; undecided with fewer rows than `minRows`, and where the
   * reference has all or nothing right, which leaves no room between the limits.
   */
  readonly state: "within" | "below" | "above" | "undecided";
  /** Rows with an input outside the region that was seen: for them the estimate says nothing. */
  readonly outside: number;
  /** One sentence for people. */
  readonly sentence: string;
}

/** Standard errors on either side, as in NannyML. */
const DEVIATIONS = 3;

/**
 * Learns from the reference how its votes become probabilities, and how good they are.
 *
 * @param reference Rows with out-of-bag votes and true labels.
 * @param options See {@linkcode CalibratorOptions}.
 * @returns The estimator.
 * @throws {RangeError} If the reference has no rows, or its arrays do not fit together.
 * @throws {BadInput} As {@linkcode fitCalibrator}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fitEstimator } from "lib/monitoring/mod.ts";
 *
 * const { reference, seen } = fitEstimator({
 *   features: [{ name: "length", unit: "cm", min: 0, max: 9 }],
 *   classes: ["short", "long"],
 *   x: Float64Array.of(1, 2, 7, 8),
 *   predicted: Uint8Array.of(0, 0, 1, 1),
 *   probabilities: Float64Array.of(1, 0, 0.8, 0.2, 0.1, 0.9, 0, 1),
 *   actual: Uint8Array.of(0, 1, 1, 1),
 * }, { seed: 1 });
 * assert.deepEqual([reference, seen], [{ rows: 4, accuracy: 0.75 }, [{ low: 1, high: 8 }]]);
 * ```
 */
export function fitEstimator(reference: Reference, options: CalibratorOptions): Estimator {
  const { features, classes, x, predicted, probabilities, actual } = reference;
  const rows = actual.length, d = features.length;
  if (
    rows === 0 || predicted.length !== rows || probabilities.length !== rows * classes.length ||
    x.length !== rows * d
  ) {
    throw new RangeError(
      `Cannot fit an estimator as there must be rows, each with ${d} inputs, a label and ` +
        `${classes.length} votes: ${rows} rows, ${x.length} inputs, ${predicted.length} labels, ` +
        `${probabilities.length} votes`,
    );
  }
  return {
    classes,
    calibrator: fitCalibrator(reference, options),
    reference: {
      rows,
      accuracy: actual.filter((label, i) => label === predicted[i]).length / rows,
    },
    seen: features.map((_, f) => rangeOf(x, f, d)),
  };
}

/**
 * Estimates the accuracy of a window from its votes alone; its labels are not looked at.
 *
 * @param estimator From {@linkcode fitEstimator}.
 * @param window Scored rows.
 * @param options See {@linkcode EstimateOptions}.
 * @returns The estimate; a window without rows is undecided.
 * @throws {RangeError} If the window has other classes or another number of features, or its arrays
 * do not fit together.
 * @throws {BadInput} If `minRows` is not a whole number above 0, or `usual` no share.
 * @see NannyML, CBPE, multiclass accuracy: the same value, band and, but for chunks, limits.
 * Bialek et al. (2024), arXiv 2401.08348, for what it assumes.
 *
 * @example Votes that are right as often as they say
 * ```ts
 * import assert from "node:assert/strict";
 * import { estimateAccuracy, fitEstimator } from "lib/monitoring/mod.ts";
 *
 * const rows = Array.from({ length: 100 }, (_, i) => i);
 * const scored = {
 *   features: [{ name: "length", unit: "cm", min: 0, max: 9 }],
 *   classes: ["a", "b"],
 *   x: Float64Array.from(rows, () => 1),
 *   predicted: Uint8Array.from(rows, () => 0),
 *   probabilities: Float64Array.from(rows.flatMap(() => [0.9, 0.1])),
 * };
 * const estimator = fitEstimator(
 *   { ...scored, actual: Uint8Array.from(rows, (i) => i % 10 === 0 ? 1 : 0) },
 *   { seed: 1 },
 * );
 * const window = {
 *   ...scored,
 *   name: "window 1",
 *   from: "2026-01-01T00:00:00Z",
 *   to: "2026-01-02T00:00:00Z",
 *   actual: Int16Array.from(rows, () => -1),
 *   requests: { status: new Uint16Array(), ms: new Float64Array() },
 *   refused: [],
 * };
 * const { value, band, state } = estimateAccuracy(estimator, window);
 * assert.deepEqual([value?.toFixed(2), band?.low.toFixed(2), state], ["0.90", "0.81", "within"]);
 * ```
 */
export function estimateAccuracy(
  estimator: Estimator,
  { name, classes, features, x, predicted, probabilities }: ScoredWindow,
  { minRows = 30, usual = estimator.reference.accuracy }: EstimateOptions = {},
): EstimatedAccuracy {
  if (!(Number.isInteger(minRows) && minRows > 0)) {
    throw new BadInput({
      field: "minRows",
      rule: "must be a whole number above 0",
      value: minRows,
    });
  }
  if (!(usual >= 0 && usual <= 1)) {
    throw new BadInput({ field: "usual", rule: "must be a share from 0 to 1", value: usual });
  }
  checkFit(estimator, { name, classes, features });
  const rows = predicted.length, k = classes.length;
  if (
    x.length !== rows * features.length || probabilities.length !== rows * k ||
    !probabilities.every(Number.isFinite) || predicted.some((label) => label >= k)
  ) {
    throw new RangeError(
      `Cannot estimate ${name} as each row must have ${features.length} inputs, a label below ${k} ` +
        `and ${k} finite probabilities: ${rows} labels, ${x.length} inputs, ` +
        `${probabilities.length} probabilities`,
    );
  }
  if (rows === 0) {
    return {
      window: name,
      rows,
      value: null,
      band: null,
      standardError: null,
      limits: null,
      state: "undecided",
      outside: 0,
      sentence: "No rows came, so nothing can be estimated.",
    };
  }
  const calibrated = calibrate(estimator.calibrator, probabilities);
  const value = predicted.reduce((sum, label, i) => sum + calibrated[i * k + label], 0) / rows;
  const standardError = deviation(usual) / Math.sqrt(rows);
  const limits = accuracyLimits({ reference: { ...estimator.reference, accuracy: usual } }, rows);
  const state = rows < minRows || standardError === 0
    ? "undecided"
    : value < limits.low
    ? "below"
    : value > limits.high
    ? "above"
    : "within";
  const outside = countOutside(estimator.seen, x, rows);
  return {
    window: name,
    rows,
    value,
    band: around(value, DEVIATIONS * standardError),
    standardError,
    limits,
    state,
    outside,
    sentence: sentenceOf({ state, value, limits, rows, minRows, outside }),
  };
}

/**
 * Limits for the accuracy of n rows: what n rows of the reference would show if nothing had changed.
 * Draws of n rows from the reference, with replacement, have a realised accuracy of mean p and of
 * deviation √(p (1 - p) / n), where p is the reference's accuracy; the limits are the mean ± 3 of
 * these, held in [0, 1]. This is what bootstrap chunks tend to, so none need be drawn. Chunks in the
 * order of the rows, as NannyML cuts them, would mislead: training rows often lie sorted by class.
 *
 * What they mean: a realised accuracy crosses them about 3 times in 1,000 windows without any change
 * where n p (1 - p) is large, and more often below than above where it is small. An estimate varies
 * less than that from window to window, so it crosses them more rarely. They do not hold the luck of
 * the reference itself: with m rows its own accuracy is uncertain by √(p (1 - p) / m).
 *
 * @param estimator From {@linkcode fitEstimator}.
 * @param rows Rows of the window (n), at least 1.
 * @returns The limits, as shares.
 * @throws {RangeError} If `rows` is not a whole number above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { accuracyLimits } from "lib/monitoring/mod.ts";
 *
 * const { low, high } = accuracyLimits({ reference: { rows: 90, accuracy: 0.9 } }, 100);
 * assert.deepEqual([low.toFixed(2), high.toFixed(2)], ["0.81", "0.99"]);
 * ```
 */
export function accuracyLimits(
  { reference }: Pick<Estimator, "reference">,
  rows: number,
): Interval {
  if (!(Number.isInteger(rows) && rows > 0)) {
    throw new RangeError(`Cannot set limits as rows must be a whole number above 0: ${rows}`);
  }
  return around(reference.accuracy, DEVIATIONS * deviation(reference.accuracy) / Math.sqrt(rows));
}

/** Deviation of right (1) and wrong (0). */
function deviation(share: number): number {
  return Math.sqrt(share * (1 - share));
}

function around(value: number, half: number): Interval {
  return { low: Math.max(0, value - half), high: Math.min(1, value + half) };
}

/** Lowest and highest known value of a column. */
function rangeOf(x: Float64Array, f: number, d: number): Interval {
  let low = Infinity, high = -Infinity;
  for (let i = f; i < x.length; i += d) {
    if (Number.isNaN(x[i])) continue;
    low = Math.min(low, x[i]);
    high = Math.max(high, x[i]);
  }
  // JSON has no infinity: a column that is missing everywhere has seen nothing but 0
  return low <= high ? { low, high } : { low: 0, high: 0 };
}

function countOutside(seen: readonly Interval[], x: Float64Array, rows: number): number {
  const d = seen.length;
  let outside = 0;
  for (let i = 0; i < rows; i++) {
    if (seen.some(({ low, high }, f) => x[i * d + f] < low || x[i * d + f] > high)) outside++;
  }
  return outside;
}

function checkFit(
  { classes, seen }: Estimator,
  window: Pick<ScoredWindow, "name" | "classes" | "features">,
): void {
  const same = window.features.length === seen.length &&
    window.classes.length === classes.length &&
    window.classes.every((name, c) => name === classes[c]);
  if (same) return;
  throw new RangeError(
    `Cannot estimate ${window.name} as it must have ${seen.length} features and the classes ` +
      `${classes.join(", ")}: ${window.features.length} features, ${window.classes.join(", ")}`,
  );
}

function sentenceOf(
  { state, value, limits: { low, high }, rows, minRows, outside }: {
    state: EstimatedAccuracy["state"];
    value: number;
    limits: Interval;
    rows: number;
    minRows: number;
    outside: number;
  },
): string {
  const beyond = outside > 0
    ? ` ${outside} of ${rows} rows lie outside the region that was seen.`
    : "";
  if (state === "undecided" && rows >= minRows) {
    return `Undecided: the reference is ${
      low > 0 ? "never" : "always"
    } wrong, so no limits can be set.${beyond}`;
  }
  if (state === "undecided") {
    return `Undecided: ${rows} of at least ${minRows} rows came.${beyond}`;
  }
  return `Estimated accuracy ${percent(value)}, ${state} the limits ${percent(low)} to ` +
    `${percent(high)}.${beyond}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
