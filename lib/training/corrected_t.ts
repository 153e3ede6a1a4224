/**
 * Means over the folds of a repeated cross-validation, with an interval and a test that know that
 * the folds share their training rows. Letters: J scores.
 *
 * The textbook t takes J scores for independent. They are not: two folds of ten learn from eight
 * tenths in common, so its interval is far too narrow, and narrower still the more often one repeats.
 * Nadeau and Bengio put 1/J + test/train rows in the place of 1/J: repeating then steadies the
 * estimate, and no longer buys certainty that the rows do not hold.
 */

import { BadInput, type Interval, mean, standardDeviation } from "lib/core/mod.ts";
import { studentQuantile, studentTails } from "./student_t.ts";

/** A mean over folds. */
export interface FoldMean {
  /** Mean of the scores, in their unit. */
  readonly mean: number;
  /** Its corrected 95 % interval; null where all scores are equal, and their spread cannot be told. */
  readonly interval: Interval | null;
  /** Standard deviation of the scores. */
  readonly deviation: number;
  /** How many scores there are (J). */
  readonly folds: number;
}

/** A mean of differences, with its test against 0. */
export interface FoldDifference extends FoldMean {
  /** Two-sided p of the corrected resampled t-test; 1 where every difference is 0. */
  readonly p: number;
}

/**
 * Mean of scores over folds, with the corrected resampled t interval at 95 %.
 *
 * @param scores One a fold. (J)
 * @param options `testShare`: rows tested a fold, divided by the rows trained on: 1/4 for five folds.
 * `range`: ends that the score cannot pass, e.g. 0 and 1 for an accuracy. Default none.
 * @returns See {@linkcode FoldMean}.
 * @throws {BadInput} If there are fewer than 2 scores, or the share is not above 0.
 * @see Nadeau and Bengio (2003), Inference for the Generalization Error, Machine Learning 52; for
 * repeated folds Bouckaert and Frank (2004), Evaluating the Replicability of Significance Tests.
 *
 * @example Twice five folds
 * ```ts
 * import assert from "node:assert/strict";
 * import { foldMean } from "lib/training/mod.ts";
 *
 * const scores = [0.9, 0.95, 1, 0.9, 0.95, 0.95, 0.9, 1, 0.95, 0.9];
 * const { mean, interval } = foldMean(scores, { testShare: 1 / 4, range: { low: 0, high: 1 } });
 * assert.equal(mean.toFixed(3), "0.940");
 * assert.equal(`${interval?.low.toFixed(3)} … ${interval?.high.toFixed(3)}`, "0.887 … 0.993");
 * ```
 */
export function foldMean(
  scores: readonly number[],
  { testShare, range }: { readonly testShare: number; readonly range?: Interval },
): FoldMean {
  const center = mean(needScores(scores)), deviation = spread(scores);
  const half = studentQuantile(0.975, scores.length - 1) *
    standardError({ scores, deviation, testShare });
  const { low, high } = range ?? { low: -Infinity, high: Infinity };
  const interval = deviation === 0
    ? null
    : { low: Math.max(low, center - half), high: Math.min(high, center + half) };
  return { mean: center, interval, deviation, folds: scores.length };
}

/**
 * Whether one of two really does better, judged by their scores on the same folds.
 *
 * @param one Scores of one. (J)
 * @param other Scores of the other, fold by fold the same ones. (J)
 * @param options `testShare`: see {@linkcode foldMean}.
 * @returns The mean of `one` - `other` with interval and p.
 * @throws {BadInput} If they are not equally many, or fewer than 2.
 * @see Nadeau and Bengio (2003), Inference for the Generalization Error, Machine Learning 52.
 *
 * @example A small lead in most folds proves nothing
 * ```ts
 * import assert from "node:assert/strict";
 * import { foldDifference } from "lib/training/mod.ts";
 *
 * const { mean, p } = foldDifference([0.92, 0.95, 1, 0.9, 0.95], [0.9, 0.95, 0.95, 0.9, 0.9], { testShare: 1 / 4 });
 * assert.ok(mean > 0.02 && p > 0.1);
 * ```
 */
export function foldDifference(
  one: readonly number[],
  other: readonly number[],
  { testShare }: { readonly testShare: number },
): FoldDifference {
  if (one.length !== other.length) {
    const rule = `must be as many as those they are compared with, ${one.length}`;
    throw new BadInput({ field: "scores", rule, value: other.length });
  }
  const differences = one.map((score, i) => score - other[i]);
  const found = foldMean(differences, { testShare });
  const t = found.mean / standardError({ scores: differences, ...found, testShare });
  const p = found.deviation > 0
    ? studentTails(t, differences.length - 1)
    : Math.abs(found.mean) < EQUAL
    ? 1
    : 0;
  return { ...found, p };
}

/** Scores are shares of rows: what differs by less differs by rounding only. */
const EQUAL = 1e-12;

function spread(scores: readonly number[]): number {
  const deviation = standardDeviation(scores);
  return deviation < EQUAL ? 0 : deviation;
}

function needScores(scores: readonly number[]): readonly number[] {
  if (scores.length >= 2) return scores;
  throw new BadInput({ field: "scores", rule: "must be at least 2", value: scores.length });
}

function standardError(
  { scores, deviation, testShare }: {
    readonly scores: readonly number[];
    readonly deviation: number;
    readonly testShare: number;
  },
): number {
  if (!(testShare > 0 && Number.isFinite(testShare))) {
    throw new BadInput({ field: "testShare", rule: "must be above 0", value: testShare });
  }
  return deviation * Math.sqrt(1 / scores.length + testShare);
}
