/**
 * Rules about what lies before the gate: are these the rows and the bytes that they are taken for? Where
 * one of them refuses, the numbers of the others mean nothing.
 */

import { signatureDifferences } from "lib/model/mod.ts";
import type { GateInput, RuleResult } from "./input.ts";
import type { GatePolicy } from "./policy.ts";
import { counted, three } from "./words.ts";

/** The rows that are used, and those that were learnt from, keep their contract. */
export function contract({ contractPassed, learnt }: GateInput): RuleResult {
  const unit = "rows", limit = 0, base = { rule: "contract", unit, limit } as const;
  if (contractPassed !== true || !learnt) {
    const sentence = contractPassed === false
      ? "The rows break their contract."
      : `Nobody has checked the ${contractPassed ? "rows that it learnt from" : "rows"}.`;
    return { ...base, passed: false, value: null, sentence };
  }
  const passed = learnt.broken === 0;
  const sentence = passed
    ? `The rows that are used keep their contract; of ${learnt.rows} learnt ones 0 break it.`
    : `Of ${
      counted(learnt.rows, "row")
    } that it learnt from ${learnt.broken} miss a value or have one ` +
      "out of range; allowed: 0 rows.";
  return { ...base, passed, value: learnt.broken, sentence };
}

/** The bytes that are here are those that were registered. */
export function bytes({ challenger: { digest }, foundDigest }: GateInput): RuleResult {
  const base = { rule: "bytes", value: null, limit: null, unit: "" } as const;
  if (foundDigest === undefined) {
    return { ...base, passed: false, sentence: "Nobody has taken the digest of its bytes." };
  }
  const passed = foundDigest === digest;
  const sentence = passed
    ? `Its bytes have the digest that they are named by, ${digest.slice(0, 12)}.`
    : `Its bytes have the digest ${foundDigest.slice(0, 12)}; registered: ${digest.slice(0, 12)}.`;
  return { ...base, passed, sentence };
}

/** The rows are not too old. */
export function freshness(
  { dataAgeDays: age }: GateInput,
  { maxDataAgeDays: limit, needDataAge }: GatePolicy,
): RuleResult {
  const base = { rule: "freshness", limit, unit: "days" } as const;
  if (age === undefined) {
    const sentence = `The rows do not say how old they are; allowed: ${limit} days` +
      `${needDataAge ? ", and they have to say it" : " where they say it"}.`;
    return { ...base, passed: !needDataAge, value: null, sentence };
  }
  // a date that is still to come is a mistake, not freshness
  const passed = age >= 0 && age <= limit;
  const sentence = `The rows are ${Math.floor(age)} days old; allowed: 0 to ${limit} days.`;
  return { ...base, passed, value: age, measured: true, sentence };
}

/** No row that judges the challenger was learnt by it. */
export function leak({ keys, holdout: { actual } }: GateInput): RuleResult {
  const base = { rule: "leak", limit: 0, unit: "rows" } as const;
  if (!keys) {
    const sentence = "Nobody says which rows it learnt from.";
    return { ...base, passed: false, value: null, sentence };
  }
  if (keys.judged.length !== actual.length) {
    throw new RangeError(
      `Cannot look for a leak as there must be a key for each of ${actual.length} rows: ` +
        `${keys.judged.length}`,
    );
  }
  const learnt = new Set(keys.learnt);
  const value = keys.judged.filter((key) => learnt.has(key)).length;
  const sentence =
    `It has learnt from ${value} of the ${counted(actual.length, "row")} that judge ` +
    "it; allowed: 0 rows.";
  return { ...base, passed: value === 0, value, sentence };
}

/** Callers of the champion need not change anything. */
export function signature({ challenger, champion }: GateInput): RuleResult {
  const base = { rule: "signature", limit: 0, unit: "differences" } as const;
  if (!champion) {
    const sentence = "There is no champion whose callers could break.";
    return { ...base, passed: true, value: null, sentence };
  }
  const pair = { known: champion.signature, next: challenger.signature };
  const differences = signatureDifferences(pair), passed = differences.length === 0;
  const sentence = passed
    ? "Callers need not change anything: 0 differences."
    : `Callers would break: ${differences.join("; ")}; allowed: 0 differences.`;
  return { ...base, passed, value: differences.length, sentence };
}

/** Its questions are about values that can be: in another unit they would lie far off. */
export function thresholds({ thresholds: found }: GateInput): RuleResult {
  const base = { rule: "thresholds", limit: 0, unit: "questions" } as const;
  if (!found) {
    const sentence = "Nobody has looked at the questions that its trees ask.";
    return { ...base, passed: false, value: null, sentence };
  }
  const { stray, all } = found;
  const share = stray > 0 ? ` (${three(100 * stray / all)} %)` : "";
  const sentence =
    `Of ${counted(all, "question")} that its trees ask ${stray}${share} lie beyond the ` +
    `range of their column${stray > 0 ? ": another unit, or another column" : ""}; allowed: 0.`;
  return { ...base, passed: stray === 0, value: stray, sentence };
}
