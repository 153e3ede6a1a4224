/** Data quality: are the values there, in range and alive, and in the unit that the model knows? */

import { BadInput, type Feature, type Summary } from "lib/core/mod.ts";
import { number, plural, share } from "./words.ts";
import type { ReferenceProfile } from "./profile.ts";
import { unitChange } from "./unit_change.ts";
import type { RefusedInput } from "./window.ts";
import type { WindowSummary } from "./window_summary.ts";

/** What is looked at. */
export type QualityRule = "missing" | "range" | "stuck" | "unit" | "refused";

/** Limits of {@linkcode dataQuality}. */
export interface QualityPolicy {
  /** Largest share of missing values. */
  readonly missing: number;
  /** Largest share of values outside the range that makes sense. */
  readonly range: number;
  /** Largest share of rows refused for one rule. */
  readonly refused: number;
  /** Values from which a constant column or another unit is called. */
  readonly rows: number;
  /** How far the ratio of window to reference may be from a known factor, as a factor. */
  readonly unitTolerance: number;
}

/** The limits where nothing else is said. */
export const DEFAULT_QUALITY: QualityPolicy = {
  missing: 0.05,
  range: 0.05,
  refused: 0.05,
  rows: 10,
  unitTolerance: 1.25,
};

/** What one rule says of one input. Plain data. */
export interface QualityFinding {
  /** Name of the input; null where the rule is about whole rows. */
  readonly feature: string | null;
  /** Which rule. */
  readonly rule: QualityRule;
  /** Its number: a share; `stuck`: largest minus smallest value; `unit`: how many times as large
   * the quantiles are as those of the reference, by least squares. Null where there are too few values for one. */
  readonly value: number | null;
  /** The limit of that number; `unit`: the factor that it is near; null where there is none. */
  readonly limit: number | null;
  /** Whether the rule is broken. */
  readonly violated: boolean;
  /** One sentence for people. */
  readonly sentence: string;
}

/** Data quality of a window. Plain data. */
export interface QualityReport {
  /** Name of the window. */
  readonly window: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** How many rules are broken. */
  readonly violated: number;
  /** One sentence for people. */
  readonly sentence: string;
  /** Every rule for every input, then one finding for each reason of refusal. */
  readonly findings: readonly QualityFinding[];
  /** The limits. */
  readonly policy: QualityPolicy;
}

/**
 * Judges the values of a window.
 *
 * @param window See {@linkcode WindowSummary}; it may be empty.
 * @param profile What it was summarised with.
 * @param policy See {@linkcode QualityPolicy}.
 * @returns The report, a finding and never an exception. A share is broken when it is *above* its limit.
 * @throws {BadInput} If the policy has a limit that is none.
 *
 * @example Centimetres that became millimetres
 * ```ts
 * import assert from "node:assert/strict";
 * import { dataQuality, referenceProfile, summariseWindow } from "lib/monitoring/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }], classes = ["a"];
 * const rows = (factor: number) => ({
 *   features, classes, x: Float64Array.from({ length: 20 }, (_, i) => factor * (1 + i % 7)), predicted: new Uint8Array(20),
 *   probabilities: new Float64Array(20).fill(1),
 * });
 * const profile = referenceProfile({ ...rows(1), actual: new Uint8Array(20) });
 * const window = summariseWindow({
 *   ...rows(10), name: "window 1", from: "2026-01-01", to: "2026-01-02",
 *   actual: new Int16Array(20).fill(-1), requests: { status: new Uint16Array(), ms: new Float64Array() }, refused: [],
 * }, profile);
 * const broken = dataQuality(window, profile).findings.filter(({ violated }) => violated);
 * assert.deepEqual(broken.map(({ rule }) => rule), ["range", "unit"]);
 * assert.equal(broken[1].sentence, "length: suspected change of unit, the values are about 10 times those of the reference (mm and cm).");
 * ```
 */
export function dataQuality(
  window: WindowSummary,
  profile: ReferenceProfile,
  policy: QualityPolicy = DEFAULT_QUALITY,
): QualityReport {
  checkPolicy(policy);
  const findings = [
    ...profile.features.flatMap((feature, f) => {
      const summary = window.summaries[f], reference = profile.summaries[f];
      return [
        missing(feature, summary, policy),
        range(feature, { summary, outside: window.outOfRange[f] }, policy),
        stuck(feature, { summary, reference }, policy),
        unit(feature, { summary, reference }, policy),
      ];
    }),
    ...window.refused.map((found) => refused(found, { rows: window.rows, policy })),
  ];
  const violated = findings.filter((finding) => finding.violated);
  const size = `${window.name}, ${plural(window.rows, "row")}`;
  const list = violated.map(({ feature, rule }) => `${feature ?? "rows"} ${rule}`).join(", ");
  return {
    ...{ window: window.name, rows: window.rows, violated: violated.length },
    sentence: violated.length > 0
      ? `Data quality of ${size}: ${plural(violated.length, "rule")} broken (${list}).`
      : `Data quality of ${size}: no rule broken.`,
    ...{ findings, policy },
  };
}

