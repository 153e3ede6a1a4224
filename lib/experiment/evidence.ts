/** What two arms have shown so far: counts, and nothing else. */

import { BadInput } from "lib/core/mod.ts";

/** One arm: rows with a label, and how many of them the model got wrong. */
export interface ArmCounts {
  /** Rows whose label is known. */
  readonly rows: number;
  /** Wrong answers among them. */
  readonly errors: number;
}

/** Each row went to one arm, by chance. */
export interface SplitEvidence {
  /** Tells the two kinds apart. */
  readonly kind: "split";
  /** Share of the rows that goes to B by configuration, above 0 and below 1. */
  readonly shareB: number;
  /** Arm A: what serves now. */
  readonly a: ArmCounts;
  /** Arm B: what wants to. */
  readonly b: ArmCounts;
}

/** Each row was answered by both: mirrored, or scored again. */
export interface PairedEvidence {
  /** Tells the two kinds apart. */
  readonly kind: "paired";
  /** Rows whose label is known. */
  readonly rows: number;
  /** Rows that only A got wrong. */
  readonly onlyAWrong: number;
  /** Rows that only B got wrong. */
  readonly onlyBWrong: number;
}

/** What two arms have shown so far. */
export type Evidence = SplitEvidence | PairedEvidence;

/** Rows that the evidence rests on: of both arms together, or pairs. */
export function rowsOf(evidence: Evidence): number {
  return evidence.kind === "paired" ? evidence.rows : evidence.a.rows + evidence.b.rows;
}

/**
 * Checks counts that came from outside.
 *
 * @param evidence The counts.
 * @returns The same.
 * @throws {BadInput} If a count is below 0, errors are more than rows, or the share is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkEvidence } from "lib/experiment/mod.ts";
 *
 * const bad = { kind: "paired", rows: 3, onlyAWrong: 2, onlyBWrong: 2 } as const;
 * assert.throws(() => checkEvidence(bad), /onlyAWrong and onlyBWrong must be at most rows together: got 4/);
 * ```
 */
export function checkEvidence<T extends Evidence>(evidence: T): T {
  const counts = evidence.kind === "paired"
    ? {
      rows: evidence.rows,
      onlyAWrong: evidence.onlyAWrong,
      onlyBWrong: evidence.onlyBWrong,
    }
    : {
      "a.rows": evidence.a.rows,
      "a.errors": evidence.a.errors,
      "b.rows": evidence.b.rows,
      "b.errors": evidence.b.errors,
    };
  for (const [field, value] of Object.entries(counts)) {
    if (!(Number.isFinite(value) && value >= 0)) {
      throw new BadInput({ field, rule: "must be a number from 0 on", value });
    }
  }
  if (evidence.kind === "paired") {
    const { rows, onlyAWrong, onlyBWrong } = evidence;
    if (onlyAWrong + onlyBWrong <= rows) return evidence;
    const field = "onlyAWrong and onlyBWrong", rule = "must be at most rows together";
    throw new BadInput({ field, rule, value: onlyAWrong + onlyBWrong });
  }
  checkShare(evidence.shareB, "shareB");
  for (const arm of ["a", "b"] as const) {
    const { rows, errors } = evidence[arm];
    if (errors <= rows) continue;
    throw new BadInput({ field: `${arm}.errors`, rule: `must be at most ${rows}`, value: errors });
  }
  return evidence;
}

/** Checks a share or a level: above 0 and below 1. */
export function checkShare(value: number, field: string): number {
  if (value > 0 && value < 1) return value;
  throw new BadInput({ field, rule: "must be above 0 and below 1", value });
}
