/** A/A first: two arms with one model. What they show is what the apparatus makes up. */

import type { Evidence } from "./evidence.ts";
import type { Look } from "./look.ts";
import { lookStates } from "./look_state.ts";
import { checkPlan, type ExperimentPlan } from "./plan.ts";

/** What an A/A test has shown. */
export interface AaRecord {
  /** Only `no-difference` lets an A/B test count. */
  readonly result: "no-difference" | "difference" | "undecided" | "stopped: srm";
  /** In plain language. */
  readonly sentence: string;
  /** Rows with a label. */
  readonly rows: number;
  /** Always-valid p-value for a difference. */
  readonly p: number;
  /** Always-valid p-value for the split. */
  readonly srmP: number;
  /** How often it was looked at. */
  readonly looks: number;
}

/**
 * Judges an A/A test.
 *
 * @param looks Counts since the beginning, at each look; both arms run the same model.
 * @param plan The rules; `minRows` is how many rows it takes to say that there is no difference.
 * @returns The record, a finding and never an exception.
 * @throws {BadInput} If the plan or the looks are none.
 * @see Kohavi, Tang and Xu (2020), Trustworthy Online Controlled Experiments, chapter 19.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkAa, DEFAULT_PLAN } from "lib/experiment/mod.ts";
 *
 * const look = { from: "2026-01-01T00:00Z", to: "2026-01-02T00:00Z", requests: { a: 150, b: 150 } };
 * const evidence = { kind: "split", shareB: 0.5, a: { rows: 150, errors: 6 }, b: { rows: 150, errors: 8 } } as const;
 * assert.equal(checkAa([{ ...look, evidence }], DEFAULT_PLAN).result, "no-difference");
 * ```
 */
export function checkAa(looks: readonly Look<Evidence>[], plan: ExperimentPlan): AaRecord {
  checkPlan(plan);
  const states = lookStates(looks, plan), last = states.at(-1);
  const found = { rows: last?.rows ?? 0, p: last?.p ?? 1, srmP: last?.srmP ?? 1 };
  const record = (result: AaRecord["result"], sentence: string) => ({
    ...{ result, sentence },
    ...found,
    looks: states.length,
  });
  if (found.srmP <= plan.srmAlpha) {
    return record(
      "stopped: srm",
      "The traffic does not split as configured: mend that first.",
    );
  }
  if (found.p <= plan.alpha) {
    return record(
      "difference",
      `The same model differs from itself after ${found.rows} rows: the apparatus makes it up.`,
    );
  }
  const missing = plan.minRows - found.rows;
  return missing > 0
    ? record("undecided", `Needs ${missing} more rows with a label.`)
    : record("no-difference", `The same model does not differ from itself in ${found.rows} rows.`);
}
