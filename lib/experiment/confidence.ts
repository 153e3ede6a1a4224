/** The difference of two accuracies, with a range that holds at every look: a confidence sequence. */

import type { Interval } from "lib/core/mod.ts";
import { logCapital, type ValueCount } from "./betting.ts";
import { checkEvidence, checkShare, type Evidence } from "./evidence.ts";

/** Accuracy of B minus accuracy of A, as shares, with its range. */
export interface Difference extends Interval {
  /** The difference of what was counted; 0 where an arm has no row. */
  readonly value: number;
}

/** Options of {@linkcode differenceSequence}. */
export interface ConfidenceOptions {
  /** Share of experiments in which the range ever misses the truth. Default 0.05. */
  readonly alpha?: number;
}

/**
 * Accuracy of B minus accuracy of A with its confidence sequence: in all but α of the experiments the
 * truth is inside at every look at once.
 *
 * Each row becomes a value whose mean is the difference. On pairs: 1 where only A is wrong, −1 where
 * only B is. On a split: 1/(1−q) for an error of A, −1/q for one of B, 0 for what is right. The ends
 * are the differences against which a bet has gained 2/α, see `logCapital`. Exact also where an arm has
 * no error at all; the normal confidence sequence would have no width there.
 *
 * @param evidence Counts so far.
 * @param options See {@linkcode ConfidenceOptions}.
 * @returns The difference and its range, from −1 to 1. The range is not symmetric about the value.
 * @throws {BadInput} If the counts are none.
 * @see Waudby-Smith and Ramdas (2024), JRSS-B 86; Howard et al. (2021), Annals of Statistics 49, for
 * confidence sequences.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { difference } from "lib/experiment/mod.ts";
 *
 * const arm = { rows: 1000, errors: 50 };
 * const { value, low, high } = difference({ kind: "split", shareB: 0.5, a: arm, b: arm });
 * assert.equal(value, 0);
 * assert.ok(low > -0.06 && high < 0.06 && low < 0 && high > 0);
 * ```
 */
export function difference(
  evidence: Evidence,
  { alpha = 0.05 }: ConfidenceOptions = {},
): Difference {
  checkShare(alpha, "alpha");
  return {
    value: valueOf(checkEvidence(evidence)),
    low: lowerBound(evidence, { alpha: alpha / 2 }),
    high: -lowerBound(swapped(evidence), { alpha: alpha / 2 }),
  };
}

/** {@linkcode difference} at each look. */
export function differenceSequence(
  looks: readonly Evidence[],
  options: ConfidenceOptions = {},
): Difference[] {
  return looks.map((counts) => difference(counts, options));
}

/**
 * Lower end of a one-sided confidence sequence for accuracy of B minus accuracy of A.
 *
 * @param evidence Counts so far.
 * @param options `alpha`: share of experiments in which the truth is ever below it. Default 0.05.
 * @returns From −1 to 1.
 * @throws {BadInput} If the counts are none.
 *
 * @example A twin on 130 mirrored rows is shown to lose less than five points
 * ```ts
 * import assert from "node:assert/strict";
 * import { lowerBound } from "lib/experiment/mod.ts";
 *
 * assert.ok(lowerBound({ kind: "paired", rows: 130, onlyAWrong: 0, onlyBWrong: 0 }) > -0.05);
 * ```
 */
export function lowerBound(
  evidence: Evidence,
  { alpha = 0.05 }: ConfidenceOptions = {},
): number {
  checkShare(alpha, "alpha");
  const goal = -Math.log(alpha), { counts, lowest } = valuesOf(checkEvidence(evidence));
  let low = -1, high = 1;
  // at the lowest value itself there is no bet; just above it every other value wins
  if (logCapital(counts, { limit: low + 1e-9, lowest }) < goal) return low;
  for (let step = 0; step < 32; step++) { // to 5e-10
    const middle = (low + high) / 2;
    if (logCapital(counts, { limit: middle, lowest }) >= goal) low = middle;
    else high = middle;
  }
  return low;
}

/**
 * Logarithm of the evidence that B loses less than a margin.
 *
 * @param evidence Counts so far.
 * @param margin The loss that is accepted, as a share.
 * @returns ln E; it reaches ln(1/α) where {@linkcode lowerBound} passes −margin.
 */
export function logNonInferior(evidence: Evidence, margin: number): number {
  const { counts, lowest } = valuesOf(checkEvidence(evidence));
  return logCapital(counts, { limit: -margin, lowest });
}

function valueOf(evidence: Evidence): number {
  if (evidence.kind === "paired") {
    const { rows, onlyAWrong, onlyBWrong } = evidence;
    return rows > 0 ? (onlyAWrong - onlyBWrong) / rows : 0;
  }
  const { a, b } = evidence;
  return a.rows > 0 && b.rows > 0 ? a.errors / a.rows - b.errors / b.rows : 0;
}

/** The rows as values whose mean is the difference, and the lowest that can occur. */
function valuesOf(evidence: Evidence): { counts: ValueCount[]; lowest: number } {
  if (evidence.kind === "paired") {
    const { rows, onlyAWrong, onlyBWrong } = evidence;
    const counts = [
      { value: 1, count: onlyAWrong },
      { value: -1, count: onlyBWrong },
      { value: 0, count: rows - onlyAWrong - onlyBWrong },
    ];
    return { counts, lowest: -1 };
  }
  const { a, b, shareB: q } = evidence, right = a.rows - a.errors + b.rows - b.errors;
  const counts = [
    { value: 1 / (1 - q), count: a.errors },
    { value: -1 / q, count: b.errors },
    { value: 0, count: right },
  ];
  return { counts, lowest: -1 / q };
}

/** The same with the arms' names exchanged. */
function swapped(evidence: Evidence): Evidence {
  if (evidence.kind === "split") {
    return { kind: "split", shareB: 1 - evidence.shareB, a: evidence.b, b: evidence.a };
  }
  const { rows, onlyAWrong, onlyBWrong } = evidence;
  return { kind: "paired", rows, onlyAWrong: onlyBWrong, onlyBWrong: onlyAWrong };
}
