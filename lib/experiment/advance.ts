/** The rule of a rollout: advance, hold or roll back, by what a step has shown. */

import { BadInput } from "lib/core/mod.ts";
import { logCapital } from "./betting.ts";
import { logNonInferior, lowerBound } from "./confidence.ts";
import { logEvidence, pointsAgainstB } from "./eprocess.ts";
import { type ArmCounts, checkEvidence, type Evidence, rowsOf } from "./evidence.ts";
import type { LatencyEvidence } from "./latency.ts";
import {
  checkRolloutPolicy,
  DEFAULT_ROLLOUT_POLICY,
  type RolloutPolicy,
} from "./rollout_policy.ts";
import { rowsNeeded } from "./rows_needed.ts";

/** What a step has shown so far. */
export interface StepEvidence {
  /** Errors on rows with a label, blue as A and green as B; null where there are none yet. */
  readonly quality: Evidence | null;
  /** Requests and failed requests (status 5xx or no answer). */
  readonly requests: {
    /** Share of these requests that goes to green: 1/2 for mirrored ones, which both get; 1 without blue. */
    readonly shareGreen: number;
    /** Blue's. */
    readonly blue: ArmCounts;
    /** Green's. */
    readonly green: ArmCounts;
  };
  /** Latencies as counts, see `countLatency`. */
  readonly latency: LatencyEvidence;
}

/** What is looked at. */
export type RolloutCriterion = "quality" | "errors" | "latency";

/** What one criterion says. */
export interface RolloutReason {
  /** Which. */
  readonly criterion: RolloutCriterion;
  /** What it says. */
  readonly verdict: "advance" | "hold" | "roll-back";
  /** In plain language. */
  readonly sentence: string;
  /** Rows or requests that are missing; null where none are, or no number would do. */
  readonly needs: number | null;
}

/** What is to be done. */
export interface RolloutVerdict {
  /** Roll back if one criterion says so, advance if all do, otherwise hold. */
  readonly decision: "advance" | "hold" | "roll-back";
  /** In plain language. */
  readonly sentence: string;
  /** Every criterion; none is skipped because another has spoken. */
  readonly reasons: readonly RolloutReason[];
}

/** Tests that may roll back, at each step: quality, errors twice, latency twice. */
const TESTS = 5;

/**
 * Decides a step. It may be asked again whenever there is more evidence.
 *
 * Rolling back needs proof, at alpha / (steps · 5) each, so that a sound green is rolled back in at
 * most alpha of the rollouts. Advancing needs proof as well, that green loses less than the margin;
 * it is asked at every step, so a green that loses more has to be lucky each time. In between it holds
 * and says what is missing. What blue does as badly is no reason to go back to blue.
 *
 * @param evidence See {@linkcode StepEvidence}.
 * @param policy See {@linkcode RolloutPolicy}.
 * @returns The verdict, a finding and never an exception.
 * @throws {BadInput} If counts or limits are none.
 *
 * @example A green that fails every tenth request
 * ```ts
 * import assert from "node:assert/strict";
 * import { advance } from "lib/experiment/mod.ts";
 *
 * const { decision, sentence } = advance({
 *   quality: { kind: "paired", rows: 200, onlyAWrong: 1, onlyBWrong: 2 },
 *   requests: { shareGreen: 0.5, blue: { rows: 200, errors: 0 }, green: { rows: 200, errors: 20 } },
 *   latency: { rows: 200, greenP95Ms: 20, blueP95Ms: 18, overObjective: 0, overBlue: 3 },
 * });
 * assert.equal(decision, "roll-back");
 * assert.equal(sentence, "Roll back: green fails 10.0 % of 200 requests, blue 0.0 %.");
 * ```
 */
export function advance(
  evidence: StepEvidence,
  policy: RolloutPolicy = DEFAULT_ROLLOUT_POLICY,
): RolloutVerdict {
  checkRolloutPolicy(policy);
  const proof = -Math.log(policy.alpha / (policy.steps * TESTS));
  const reasons = [
    quality(evidence, policy, proof),
    errors(evidence.requests, policy, proof),
    latency(evidence.latency, policy, proof),
  ];
  const of = (wanted: RolloutReason["verdict"]) =>
    reasons.filter(({ verdict }) => verdict === wanted);
  const [decision, named] = of("roll-back").length > 0
    ? ["roll-back", of("roll-back")] as const
    : of("hold").length > 0
    ? ["hold", of("hold")] as const
    : ["advance", reasons] as const;
  const word = { "roll-back": "Roll back", hold: "Hold", advance: "Advance" }[decision];
  return {
    decision,
    sentence: `${word}: ${named.map(({ sentence }) => sentence).join("; ")}.`,
    reasons,
  };
}

