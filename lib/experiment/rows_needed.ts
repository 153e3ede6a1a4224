/** How many more rows a finding would take, if what comes is like what came. */

import { logNonInferior } from "./confidence.ts";
import { logEvidence } from "./eprocess.ts";
import { type Evidence, rowsOf } from "./evidence.ts";

/** What shall be found. */
export interface Wanted {
  /** A difference, in whichever direction; or that B loses less than the margin. */
  readonly finding: "difference" | "non-inferiority";
  /** The level. */
  readonly alpha: number;
  /** The loss that is accepted, for non-inferiority, as a share. */
  readonly margin: number;
}

/** Nobody waits for more rows than this. */
const MOST = 1e8;

/**
 * Rows that are missing until the finding, were all counts to grow in proportion. A plan, no promise.
 *
 * @param evidence Counts so far.
 * @param wanted See {@linkcode Wanted}.
 * @returns Rows, of both arms together or pairs; 0 where it is found; null where no number would do,
 * or there are no rows to go by.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rowsNeeded } from "lib/experiment/mod.ts";
 *
 * const wanted = { finding: "non-inferiority", alpha: 0.05, margin: 0.05 } as const;
 * const missing = rowsNeeded({ kind: "paired", rows: 60, onlyAWrong: 0, onlyBWrong: 0 }, wanted);
 * assert.ok(missing! > 50 && missing! < 100);
 * assert.equal(rowsNeeded({ kind: "paired", rows: 60, onlyAWrong: 0, onlyBWrong: 9 }, wanted), null);
 * ```
 */
export function rowsNeeded(
  evidence: Evidence,
  { finding, alpha, margin }: Wanted,
): number | null {
  const rows = rowsOf(evidence), goal = -Math.log(alpha);
  if (rows === 0) return null;
  const found = (times: number) => {
    const counts = scaled(evidence, times);
    const log = finding === "difference" ? logEvidence(counts) : logNonInferior(counts, margin);
    return log >= goal;
  };
  if (found(1)) return 0;
  let low = 1, high = 2;
  while (!found(high)) {
    [low, high] = [high, high * 2];
    if (high * rows > MOST) return null;
  }
  while ((high - low) * rows > 0.5) {
    const middle = (low + high) / 2;
    if (found(middle)) high = middle;
    else low = middle;
  }
  return Math.ceil((high - 1) * rows);
}

function scaled(evidence: Evidence, times: number): Evidence {
  if (evidence.kind === "paired") {
    const { rows, onlyAWrong, onlyBWrong } = evidence;
    return {
      kind: "paired",
      rows: rows * times,
      onlyAWrong: onlyAWrong * times,
      onlyBWrong: onlyBWrong * times,
    };
  }
  const { kind, shareB, a, b } = evidence;
  return {
    kind,
    shareB,
    a: { rows: a.rows * times, errors: a.errors * times },
    b: { rows: b.rows * times, errors: b.errors * times },
  };
}
