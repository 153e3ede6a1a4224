/**
 * Evidence that may be looked at as often as one likes: the beta-binomial e-process on errors.
 * Letters: fA and fB errors of the arms, q the share of rows that goes to B, c the concentration.
 */

import { betaln } from "./betaln.ts";
import { checkEvidence, type Evidence } from "./evidence.ts";

/** Options of {@linkcode logEvidence}. */
export interface EProcessOptions {
  /**
   * How near to "no difference" the alternatives lie that the bet is on, in errors: a large one finds
   * small differences in many rows, a small one finds large differences in few. Default 20.
   */
  readonly concentration?: number;
}

/**
 * Logarithm of the evidence E against "both arms err equally often".
 *
 * If they do, an error is one of B's with probability q, and E has mean 1 at every moment at which one
 * may stop; so it ever reaches 1/α in at most α of all such experiments, however often it is read.
 * E = B(fA + c(1−q), fB + cq) / B(c(1−q), cq) / ((1−q)^fA · q^fB). On pairs, fA and fB are the rows
 * that only one got wrong, and q is 1/2: the sequential McNemar test.
 *
 * The promise rests on q: check the split first, with `srmEvidence`.
 *
 * @param evidence Counts so far.
 * @param options See {@linkcode EProcessOptions}.
 * @returns ln E, 0 without errors. Natural logarithm, because E itself leaves the range of numbers.
 * @throws {BadInput} If the counts are none.
 * @throws {RangeError} If the concentration is not above 0.
 * @see Lindon and Malek (2022), Anytime-Valid Inference for Multinomial Count Data, NeurIPS,
 * arXiv 2011.03567. Their prior, too, is centred on q.
 *
 * @example Six errors of A against 25 of B, with equal traffic
 * ```ts
 * import assert from "node:assert/strict";
 * import { logEvidence } from "lib/experiment/mod.ts";
 *
 * const counts = { kind: "split", shareB: 0.5, a: { rows: 200, errors: 6 }, b: { rows: 200, errors: 25 } } as const;
 * assert.equal(Math.exp(logEvidence(counts)).toFixed(1), "25.2"); // above 20: believed at 5 %
 * ```
 */
export function logEvidence(
  evidence: Evidence,
  { concentration = 20 }: EProcessOptions = {},
): number {
  checkEvidence(evidence);
  if (!(concentration > 0)) {
    throw new RangeError(`Cannot bet as concentration must be above 0: ${concentration}`);
  }
  const { errorsA, errorsB, q } = errorsOf(evidence);
  const a = concentration * (1 - q), b = concentration * q;
  return betaln(errorsA + a, errorsB + b) - betaln(a, b) -
    errorsA * Math.log1p(-q) - errorsB * Math.log(q);
}

/** The errors that can tell the arms apart, and the share of them that B has if nothing does. */
export function errorsOf(evidence: Evidence): { errorsA: number; errorsB: number; q: number } {
  return evidence.kind === "paired"
    ? { errorsA: evidence.onlyAWrong, errorsB: evidence.onlyBWrong, q: 0.5 }
    : { errorsA: evidence.a.errors, errorsB: evidence.b.errors, q: evidence.shareB };
}

/** The state of an e-process at one look. */
export interface EvidenceLook {
  /** ln E at this look. */
  readonly logE: number;
  /** Always-valid p-value: 1 over the largest E so far, at most 1. */
  readonly p: number;
}

/**
 * The e-process over looks.
 *
 * @param looks Counts since the beginning, at each look.
 * @param options See {@linkcode EProcessOptions}.
 * @returns One state a look; p never rises.
 * @throws {BadInput} If counts are none.
 * @see Johari, Koomen, Pekelis and Walsh (2022), Always Valid Inference, Operations Research 70.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { evidenceLooks } from "lib/experiment/mod.ts";
 *
 * const pairs = (onlyAWrong: number, onlyBWrong: number) => ({ kind: "paired", rows: 50, onlyAWrong, onlyBWrong }) as const;
 * const [first, second] = evidenceLooks([pairs(0, 12), pairs(8, 12)]);
 * assert.ok(second.logE < first.logE && second.p === first.p);
 * ```
 */
export function evidenceLooks(
  looks: readonly Evidence[],
  options: EProcessOptions = {},
): EvidenceLook[] {
  let most = 0;
  return looks.map((counts) => {
    const logE = logEvidence(counts, options);
    most = Math.max(most, logE);
    return { logE, p: Math.exp(-most) };
  });
}

/** Whether B errs more often than its share: the direction in which the evidence points. */
export function pointsAgainstB(evidence: Evidence): boolean {
  const { errorsA, errorsB, q } = errorsOf(evidence);
  return errorsB * (1 - q) > errorsA * q;
}
