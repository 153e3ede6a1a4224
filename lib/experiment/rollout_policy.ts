/** The limits of a rollout, settled before it begins. */

import { BadInput } from "lib/core/mod.ts";
import { checkShare } from "./evidence.ts";
import type { LatencyLimits } from "./latency.ts";

/** The limits of a rollout. */
export interface RolloutPolicy {
  /** Share of the rollouts of a sound green that are rolled back, over all steps and criteria. */
  readonly alpha: number;
  /** Steps that are decided on evidence: `alpha` is split among them. */
  readonly steps: number;
  /** Share of the rollouts of a green that loses the margin which get through. */
  readonly missAlpha: number;
  /** Loss of accuracy that is accepted, as a share. */
  readonly margin: number;
  /** Share of failed requests that is accepted. */
  readonly maxErrorRate: number;
  /** Requests of green before a step may be left. */
  readonly minRequests: number;
  /** Limits for the latency. */
  readonly latency: LatencyLimits;
}

/** Limits that suit a demo; the latency is that of an endpoint in the same region. */
export const DEFAULT_ROLLOUT_POLICY: RolloutPolicy = {
  alpha: 0.05,
  steps: 4,
  missAlpha: 0.05,
  margin: 0.05,
  maxErrorRate: 0.01,
  minRequests: 100,
  latency: { p95Ms: 500, factor: 2 },
};

/**
 * Checks the limits of a rollout.
 *
 * @param policy The limits.
 * @returns The same.
 * @throws {BadInput} If a limit is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkRolloutPolicy, DEFAULT_ROLLOUT_POLICY } from "lib/experiment/mod.ts";
 *
 * assert.throws(() => checkRolloutPolicy({ ...DEFAULT_ROLLOUT_POLICY, margin: 0 }), /margin must be above 0/);
 * ```
 */
export function checkRolloutPolicy(policy: RolloutPolicy): RolloutPolicy {
  const { alpha, missAlpha, margin, maxErrorRate, minRequests, steps, latency } = policy;
  for (const [field, value] of Object.entries({ alpha, missAlpha, margin, maxErrorRate })) {
    checkShare(value, field);
  }
  for (const [field, value] of Object.entries({ steps, minRequests })) {
    if (Number.isInteger(value) && value >= 1) continue;
    throw new BadInput({ field, rule: "must be a whole number from 1 on", value });
  }
  const { p95Ms, factor } = latency;
  for (const [field, value] of Object.entries({ p95Ms, factor })) {
    if (value > 0) continue;
    throw new BadInput({ field: `latency.${field}`, rule: "must be above 0", value });
  }
  return policy;
}
