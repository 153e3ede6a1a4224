/** What a challenger has to fulfil. */

import { BadInput } from "lib/core/mod.ts";

/** The limits of the gate. */
export interface GatePolicy {
  /** Largest loss of accuracy against the champion that is accepted, as a share. */
  readonly margin: number;
  /** Significance level of McNemar's test. */
  readonly alpha: number;
  /** Smallest recall of every class, as a share. */
  readonly classFloor: number;
  /** Largest model, in bytes. */
  readonly maxBytes: number;
  /** Longest time for one row, 95th percentile, in milliseconds. */
  readonly maxRowMs: number;
}

/**
 * The policy where nobody gives another. The margin is wide because the holdout of the demo is small:
 * on 60 rows a twin of the champion has an interval of about ±7 points.
 */
export const DEFAULT_POLICY: GatePolicy = {
  margin: 0.1,
  alpha: 0.05,
  classFloor: 0.7,
  maxBytes: 5_000_000,
  maxRowMs: 20,
};

/** The numbers that each limit may be: a limit that nothing can break is none. */
const RULES: Readonly<Record<keyof GatePolicy, [holds: (limit: number) => boolean, rule: string]>> =
  {
    margin: [(limit) => limit > 0 && limit < 1, "must be between 0 and 1"],
    alpha: [(limit) => limit > 0 && limit < 1, "must be between 0 and 1"],
    classFloor: [(limit) => limit > 0 && limit <= 1, "must be above 0 and at most 1"],
    maxBytes: [(limit) => limit > 0 && limit < Infinity, "must be a number above 0"],
    maxRowMs: [(limit) => limit > 0 && limit < Infinity, "must be a number above 0"],
  };

/**
 * Refuses a policy that could not refuse: NaN as a level is above every p-value, Infinity as a size is
 * above every size.
 *
 * @param policy The policy.
 * @returns The policy.
 * @throws {BadInput} If a limit is missing or breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkPolicy, DEFAULT_POLICY } from "lib/gate/mod.ts";
 *
 * assert.equal(checkPolicy(DEFAULT_POLICY), DEFAULT_POLICY);
 * assert.throws(() => checkPolicy({ ...DEFAULT_POLICY, alpha: NaN }), /policy alpha must be between 0 and 1: got NaN/);
 * ```
 */
export function checkPolicy(policy: GatePolicy): GatePolicy {
  for (const [name, [holds, rule]] of Object.entries(RULES)) {
    const value = policy[name as keyof GatePolicy];
    if (!holds(value)) throw new BadInput({ field: `policy ${name}`, rule, value });
  }
  return policy;
}
