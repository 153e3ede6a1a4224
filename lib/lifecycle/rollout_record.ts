/** A rollout as a document: what is intended, what was done, and what it rested on. */

import { BadInput } from "lib/core/mod.ts";
import {
  advance,
  checkRolloutPolicy,
  DEFAULT_ROLLOUT_POLICY,
  type RolloutPolicy,
  type RolloutVerdict,
  type StepEvidence,
} from "lib/experiment/mod.ts";

/** One step of the plan. */
export interface RolloutStep {
  /** Its name, e.g. `green 10 %`. */
  readonly name: string;
  /** Percent of the requests that green answers. */
  readonly green: number;
  /** Percent of blue's requests that are copied to green, whose answers nobody sees. */
  readonly mirror: number;
  /** Whether the next step waits for evidence. The first does not: green gets nothing there. */
  readonly decided: boolean;
}

/** Nothing, mirrored, a tenth, half, all. Azure mirrors at most 50 %. */
export const DEFAULT_ROLLOUT_STEPS: readonly RolloutStep[] = [
  { name: "green 0 %", green: 0, mirror: 0, decided: false },
  { name: "mirror 50 %", green: 0, mirror: 50, decided: true },
  { name: "green 10 %", green: 10, mirror: 0, decided: true },
  { name: "green 50 %", green: 50, mirror: 0, decided: true },
  { name: "green 100 %", green: 100, mirror: 0, decided: true },
];

/** One look at a step. */
export interface RolloutLook {
  /** When, ISO 8601. */
  readonly at: string;
  /** What was seen. */
  readonly evidence: StepEvidence;
  /** What the rule says of it. */
  readonly verdict: RolloutVerdict;
}

/** A step that was begun. */
export interface RolloutEntry extends RolloutStep {
  /** When it was written down, before anything was done; ISO 8601. */
  readonly intendedAt: string;
  /** When the traffic was set; null before. */
  readonly takenAt: string | null;
  /** Every look. */
  readonly looks: readonly RolloutLook[];
  /** How it ended; null while it is under way. */
  readonly outcome: RolloutVerdict["decision"] | null;
}

/** What is settled at the start. */
export interface RolloutPlan {
  /** The endpoint. */
  readonly endpoint: string;
  /** Name of this rollout, unique at the endpoint. */
  readonly id: string;
  /** Deployment that serves now. */
  readonly blue: string;
  /** Deployment that wants to. */
  readonly green: string;
  /** The steps. Default {@linkcode DEFAULT_ROLLOUT_STEPS}. */
  readonly steps?: readonly RolloutStep[];
  /** The limits. Default: those of the room experiment, split among the decided steps. */
  readonly policy?: RolloutPolicy;
  /** Looks at one step, after which it is held for a person. Default 10. */
  readonly maxLooks?: number;
}

/** The document. */
export interface RolloutRecord extends Required<RolloutPlan> {
  /**
   * `held`: a step has not shown enough and waits for a person, with its traffic as it is;
   * `rolling-back`: the decision is written, the traffic not yet; `refused`: another rollout was first.
   */
  readonly state: "running" | "done" | "held" | "rolling-back" | "rolled-back" | "refused";
  /** In plain language: where it stands, or why it ended. */
  readonly reason: string;
  /** How many drivers have had it in hand. */
  readonly drivers: number;
  /** When it was last written by a driver, ISO 8601; null before the first step. */
  readonly updatedAt: string | null;
  /** The steps that were begun, the first first. */
  readonly history: readonly RolloutEntry[];
}

const NAME = /^[a-zA-Z0-9][\w-]{0,62}$/;

/**
 * A record before its first step.
 *
 * @param plan See {@linkcode RolloutPlan}.
 * @returns The record.
 * @throws {BadInput} If a name is none, or the steps do not go up to 100 %.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newRollout } from "lib/lifecycle/mod.ts";
 *
 * const record = newRollout({ endpoint: "iris", id: "7", blue: "blue", green: "green" });
 * assert.deepEqual(record.steps.map(({ green }) => green), [0, 0, 10, 50, 100]);
 * ```
 */
export function newRollout(plan: RolloutPlan): RolloutRecord {
  const { endpoint, id, blue, green, steps = DEFAULT_ROLLOUT_STEPS, maxLooks = 10 } = plan;
  for (const [field, value] of Object.entries({ endpoint, id, blue, green })) {
    if (NAME.test(value) && !(field === "id" && value === "active")) continue;
    const rule = "must be 1 to 63 letters, digits, _ or -, and an id not active";
    throw new BadInput({ field, rule, value });
  }
  if (blue === green) {
    throw new BadInput({ field: "green", rule: "must not be blue", value: green });
  }
  if (!(Number.isInteger(maxLooks) && maxLooks >= 1)) {
    const rule = "must be a whole number from 1 on";
    throw new BadInput({ field: "maxLooks", rule, value: maxLooks });
  }
  checkSteps(steps);
  const decided = steps.filter((step) => step.decided).length;
  const { policy = { ...DEFAULT_ROLLOUT_POLICY, steps: Math.max(1, decided) } } = plan;
  checkRolloutPolicy(policy);
  return {
    ...{ endpoint, id, blue, green, steps, policy, maxLooks },
    ...{ state: "running", reason: "Not begun.", drivers: 0, updatedAt: null, history: [] },
  };
}

