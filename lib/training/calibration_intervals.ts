/**
 * How sure we are of how well calibrated a model is: intervals for the calibration error and the
 * Brier score, and the error that a perfectly calibrated model would show. Letters: n rows, k classes.
 */

import { checkWhole, type Interval, mean, quantile, stream } from "lib/core/mod.ts";
import { calibrationOf, type Outcome } from "lib/model/mod.ts";
import { breather } from "./breath.ts";

/** A measure with its 95 % interval. */
export interface MeasureWithInterval extends Interval {
  /** The measure. */
  readonly value: number;
}

/** Calibration with what chance does to it. */
export interface CalibrationIntervals {
  /** Expected calibration error, a share. Its interval is the basic bootstrap's, and reaches 0 where p is 0.05 or more. */
  readonly ece: MeasureWithInterval;
  /** Brier score, 0 is best, 2 worst. Its interval is the bootstrap's percentiles. */
  readonly brier: MeasureWithInterval;
  /** The error that a model shows whose confidences are true, with as many rows: `high` is passed in 5 of 100 cases. */
  readonly ifCalibrated: { readonly mean: number; readonly high: number };
  /** Share of such models that show an error as large as this one's, or larger. */
  readonly p: number;
  /** The finding in one sentence. */
  readonly sentence: string;
}

/** Chance that true confidences are called false. */
const LEVEL = 0.05;

/** Options of {@linkcode calibrationIntervals}. */
export interface CalibrationIntervalsOptions {
  /** Seed of the draws. */
  readonly seed: number;
  /** Bins between confidence 0 and 1. Default 10. */
  readonly bins?: number;
  /** Draws of either kind, 100 to 100,000. Default 1,000. */
  readonly draws?: number;
  /** Told now and then how many draws are done. */
  readonly onDraw?: (done: number, total: number) => void;
  /** Ends the work early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Puts intervals to a calibration.
 *
 * With few rows each bin holds few, and even true confidences miss their bin's share by chance, always
 * upwards. So an error says nothing before it is held against the error of a calibrated model: the
 * same confidences, and rows that are right as often as these say. Drawing rows again doubles that
 * upward miss; the basic bootstrap takes it off again.
 *
 * @param outcome True labels, predicted labels (n) and probabilities (n × k).
 * @param classes Number of classes (k).
 * @param options See {@linkcode CalibrationIntervalsOptions}.
 * @returns See {@linkcode CalibrationIntervals}.
 * @throws {BadInput} If an option breaks its rule, or there are no rows.
 * @see Bröcker and Smith (2007), Increasing the Reliability of Reliability Diagrams, Weather and
 * Forecasting 22, for the rows drawn from the confidences; Davison and Hinkley (1997), Bootstrap
 * Methods and their Application, section 5.2, for the basic interval.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrationIntervals } from "lib/training/mod.ts";
 *
 * const y = Uint8Array.from({ length: 200 }, (_, i) => i % 2), sure = Float64Array.from({ length: 400 }, (_, i) => i % 2 === 0 ? 1 : 0);
 * const outcome = { actual: y, labels: new Uint8Array(200), probabilities: sure };
 * const { ece, sentence } = await calibrationIntervals(outcome, 2, { seed: 7 });
 * assert.ok(ece.low > 0.4 && ece.high < 0.6);
 * assert.match(sentence, /^Not calibrated/);
 * ```
 */
export async function calibrationIntervals(
  outcome: Outcome,
  classes: number,
  options: CalibrationIntervalsOptions,
): Promise<CalibrationIntervals> {
  const { seed, onDraw, signal } = options, n = outcome.actual.length;
  const bins = checkWhole("bins", options.bins ?? 10, { min: 1, max: 1000 });
  const draws = checkWhole("draws", options.draws ?? 1000, { min: 100, max: 100_000 });
  checkWhole("rows", n, { min: 1, max: Number.MAX_SAFE_INTEGER });
  const rows = rowsOf(outcome, classes, bins), all = Uint32Array.from(rows.right, (_, i) => i);
  const errorOf = eceCounter(rows, bins), value = calibrationOf(outcome, classes, { bins }).ece;
  const random = stream(seed, "calibration"), breathe = breather(signal);
  const errors = new Float64Array(draws), briers = new Float64Array(draws);
  const calibrated = new Float64Array(draws), drawn = new Uint32Array(n), right = new Uint8Array(n);
  for (let b = 0; b < draws; b++) {
    let brier = 0;
    for (let i = 0; i < n; i++) {
      drawn[i] = random.integer(n);
      brier += rows.brier[drawn[i]];
    }
    briers[b] = brier / n;
    errors[b] = errorOf(drawn, rows.right);
    for (let i = 0; i < n; i++) right[i] = Number(random.next() < rows.confidence[i]);
    calibrated[b] = errorOf(all, right);
    if (b % 100 === 99) onDraw?.(b + 1, draws);
    await breathe();
  }
  const p = (1 + calibrated.filter((error) => error >= value - 1e-12).length) / (draws + 1);
  const high = quantile(calibrated, 0.95);
  return {
    ece: {
      value,
      // what the test does not refuse belongs to the interval: no error at all
      low: p < LEVEL ? Math.max(0, Math.min(value, 2 * value - quantile(errors, 0.975))) : 0,
      high: Math.max(value, 2 * value - quantile(errors, 0.025)),
    },
    brier: {
      value: mean(rows.brier),
      low: quantile(briers, 0.025),
      high: quantile(briers, 0.975),
    },
    ifCalibrated: { mean: mean(calibrated), high },
    p,
    sentence: finding({ value, high, p }),
  };
}

interface Rows {
  /** Confidence in the predicted class. (n) */
  readonly confidence: Float64Array;
  /** Its bin. (n) */
  readonly bin: Uint16Array;
  /** Whether the prediction is right. (n) */
  readonly right: Uint8Array;
  /** The row's share of the Brier score. (n) */
  readonly brier: Float64Array;
}

function rowsOf({ actual, labels, probabilities }: Outcome, k: number, bins: number): Rows {
  const confidence = Float64Array.from(labels, (label, i) => probabilities[i * k + label]);
  return {
    confidence,
    // 1e-9: as calibrationOf() does it
    bin: Uint16Array.from(
      confidence,
      (share) => Math.max(0, Math.min(bins - 1, Math.ceil(share * bins - 1e-9) - 1)),
    ),
    right: Uint8Array.from(labels, (label, i) => Number(label === actual[i])),
    brier: Float64Array.from(actual, (label, i) => {
      let sum = 0;
      for (let c = 0; c < k; c++) sum += (probabilities[i * k + c] - Number(c === label)) ** 2;
      return sum;
    }),
  };
}

/** Calibration error of some of the rows: Σ |right - confidence| over the bins, divided by the rows. */
function eceCounter({ confidence, bin }: Rows, bins: number) {
  const distance = new Float64Array(bins);
  return (places: Uint32Array, right: Uint8Array): number => {
    distance.fill(0);
    for (const i of places) distance[bin[i]] += right[i] - confidence[i];
    return distance.reduce((sum, own) => sum + Math.abs(own), 0) / places.length;
  };
}

function finding({ value, high, p }: { value: number; high: number; p: number }): string {
  const points = (share: number) => (100 * share).toFixed(1);
  const limit = `true confidences show up to ${points(high)} with as many rows`;
  return p < LEVEL
    ? `Not calibrated: an error of ${points(value)} points, where ${limit}`
    : `No proof against its confidences: an error of ${points(value)} points, and ${limit}`;
}