function quality(
  { quality, requests }: StepEvidence,
  { margin, missAlpha }: RolloutPolicy,
  proof: number,
): RolloutReason {
  const criterion = "quality";
  if (quality === null || rowsOf(quality) === 0) {
    return requests.shareGreen === 1
      ? {
        ...{ criterion, verdict: "advance", needs: null },
        sentence: "blue answers nothing any more that green could be compared with",
      }
      : { criterion, verdict: "hold", needs: null, sentence: "no row with a label has come yet" };
  }
  checkEvidence(quality);
  const rows = rowsOf(quality), limit = percent(margin).replace(" %", " points");
  if (logNonInferior(quality, margin) >= -Math.log(missAlpha)) {
    const worst = 100 * Math.max(0, -lowerBound(quality, { alpha: missAlpha }));
    const sentence = `green loses at most ${worst.toFixed(1)} points of accuracy on ${rows} rows`;
    return { criterion, verdict: "advance", sentence, needs: null };
  }
  if (pointsAgainstB(quality) && logEvidence(quality) >= proof) {
    const [blue, green] = quality.kind === "paired"
      ? [quality.onlyAWrong, quality.onlyBWrong]
      : [quality.a.errors, quality.b.errors];
    const only = quality.kind === "paired" ? "alone " : "";
    const sentence = `green is worse: ${only}wrong in ${green} rows, blue ${only}in ${blue}, ` +
      `of ${rows} rows with a label`;
    return { criterion, verdict: "roll-back", sentence, needs: null };
  }
  const wanted = { finding: "non-inferiority", alpha: missAlpha, margin } as const;
  const needs = rowsNeeded(quality, wanted);
  const sentence = needs === null
    ? `as it stands no number of rows would show that green loses less than ${limit} (${rows} rows so far)`
    : `about ${needs} more rows with a label would show that green loses less than ${limit}`;
  return { criterion, verdict: "hold", sentence, needs };
}

function errors(
  { shareGreen, blue, green }: StepEvidence["requests"],
  { maxErrorRate, minRequests }: RolloutPolicy,
  proof: number,
): RolloutReason {
  const criterion = "errors", alone = shareGreen === 1;
  const counts = { kind: "split", shareB: alone ? 0.5 : shareGreen, a: blue, b: green } as const;
  checkEvidence(counts);
  const rate = rateOf(green), blueRate = rateOf(blue);
  const other = alone ? "" : `, blue ${percent(blueRate)}`;
  const seen = `green fails ${percent(rate)} of ${green.rows} requests${other}`;
  const worse = !alone && pointsAgainstB(counts) && logEvidence(counts) >= proof;
  const over = blueRate <= maxErrorRate && overProof(green.errors, green.rows, maxErrorRate, proof);
  if (worse || over) return { criterion, verdict: "roll-back", sentence: seen, needs: null };
  const needs = minRequests - green.rows;
  if (needs > 0) {
    const sentence = `${needs} more requests of green are needed`;
    return { criterion, verdict: "hold", sentence, needs };
  }
  return rate <= maxErrorRate ? { criterion, verdict: "advance", sentence: seen, needs: null } : {
    ...{ criterion, verdict: "hold", needs: null },
    sentence: `${seen}: more than ${percent(maxErrorRate)}, but that may be chance, or blue's too`,
  };
}

function latency(
  { rows, greenP95Ms, blueP95Ms, overObjective, overBlue }: LatencyEvidence,
  { minRequests, latency: { p95Ms, factor, noticeableMs = 0 } }: RolloutPolicy,
  proof: number,
): RolloutReason {
  const criterion = "latency", needs = minRequests - rows;
  if (overObjective > rows || (overBlue ?? 0) > rows || !(overObjective >= 0)) {
    const rule = `must be counts up to ${rows}`;
    throw new BadInput({ field: "latency", rule, value: { overObjective, overBlue } });
  }
  const other = blueP95Ms === null ? "" : `, blue ${blueP95Ms.toFixed(0)} ms`;
  const seen = `95 % of green's answers come within ${(greenP95Ms ?? 0).toFixed(0)} ms${other}`;
  const blueKeeps = blueP95Ms === null || blueP95Ms <= p95Ms;
  const slow = blueKeeps && overProof(overObjective, rows, 0.05, proof);
  const slower = overBlue !== null && overProof(overBlue, rows, 0.05, proof);
  if (slow || slower) {
    const why = slow ? `${p95Ms} ms are promised` : `${factor} times blue's are allowed`;
    return { criterion, verdict: "roll-back", sentence: `${seen}; ${why}`, needs: null };
  }
  if (needs > 0 || greenP95Ms === null) {
    const sentence = `${Math.max(1, needs)} more timed requests of green are needed`;
    return { criterion, verdict: "hold", sentence, needs: Math.max(1, needs) };
  }
  const beside = blueP95Ms === null ? Infinity : Math.max(noticeableMs, factor * blueP95Ms);
  const limit = Math.min(p95Ms, beside);
  return greenP95Ms <= limit ? { criterion, verdict: "advance", sentence: seen, needs: null } : {
    ...{ criterion, verdict: "hold", needs: null },
    sentence: `${seen}: over ${limit.toFixed(0)} ms, but that may be chance, or blue's too`,
  };
}

/** Whether it is proved that the share of events is above a limit. */
function overProof(events: number, rows: number, limit: number, proof: number): boolean {
  const counts = [{ value: 1, count: events }, { value: 0, count: rows - events }];
  return rows > 0 && logCapital(counts, { limit, lowest: 0 }) >= proof;
}

function rateOf({ rows, errors }: ArmCounts): number {
  return rows > 0 ? errors / rows : 0;
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
