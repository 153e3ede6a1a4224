/** The decision of an A/B test, as a record: it may be asked for at every look. */

import type { AaRecord } from "./aa.ts";
import type { Evidence } from "./evidence.ts";
import type { Look } from "./look.ts";
import { type LookState, lookStates } from "./look_state.ts";
import { checkPlan, DEFAULT_PLAN, type ExperimentPlan } from "./plan.ts";
import { rowsNeeded } from "./rows_needed.ts";

export type { LookState } from "./look_state.ts";

/** What a decision rests on. */
export interface ExperimentInput {
  /** The A/A test that went before; without one nothing counts. */
  readonly aa?: AaRecord;
  /** Counts since the beginning, at each look. */
  readonly looks: readonly Look<Evidence>[];
  /** The rules. Default {@linkcode DEFAULT_PLAN}. */
  readonly plan?: ExperimentPlan;
}

/** What may be decided. */
export type ExperimentOutcome =
  | "b-better"
  | "b-worse"
  | "non-inferior"
  | "undecided"
  | "stopped: srm";

/** The decision. */
export interface ExperimentDecision {
  /** What the rows say. */
  readonly decision: ExperimentOutcome;
  /** Whether the test is over: more rows change nothing any more. */
  readonly final: boolean;
  /** In plain language. */
  readonly sentence: string;
  /** The numbers at the look at which it was decided; null before the first. */
  readonly numbers: LookState | null;
  /** Rows that are missing: to the least number or, if what comes is like what came, to a finding. */
  readonly moreRows: number | null;
  /** Every look up to the decision; later ones do not count. */
  readonly looks: readonly LookState[];
  /** What the A/A test had shown; null without one. */
  readonly aa: AaRecord["result"] | null;
  /** The rules. */
  readonly plan: ExperimentPlan;
}

/**
 * Decides an A/B test.
 *
 * In this order: the A/A test must have found nothing; the traffic must split as configured; there
 * must be the least number of rows. Then the first look decides at which B is shown to be better or
 * worse (evidence 1/α), to lose less than the margin (if that is the goal), or to have no worthwhile
 * gain any more; at the last, the greatest number of rows. Who looks at every row and who looks once
 * a week run the same risk: `b-better` or `b-worse` is wrong for at most α of equal arms, `non-inferior`
 * for at most α of arms that lose the margin.
 *
 * @param input See {@linkcode ExperimentInput}.
 * @returns The decision, a finding and never an exception.
 * @throws {BadInput} If the plan is none, or the looks are not those of one growing window.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkAa, decideExperiment, DEFAULT_PLAN } from "lib/experiment/mod.ts";
 *
 * const look = (a: number, b: number) => ({
 *   ...{ from: "2026-01-01T00:00Z", to: "2026-01-02T00:00Z", requests: { a: 500, b: 500 } },
 *   evidence: { kind: "split", shareB: 0.5, a: { rows: 500, errors: a }, b: { rows: 500, errors: b } } as const,
 * });
 * const aa = checkAa([look(25, 26)], DEFAULT_PLAN);
 * assert.equal(decideExperiment({ aa, looks: [look(25, 60)] }).decision, "b-worse");
 * assert.equal(decideExperiment({ looks: [look(25, 60)] }).decision, "undecided"); // no A/A test
 * ```
 */
export function decideExperiment(
  { aa, looks, plan = DEFAULT_PLAN }: ExperimentInput,
): ExperimentDecision {
  checkPlan(plan);
  const states = lookStates(looks, plan), goal = -Math.log(plan.alpha);
  const record = (
    at: number,
    decision: ExperimentOutcome,
    sentence: string,
    { final = true, moreRows = null }: { final?: boolean; moreRows?: number | null } = {},
  ): ExperimentDecision => ({
    ...{ decision, final, sentence, moreRows },
    numbers: states[at] ?? null,
    looks: states.slice(0, at + 1),
    aa: aa?.result ?? null,
    plan,
  });
  const last = states.length - 1;
  if (aa?.result !== "no-difference") {
    const why = aa ? `the A/A test ended with "${aa.result}"` : "there was no A/A test";
    return record(last, "undecided", `The A/B test does not count, because ${why}.`, {
      final: false,
    });
  }
  for (const [i, state] of states.entries()) {
    if (state.srmP <= plan.srmAlpha) return record(i, "stopped: srm", splitSentence(looks[i]));
    if (state.rows < plan.minRows) continue;
    if (state.logE >= goal) {
      return state.against
        ? record(i, "b-worse", `B is worse: ${spread(state)}. Keep A.`)
        : record(i, "b-better", `B is better: ${spread(state)}. Switch to B.`);
    }
    const loses = state.logNonInferior >= goal, limit = points(plan.margin);
    if (loses && plan.goal === "non-inferiority") {
      return record(i, "non-inferior", `B loses less than ${limit}: ${spread(state)}.`);
    }
    const isFutile = plan.goal === "superiority" && state.high < plan.worthwhile;
    if (!isFutile && state.rows < plan.maxRows) continue;
    const end = isFutile
      ? `a gain of ${points(plan.worthwhile)} is ruled out after ${state.rows} rows`
      : `no decision within ${plan.maxRows} rows`;
    const moreRows = missing(looks[i].evidence, plan);
    if (loses) {
      const sentence = `Keep A: ${end}; B loses less than ${limit}: ${spread(state)}.`;
      return record(i, "non-inferior", sentence, { moreRows });
    }
    return record(i, "undecided", `Keep A: ${end}. ${more(moreRows)}`, { moreRows });
  }
  return underway(record, { state: states[last], evidence: looks[last]?.evidence, plan, last });
}

function underway(
  record: (
    at: number,
    decision: ExperimentOutcome,
    sentence: string,
    options: { final: boolean; moreRows: number | null },
  ) => ExperimentDecision,
  { state, evidence, plan, last }: {
    state?: LookState;
    evidence?: Evidence;
    plan: ExperimentPlan;
    last: number;
  },
): ExperimentDecision {
  const rows = state?.rows ?? 0, tooFew = plan.minRows - rows;
  if (tooFew > 0) {
    const sentence = `Undecided: needs ${tooFew} more rows with a label.`;
    return record(last, "undecided", sentence, { final: false, moreRows: tooFew });
  }
  const moreRows = missing(evidence!, plan);
  const sentence = `Undecided after ${rows} rows: ${spread(state!)}. ${more(moreRows)}`;
  return record(last, "undecided", sentence, { final: false, moreRows });
}

function missing(evidence: Evidence, { alpha, margin, goal }: ExperimentPlan): number | null {
  const finding = goal === "superiority" ? "difference" : "non-inferiority";
  return rowsNeeded(evidence, { finding, alpha, margin });
}

function more(rows: number | null): string {
  return rows === null
    ? "As it stands no number of rows would decide."
    : `As it stands, about ${rows} more rows would decide.`;
}

function splitSentence({ requests: { a, b }, evidence }: Look<Evidence>): string {
  const share = evidence.kind === "split" ? evidence.shareB : 0.5;
  const got = a + b > 0 ? b / (a + b) : 0;
  return `Stopped: B got ${percent(got)} of ${a + b} requests instead of ${percent(share)}. ` +
    "Mend the split; the accuracies say nothing.";
}

function spread({ difference, low, high }: LookState): string {
  return `accuracy changes by ${signed(difference)}, between ${signed(low)} and ${signed(high)}`;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${(100 * share).toFixed(1)} points`;
}

function signed(share: number): string {
  const text = (100 * Math.abs(share)).toFixed(1);
  return `${text === "0.0" ? "" : share > 0 ? "+" : "−"}${text} points`;
}
