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
  /** Column by which the rows must be looked at in groups, e.g. `site`; null asks for none. */
  readonly group: string | null;
  /** Smallest accuracy in every group, as a share. */
  readonly groupFloor: number;
  /** Rows from which a group is judged; a smaller one gives a warning. */
  readonly minGroupRows: number;
  /** Largest expected calibration error, as a share; what chance alone does is always accepted. */
  readonly maxCalibrationError: number;
  /** What each mistake costs: by actual class (outer) and predicted class (inner), k × k; null: 1 each. */
  readonly costs: readonly (readonly number[])[] | null;
  /** Largest mean cost of a row. */
  readonly maxCost: number;
  /** Oldest data, in days. */
  readonly maxDataAgeDays: number;
  /** Whether rows that do not say how old they are refuse. */
  readonly needDataAge: boolean;
  /** Largest model, in bytes. */
  readonly maxBytes: number;
  /** Longest time for one row, 95th percentile, in milliseconds. */
  readonly maxRowMs: number;
  /** Where a person has to agree besides: nowhere, or before a version gets production's traffic. */
  readonly approval: "none" | "production";
}

/**
 * The policy where nobody gives another. The margin is wide because the holdout of the demo is small:
 * on 60 rows a twin of the champion has an interval of about ±7 points. Forests say less than they
 * know (wine's say 84 % and are right in 99 %), so the calibration error may be large.
 */
export const DEFAULT_POLICY: GatePolicy = {
  margin: 0.1,
  alpha: 0.05,
  classFloor: 0.7,
  group: null,
  groupFloor: 0.7,
  minGroupRows: 10,
  maxCalibrationError: 0.2,
  costs: null,
  maxCost: 0.5,
  maxDataAgeDays: 365,
  needDataAge: false,
  maxBytes: 5_000_000,
  maxRowMs: 20,
  approval: "none",
};

type Check = readonly [holds: (value: unknown) => boolean, rule: string];

const isBetween = (low: number, high: number) => (value: unknown) =>
  typeof value === "number" && value > low && value < high;
const share: Check = [isBetween(0, 1), "must be between 0 and 1"];
const floor: Check = [
  (value) => value === 1 || isBetween(0, 1)(value),
  "must be above 0 and at most 1",
];
const positive: Check = [isBetween(0, Infinity), "must be a number above 0"];
const isCost = (value: unknown) => value === 0 || isBetween(0, Infinity)(value);

/** What each field may be: a limit that nothing can break is none. */
const RULES: Readonly<Record<keyof GatePolicy, Check>> = {
  margin: share,
  alpha: share,
  classFloor: floor,
  group: [
    (value) => value === null || typeof value === "string" && value.trim() !== "",
    "must be the name of a column, or null",
  ],
  groupFloor: floor,
  minGroupRows: [
    (value) => Number.isInteger(value) && (value as number) >= 1,
    "must be a whole number from 1 on",
  ],
  maxCalibrationError: share,
  costs: [
    isCosts,
    "must be null, or a row of numbers from 0 on for each class, with 0 where both agree",
  ],
  maxCost: positive,
  maxDataAgeDays: positive,
  needDataAge: [(value) => typeof value === "boolean", "must be true or false"],
  maxBytes: positive,
  maxRowMs: positive,
  approval: [(value) => value === "none" || value === "production", "must be none or production"],
};

function isCosts(value: unknown): boolean {
  if (value === null) return true;
  return Array.isArray(value) && value.length >= 2 &&
    value.every((row, a) =>
      Array.isArray(row) && row.length === value.length && row[a] === 0 && row.every(isCost)
    ) &&
    value.flat().some((cost) => cost > 0);
}

/**
 * Refuses a policy that could not refuse: NaN as a level is above every p-value, Infinity as a size is
 * above every size.
 *
 * @param policy The policy.
 * @returns The policy.
 * @throws {BadInput} If a field is missing or breaks its rule.
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

/**
 * A policy from a file: what it names, over the defaults.
 *
 * @param given What the JSON file holds.
 * @returns The policy, checked.
 * @throws {BadInput} If it is no object, has a field that no policy has, or a field breaks its rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { policyOf } from "lib/gate/mod.ts";
 *
 * const { margin, alpha } = policyOf({ margin: 0.02 });
 * assert.deepEqual([margin, alpha], [0.02, 0.05]);
 * assert.throws(() => policyOf({ margins: 1 }), /policy margins must be one of margin, alpha, /);
 * ```
 */
export function policyOf(given: unknown): GatePolicy {
  if (typeof given !== "object" || given === null || Array.isArray(given)) {
    throw new BadInput({ field: "policy", rule: "must be an object", value: given });
  }
  const known = Object.keys(RULES),
    unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown !== undefined) {
    throw new BadInput({ field: `policy ${unknown}`, rule: `must be one of ${known.join(", ")}` });
  }
  return checkPolicy({ ...DEFAULT_POLICY, ...given });
}
