/** Is one error rate higher than another, beyond chance? Exact, so that few rows do no harm. */

/** Errors among rows. */
export interface ErrorCount {
  /** How many were wrong. */
  readonly errors: number;
  /** Of how many. */
  readonly rows: number;
}

/**
 * One-sided permutation test of two error counts, in closed form: of all ways to deal the errors of both
 * groups out over their rows, the share that gives the first group as many as it has, or more. This is
 * Fisher's exact test.
 *
 * @param suspect Errors of the group that may be worse.
 * @param trusted Errors of the group that it is held against.
 * @returns The p-value, in (0, 1]; 1 where a group has no rows.
 * @throws {RangeError} If a count is no whole number, or there are more errors than rows.
 * @see Fisher (1935), The Design of Experiments, chapter 2: the lady tasting tea.
 *
 * @example The lady gets three of four cups right: 17 of 70
 * ```ts
 * import assert from "node:assert/strict";
 * import { excessP } from "lib/monitoring/mod.ts";
 *
 * assert.equal(excessP({ errors: 3, rows: 4 }, { errors: 1, rows: 4 }).toFixed(6), (17 / 70).toFixed(6));
 * ```
 */
export function excessP(suspect: ErrorCount, trusted: ErrorCount): number {
  checkCount(suspect);
  checkCount(trusted);
  const errors = suspect.errors + trusted.errors, rows = suspect.rows + trusted.rows;
  const most = Math.min(errors, suspect.rows);
  const all = logChoose(rows, errors);
  let p = 0;
  for (let k = suspect.errors; k <= most; k++) {
    p += Math.exp(logChoose(suspect.rows, k) + logChoose(trusted.rows, errors - k) - all);
  }
  return Math.min(1, p);
}

/**
 * The largest error rate that still goes with what was seen.
 *
 * @param seen Errors among rows.
 * @param level Confidence of the bound. Default 0.95.
 * @returns Upper bound of Clopper and Pearson, one-sided, as a share; 1 where there are no rows.
 * @throws {RangeError} If a count is no whole number, or there are more errors than rows.
 * @see Clopper and Pearson (1934), Biometrika 26.
 *
 * @example No error in 59 rows: at most 5 %
 * ```ts
 * import assert from "node:assert/strict";
 * import { errorBound } from "lib/monitoring/mod.ts";
 *
 * assert.ok(errorBound({ errors: 0, rows: 59 }) < 0.05);
 * assert.ok(errorBound({ errors: 0, rows: 58 }) > 0.05);
 * ```
 */
export function errorBound(seen: ErrorCount, level = 0.95): number {
  checkCount(seen);
  const { errors, rows } = seen;
  if (errors === rows) return 1;
  const atMost = (share: number) => {
    let p = 0;
    for (let k = 0; k <= errors; k++) {
      p += Math.exp(logChoose(rows, k) + k * Math.log(share) + (rows - k) * Math.log1p(-share));
    }
    return p;
  };
  let low = 0, high = 1;
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (atMost(middle) > 1 - level) low = middle;
    else high = middle;
  }
  return high;
}

function checkCount({ errors, rows }: ErrorCount): void {
  const isWhole = [errors, rows].every((count) => Number.isSafeInteger(count) && count >= 0);
  if (!isWhole || errors > rows) {
    throw new RangeError(`Cannot count as errors must be from 0 to the rows: ${errors} of ${rows}`);
  }
}

function logChoose(n: number, k: number): number {
  let log = 0;
  for (let i = 1; i <= Math.min(k, n - k); i++) log += Math.log((n - i + 1) / i);
  return log;
}
