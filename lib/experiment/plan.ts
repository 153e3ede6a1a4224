/** What is settled before an experiment begins, and not touched afterwards. */

import { BadInput } from "lib/core/mod.ts";
import { checkShare } from "./evidence.ts";

/** The rules of an experiment. */
export interface ExperimentPlan {
  /** Share of experiments that say something wrong; each kind of statement has it for itself. */
  readonly alpha: number;
  /** The same for the guard over the split. */
  readonly srmAlpha: number;
  /** Loss of accuracy that is accepted, as a share. */
  readonly margin: number;
  /** What B has to show: that it is better, or that it loses less than the margin. */
  readonly goal: "superiority" | "non-inferiority";
  /** Gain of accuracy below which nobody would switch, as a share; for the goal superiority. */
  readonly worthwhile: number;
  /** Rows with a label, both arms together, before anything is said. */
  readonly minRows: number;
  /** Rows with a label, both arms together, after which it ends. */
  readonly maxRows: number;
}

/** A plan that suits a demo: two points of accuracy are found in some thousand rows. */
export const DEFAULT_PLAN: ExperimentPlan = {
  alpha: 0.05,
  srmAlpha: 0.01,
  margin: 0.02,
  goal: "superiority",
  worthwhile: 0,
  minRows: 200,
  maxRows: 10_000,
};

/**
 * Checks a plan.
 *
 * @param plan The plan.
 * @returns The same.
 * @throws {BadInput} If a limit is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkPlan, DEFAULT_PLAN } from "lib/experiment/mod.ts";
 *
 * assert.throws(() => checkPlan({ ...DEFAULT_PLAN, minRows: 20_000 }), /minRows must be .* up to maxRows: got 20000/);
 * ```
 */
export function checkPlan(plan: ExperimentPlan): ExperimentPlan {
  checkShare(plan.alpha, "alpha");
  checkShare(plan.srmAlpha, "srmAlpha");
  checkShare(plan.margin, "margin");
  const { worthwhile, minRows, maxRows, goal } = plan;
  if (goal !== "superiority" && goal !== "non-inferiority") {
    const rule = "must be superiority or non-inferiority";
    throw new BadInput({ field: "goal", rule, value: goal });
  }
  if (!(worthwhile >= 0 && worthwhile < 1)) {
    const rule = "must be from 0 to below 1";
    throw new BadInput({ field: "worthwhile", rule, value: worthwhile });
  }
  if (!(Number.isInteger(maxRows) && maxRows >= 1)) {
    const rule = "must be a whole number from 1 on";
    throw new BadInput({ field: "maxRows", rule, value: maxRows });
  }
  if (!(Number.isInteger(minRows) && minRows >= 1 && minRows <= maxRows)) {
    const rule = "must be a whole number from 1 up to maxRows";
    throw new BadInput({ field: "minRows", rule, value: minRows });
  }
  return plan;
}