function missing({ name }: Feature, { n, missing }: Summary, policy: QualityPolicy) {
  return overLimit({ feature: name, rule: "missing", limit: policy.missing }, {
    ...{ count: missing, of: n },
    what: `${plural(missing, "value")} of ${number(n)} missing`,
  });
}

function range(
  { name, min, max, unit }: Feature,
  { summary, outside }: { readonly summary: Summary; readonly outside: number },
  policy: QualityPolicy,
) {
  const of = summary.n - summary.missing;
  return overLimit({ feature: name, rule: "range", limit: policy.range }, {
    ...{ count: outside, of },
    what: `${plural(outside, "value")} of ${number(of)} outside ${min} to ${max}${
      unit && ` ${unit}`
    }`,
  });
}

/** Ties are common in rounded values, a whole window of them is not: but it takes some rows to say so. */
function stuck(
  { name, unit }: Feature,
  { summary, reference }: { readonly summary: Summary; readonly reference: Summary },
  policy: QualityPolicy,
): QualityFinding {
  const { count, min, max } = summary.moments, common = { feature: name, rule: "stuck" } as const;
  if (reference.moments.min === reference.moments.max) {
    const sentence = `${name}: constant in the reference, so a stuck sensor cannot be told.`;
    return { ...common, value: null, limit: null, violated: false, sentence };
  }
  if (count < policy.rows) return tooFew(common, { count, policy });
  const value = max! - min!, violated = value === 0;
  const sentence = violated
    ? `${name}: stuck, all ${number(count)} values are ${number(min!)}${unit && ` ${unit}`}.`
    : `${name}: not stuck, values from ${number(min!)} to ${number(max!)}${unit && ` ${unit}`}.`;
  return { ...common, value, limit: 0, violated, sentence };
}

function unit(
  { name }: Feature,
  { summary, reference }: { readonly summary: Summary; readonly reference: Summary },
  policy: QualityPolicy,
): QualityFinding {
  const { count } = summary.moments, common = { feature: name, rule: "unit" } as const;
  if (count < policy.rows) return tooFew(common, { count, policy });
  const found = unitChange({ reference, window: summary }, { tolerance: policy.unitTolerance });
  if (!found) {
    const sentence = `${name}: the reference is zero, so a change of unit cannot be told.`;
    return { ...common, value: null, limit: null, violated: false, sentence };
  }
  const { scale: value, factor, units } = found;
  if (factor === null) {
    const sentence = `${name}: the values are ${number(value)} times those of the reference.`;
    return { ...common, value, limit: null, violated: false, sentence };
  }
  const size = factor > 1 ? `${number(factor)} times` : `1/${number(1 / factor)} of`;
  const sentence =
    `${name}: suspected change of unit, the values are about ${size} those of the reference (${units}).`;
  return { ...common, value, limit: factor, violated: true, sentence };
}

/** A row can break several rules, so the share is one of the scored rows and of those that broke this rule. */
function refused(
  { input, rule, rows: broken }: RefusedInput,
  { rows, policy }: { readonly rows: number; readonly policy: QualityPolicy },
) {
  return overLimit({ feature: input, rule: "refused", limit: policy.refused }, {
    ...{ count: broken, of: rows + broken },
    what: `${plural(broken, "row")} of ${number(rows + broken)} refused (${rule})`,
  });
}

function overLimit(
  { feature, rule, limit }: {
    readonly feature: string | null;
    readonly rule: QualityRule;
    readonly limit: number;
  },
  { count, of, what }: { readonly count: number; readonly of: number; readonly what: string },
): QualityFinding {
  const subject = feature ?? "Whole rows";
  if (of === 0) {
    const sentence = `${subject}: no value to judge.`;
    return { feature, rule, value: null, limit, violated: false, sentence };
  }
  const value = count / of, violated = value > limit;
  const verdict = violated ? `above the limit of ${share(limit)}` : `limit ${share(limit)}`;
  return { feature, rule, value, limit, violated, sentence: `${subject}: ${what}, ${verdict}.` };
}

function tooFew(
  common: { readonly feature: string; readonly rule: QualityRule },
  { count, policy }: { readonly count: number; readonly policy: QualityPolicy },
): QualityFinding {
  const sentence = `${common.feature}: ${plural(count, "value")}, it takes ${policy.rows} to say.`;
  return { ...common, value: null, limit: null, violated: false, sentence };
}

function checkPolicy(policy: QualityPolicy): void {
  for (const field of ["missing", "range", "refused"] as const) {
    const value = policy[field];
    if (!(value >= 0 && value <= 1)) {
      throw new BadInput({ field, rule: "must be from 0 to 1", value });
    }
  }
  const { rows, unitTolerance } = policy;
  if (!(Number.isInteger(rows) && rows >= 2)) {
    throw new BadInput({ field: "rows", rule: "must be a whole number from 2 on", value: rows });
  }
  if (!(unitTolerance >= 1 && unitTolerance < 1.5)) {
    const rule = "must be from 1 to below 1.5, or factors overlap";
    throw new BadInput({ field: "unitTolerance", rule, value: unitTolerance });
  }
}
