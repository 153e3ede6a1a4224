/** Rows that a test with one look at the end needs: the classical formulas. */

// @ts-types="./jstat.d.ts"
import jstat from "jstat";
import { BadInput } from "lib/core/mod.ts";
import { checkShare } from "./evidence.ts";

/** What a test is to find, and how surely. */
export interface FixedPowerOptions {
  /** Accuracy of A, above 0 and below 1. */
  readonly baseline: number;
  /** Accuracy of B minus accuracy of A, not 0. */
  readonly difference: number;
  /** Share of false alarms, two-sided. Default 0.05. */
  readonly alpha?: number;
  /** Share of real differences found. Default 0.8. */
  readonly power?: number;
}

/**
 * Rows per arm for the two-sided z-test of two shares, with one look at the end.
 *
 * @param options See {@linkcode FixedPowerOptions}.
 * @returns Rows per arm, not rounded.
 * @throws {BadInput} If a share is none, or B's accuracy would not be from 0 to 1.
 * @see Fleiss, Levin and Paik (2003), Statistical Methods for Rates and Proportions, formula 4.14.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fixedRows } from "lib/experiment/mod.ts";
 *
 * assert.equal(Math.ceil(fixedRows({ baseline: 0.95, difference: -0.05 })), 435);
 * ```
 */
export function fixedRows(options: FixedPowerOptions): number {
  const { p1, p2, d, zAlpha, zBeta } = partsOf(options), pooled = (p1 + p2) / 2;
  const none = Math.sqrt(2 * pooled * (1 - pooled));
  const some = Math.sqrt(p1 * (1 - p1) + p2 * (1 - p2));
  return ((zAlpha * none + zBeta * some) / d) ** 2;
}

/**
 * Pairs for McNemar's test, with one look at the end.
 *
 * @param options See {@linkcode FixedPowerOptions}; `disagreement`: share of the rows that just one
 * of the two gets wrong.
 * @returns Pairs, not rounded; times the disagreement they are the discordant ones.
 * @throws {BadInput} If a share is none, or the disagreement is smaller than the difference.
 * @see Connor (1987), Sample size for testing differences in proportions for the paired-sample design,
 * Biometrics 43.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fixedPairs } from "lib/experiment/mod.ts";
 *
 * assert.equal(Math.ceil(fixedPairs({ baseline: 0.95, difference: -0.05, disagreement: 0.07 })), 218);
 * ```
 */
export function fixedPairs(options: FixedPowerOptions & { readonly disagreement: number }): number {
  const { d, zAlpha, zBeta } = partsOf(options), { disagreement } = options;
  if (!(disagreement >= Math.abs(d) - 1e-12 && disagreement <= 1)) {
    const rule = "must be at least the difference, and at most 1";
    throw new BadInput({ field: "disagreement", rule, value: disagreement });
  }
  const some = Math.sqrt(Math.max(0, disagreement - d * d));
  return ((zAlpha * Math.sqrt(disagreement) + zBeta * some) / d) ** 2;
}

function partsOf(
  { baseline, difference: d, alpha = 0.05, power = 0.8 }: FixedPowerOptions,
) {
  checkShare(baseline, "baseline");
  checkShare(alpha, "alpha");
  checkShare(power, "power");
  const other = baseline + d;
  if (!(d !== 0 && other >= 0 && other <= 1)) {
    const rule = "must not be 0, and leave B an accuracy from 0 to 1";
    throw new BadInput({ field: "difference", rule, value: d });
  }
  const { inv } = jstat.jStat.normal;
  return { p1: baseline, p2: other, d, zAlpha: inv(1 - alpha / 2, 0, 1), zBeta: inv(power, 0, 1) };
}