function checkSteps(steps: readonly RolloutStep[]): void {
  const fail = (rule: string, value: unknown) => {
    throw new BadInput({ field: "steps", rule, value });
  };
  if (steps.at(-1)?.green !== 100) fail("must end with 100 % green", steps.at(-1)?.green);
  steps.forEach(({ green, mirror, name }, i) => {
    if (!(Number.isInteger(green) && green >= 0 && green <= 100)) {
      fail("must be whole percent from 0 to 100", green);
    }
    if (!(Number.isInteger(mirror) && mirror >= 0 && mirror <= 50)) {
      fail("must mirror a whole percent from 0 to 50", mirror);
    }
    if (mirror > 0 && green > 0) fail("must mirror only where green answers nothing", name);
    if (i > 0 && green < steps[i - 1].green) fail("must not go back", name);
  });
}

/**
 * What is to be done next. The document alone says it, so whoever holds the document can go on.
 *
 * @param record The document.
 * @returns `begin` writes the next step down, `take` sets its traffic, `look` observes it, `roll-back`
 * sets the traffic back, `nothing` is left to do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newRollout, nextAction } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(nextAction(newRollout({ endpoint: "iris", id: "7", blue: "blue", green: "green" })), "begin");
 * ```
 */
export function nextAction(
  { state, history }: RolloutRecord,
): "begin" | "take" | "look" | "roll-back" | "nothing" {
  if (state === "rolling-back") return "roll-back";
  if (state !== "running") return "nothing";
  const step = history.at(-1);
  if (!step || step.outcome === "advance") return "begin";
  return step.takenAt === null ? "take" : "look";
}

/** The record with its next step written down. */
export function withIntent(record: RolloutRecord, at: string): RolloutRecord {
  const step = record.steps[record.history.length];
  const entry: RolloutEntry = {
    ...step,
    ...{ intendedAt: at, takenAt: null, looks: [], outcome: null },
  };
  return { ...record, reason: `Going to ${step.name}.`, history: [...record.history, entry] };
}

/** The record with the traffic of its step set. */
export function withTaken(record: RolloutRecord, at: string): RolloutRecord {
  const step = record.history.at(-1)!, outcome = step.decided ? null : "advance";
  const reason = step.decided ? `Watching ${step.name}.` : `${step.name} is set.`;
  return ended({ ...withLast(record, { ...step, takenAt: at, outcome }), reason });
}

/** The record with one more look, and what follows from it. */
export function withLook(
  record: RolloutRecord,
  { at, evidence }: { at: string; evidence: StepEvidence },
): RolloutRecord {
  const step = record.history.at(-1)!, verdict = advance(evidence, record.policy);
  const looks = [...step.looks, { at, evidence, verdict }], { decision, sentence } = verdict;
  const isLast = looks.length >= record.maxLooks;
  const outcome = decision !== "hold" || isLast ? decision : null;
  const next = { ...withLast(record, { ...step, looks, outcome }), reason: sentence };
  if (outcome === "roll-back") return { ...next, state: "rolling-back" };
  if (outcome === "hold") return { ...next, state: "held" };
  return ended(next);
}

/** The record with the traffic back at blue. */
export function withRollback(record: RolloutRecord): RolloutRecord {
  return { ...record, state: "rolled-back" };
}

/** The record with a way back that a person wants. */
export function withWayBack(record: RolloutRecord, why: string): RolloutRecord {
  const step = record.history.at(-1), reason = `Roll back: ${why}`;
  const next = step ? withLast(record, { ...step, outcome: "roll-back" }) : record;
  return { ...next, state: "rolling-back", reason };
}

/** A held record that is watched for some more looks. */
export function withMoreLooks(record: RolloutRecord, looks: number): RolloutRecord {
  if (record.state !== "held") return record;
  const step = record.history.at(-1)!, maxLooks = step.looks.length + looks;
  return { ...withLast(record, { ...step, outcome: null }), state: "running", maxLooks };
}

function withLast(record: RolloutRecord, entry: RolloutEntry): RolloutRecord {
  return { ...record, history: [...record.history.slice(0, -1), entry] };
}

/** Done, once the last step has been left. */
function ended(record: RolloutRecord): RolloutRecord {
  const isOver = record.history.length === record.steps.length &&
    record.history.at(-1)!.outcome === "advance";
  return isOver ? { ...record, state: "done" } : record;
}
