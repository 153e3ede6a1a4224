/** From answered rows to the counts of a look: the same window for both arms, matured labels only. */

import { BadInput } from "lib/core/mod.ts";
import type { SplitEvidence } from "./evidence.ts";

/** One answered request. */
export interface AnsweredRow {
  /** When it was answered, ISO 8601. */
  readonly at: string;
  /** Who answered. */
  readonly arm: "a" | "b";
  /** Whether the answer was right; null where no label has come. */
  readonly correct: boolean | null;
}

/** The window of a look. */
export interface LookWindow {
  /** First instant, ISO 8601. */
  readonly from: string;
  /** First instant behind it, ISO 8601. */
  readonly to: string;
  /** The present instant, ISO 8601. */
  readonly now: string;
  /** Hours after which a label has come, if it comes at all. */
  readonly maturityHours: number;
  /** Share of the traffic that goes to B, above 0 and below 1. */
  readonly shareB: number;
}

/** What an experiment has shown by a look, since its beginning. */
export interface Look<E = SplitEvidence> {
  /** First instant of the window, ISO 8601. */
  readonly from: string;
  /** First instant behind it. */
  readonly to: string;
  /** Requests that each arm got in the window, with or without a label. */
  readonly requests: { readonly a: number; readonly b: number };
  /** Rows with a label, and errors. */
  readonly evidence: E;
}

/**
 * Counts a look.
 *
 * Labels of the last hours are still on their way, and often the easy or the bad ones come first. So
 * the window has to end before the time that a label takes, and it is one window for both arms.
 *
 * @param rows Answered requests, in any order; those outside of the window are left out.
 * @param window See {@linkcode LookWindow}.
 * @returns The look.
 * @throws {BadInput} If the window is empty, its labels have not matured, or an instant is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countLook } from "lib/experiment/mod.ts";
 *
 * const window = { from: "2026-01-01T00:00Z", to: "2026-01-02T00:00Z", maturityHours: 24, shareB: 0.5 };
 * const rows = [{ at: "2026-01-01T08:00Z", arm: "b", correct: false }, { at: "2026-01-01T09:00Z", arm: "a", correct: null }] as const;
 * const { requests, evidence } = countLook(rows, { ...window, now: "2026-01-03T00:00Z" });
 * assert.deepEqual([requests, evidence.b], [{ a: 1, b: 1 }, { rows: 1, errors: 1 }]);
 * assert.throws(() => countLook(rows, { ...window, now: "2026-01-02T12:00Z" }), /must end 24 hours ago/);
 * ```
 */
export function countLook(
  rows: readonly AnsweredRow[],
  { from, to, now, maturityHours, shareB }: LookWindow,
): Look {
  const first = instant(from, "from"), end = instant(to, "to"), present = instant(now, "now");
  if (!(first < end)) {
    throw new BadInput({ field: "window", rule: `must begin before ${to}`, value: from });
  }
  if (!(end + maturityHours * 3_600_000 <= present)) {
    const rule = `must end ${maturityHours} hours ago, or its labels have not matured`;
    throw new BadInput({ field: "window", rule, value: to });
  }
  const requests = { a: 0, b: 0 };
  const counts = { a: { rows: 0, errors: 0 }, b: { rows: 0, errors: 0 } };
  for (const { at, arm, correct } of rows) {
    const moment = instant(at, "at");
    if (moment < first || moment >= end) continue;
    requests[arm]++;
    if (correct === null) continue;
    counts[arm].rows++;
    if (!correct) counts[arm].errors++;
  }
  return { from, to, requests, evidence: { kind: "split", shareB, ...counts } };
}

/** An instant as milliseconds. */
export function instant(text: string, field: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new BadInput({ field, rule: "must be an ISO 8601 instant", value: text });
  }
  return at;
}
