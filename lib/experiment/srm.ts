/** Sample ratio mismatch: whether the traffic really splits as configured. Read before any metric. */

import { BadInput } from "lib/core/mod.ts";
import { betaln } from "./betaln.ts";

/** How the traffic fell. */
export interface SrmInput {
  /** Requests of each arm. (k) */
  readonly counts: readonly number[];
  /** Shares as configured, 1 in sum. (k) */
  readonly shares: readonly number[];
}

/** Options of {@linkcode srmEvidence}. */
export interface SrmOptions {
  /** How near to the configured split the alternatives lie that the bet is on. Default 100. */
  readonly concentration?: number;
}

/**
 * Logarithm of the evidence E that the traffic does not split as configured: Dirichlet–multinomial
 * against multinomial. It ever reaches 1/α in at most α of all sound splits, however often it is read.
 *
 * A split that is off makes every metric void, whatever it says: who is missing is not missing by chance.
 *
 * @param input See {@linkcode SrmInput}.
 * @param options See {@linkcode SrmOptions}.
 * @returns ln E, 0 without requests.
 * @throws {BadInput} If counts or shares are none, or there are not two or more of each.
 * @see Lindon and Malek (2022), NeurIPS, arXiv 2011.03567; Fabijan et al. (2019), Diagnosing Sample
 * Ratio Mismatch, KDD.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { srmEvidence } from "lib/experiment/mod.ts";
 *
 * const shares = [0.5, 0.5];
 * assert.ok(srmEvidence({ counts: [510, 490], shares }) < Math.log(100));
 * assert.ok(srmEvidence({ counts: [600, 400], shares }) > Math.log(100));
 * ```
 */
export function srmEvidence(
  { counts, shares }: SrmInput,
  { concentration = 100 }: SrmOptions = {},
): number {
  checkSplit(counts, shares);
  if (!(concentration > 0)) {
    throw new RangeError(`Cannot bet as concentration must be above 0: ${concentration}`);
  }
  // the k-fold beta function, arm by arm: B(α1, α2, …) = B(α1, α2) · B(α1 + α2, α3) · …
  let log = 0, before = concentration * shares[0], beforeWith = before + counts[0];
  for (let i = 1; i < counts.length; i++) {
    const own = concentration * shares[i], ownWith = own + counts[i];
    log += betaln(beforeWith, ownWith) - betaln(before, own);
    before += own;
    beforeWith += ownWith;
  }
  counts.forEach((count, i) => log -= count * Math.log(shares[i]));
  return log;
}

function checkSplit(counts: readonly number[], shares: readonly number[]): void {
  const fail = (field: string, rule: string, value: unknown) => {
    throw new BadInput({ field, rule, value });
  };
  if (counts.length < 2 || counts.length !== shares.length) {
    fail("counts and shares", "must be two or more, one share for each count", [counts, shares]);
  }
  if (!counts.every((count) => Number.isInteger(count) && count >= 0)) {
    fail("counts", "must be whole numbers from 0 on", counts);
  }
  const sum = shares.reduce((all, share) => all + share, 0);
  if (!shares.every((share) => share > 0) || Math.abs(sum - 1) > 1e-9) {
    fail("shares", "must be above 0 and 1 in sum", shares);
  }
}
