/** The decision: a challenger is promoted only if every rule says so. */

import { digestOf } from "lib/core/mod.ts";
import { compare, evidence, firstComparison, type Standing } from "./comparison.ts";
import type { GateInput, GateRule, RuleResult } from "./input.ts";
import { bytes, contract, freshness, leak, signature, thresholds } from "./integrity.ts";
import type { Override } from "./override.ts";
import { type Detectable, pairedCounts } from "./paired.ts";
import { checkPolicy, DEFAULT_POLICY, type GatePolicy } from "./policy.ts";
import { baseline, calibration, classes, cost, groups } from "./quality.ts";
import { three } from "./words.ts";

/** The decision, as a record. */
export interface GateDecision {
  /** Promote, or refuse. */
  readonly decision: "promote" | "refuse";
  /** One sentence for people. */
  readonly sentence: string;
  /** Every rule; none is skipped because another has refused. */
  readonly rules: readonly RuleResult[];
  /** How it stands to the champion: a twin passes as `non-inferior`, never as `better`. */
  readonly standing: Standing;
  /** What lets the challenger pass, but should be known to whoever relies on it. */
  readonly warnings: readonly string[];
  /** The challenger's digest. */
  readonly challenger: string;
  /** The champion's digest; null before the first. */
  readonly champion: string | null;
  /** The rows that were asked: their name by content, their number, and the folds, if it was no holdout. */
  readonly holdout: {
    readonly sha256: string;
    readonly rows: number;
    readonly folds?: number;
  };
  /** What these rows could have noticed at all. */
  readonly detectable: Detectable;
  /** The limits. */
  readonly policy: GatePolicy;
  /** The person who let it pass all the same, see `overrule`; absent where nobody did. */
  readonly override?: Override;
}

/**
 * Decides over a challenger. Refuses by default: a rule whose input is missing refuses.
 *
 * @param input See {@linkcode GateInput}.
 * @param policy See {@linkcode GatePolicy}.
 * @returns The decision, a finding and never an exception.
 * @throws {RangeError} If labels, keys or groups are missing or too many, or the metrics are those of
 * other labels.
 * @throws {BadInput} If the policy has a limit that is none, or costs of other classes.
 *
 * @example A first model that nobody measured is refused
 * ```ts
 * import assert from "node:assert/strict";
 * import { measure } from "lib/model/mod.ts";
 * import { decide } from "lib/gate/mod.ts";
 *
 * const actual = Uint8Array.of(0, 1), probabilities = Float64Array.of(1, 0, 0, 1);
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const { decision, rules } = decide({
 *   challenger: { digest: "c0", signature, labels: actual },
 *   holdout: { sha256: "h0", actual },
 *   metrics: measure({ actual, labels: actual, probabilities }, signature.classes),
 * });
 * assert.equal(decision, "refuse");
 * assert.deepEqual(rules.filter(({ passed }) => !passed).map(({ rule }) => rule), [
 *   "contract", "bytes", "leak", "thresholds", "evidence", "baseline", "size", "latency",
 * ]);
 * ```
 */
export function decide(input: GateInput, policy: GatePolicy = DEFAULT_POLICY): GateDecision {
  checkPolicy(policy);
  checkMetrics(input);
  const { challenger, champion, holdout } = input, { actual, folds } = holdout;
  const simple = baseline(input, policy), grouped = groups(input, policy);
  const { detectable, ...enough } = evidence(holdout, policy);
  const pair = champion && { actual, champion: champion.labels, challenger: challenger.labels };
  const compared = pair ? compare(pairedCounts(pair), policy) : firstComparison(policy);
  const rules = [
    contract(input),
    bytes(input),
    freshness(input, policy),
    leak(input),
    signature(input),
    thresholds(input),
    enough,
    simple.result,
    classes(input, policy),
    grouped.result,
    calibration(input, policy),
    cost(input, policy),
    ...compared.rules,
    size(input, policy),
    latency(input, policy),
  ];
  const refused = rules.filter(({ passed }) => !passed).map(({ rule }) => rule);
  const { standing } = compared;
  return {
    decision: refused.length > 0 ? "refuse" : "promote",
    sentence: refused.length > 0
      ? `Refused by ${refused.join(", ")}.`
      : `All ${rules.length} rules are fulfilled${STANDINGS[standing] ?? ""}.`,
    ...{ rules, standing },
    warnings: [...simple.warnings, ...grouped.warnings],
    challenger: challenger.digest,
    champion: champion?.digest ?? null,
    holdout: { sha256: holdout.sha256, rows: actual.length, ...(folds !== undefined && { folds }) },
    ...{ detectable, policy },
  };
}

/** What a challenger passes as. */
const STANDINGS: Partial<Record<Standing, string>> = {
  better: ": better than the champion",
  "non-inferior": ": not inferior to the champion, and not proven better",
};

/**
 * A decision's name by content: of what follows from rows, models and policy. What a clock gave is left
 * out, so that the same rows and models have the same digest on every day and machine.
 *
 * @param decision The decision.
 * @returns SHA-256, 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { decisionDigest, type GateDecision } from "lib/gate/mod.ts";
 *
 * const took = (value: number) => ({
 *   rules: [{ rule: "latency", passed: true, value, limit: 20, unit: "ms", measured: true, sentence: `${value} ms` }],
 * }) as unknown as GateDecision;
 * assert.equal(decisionDigest(took(1)), decisionDigest(took(2)));
 * ```
 */
export function decisionDigest(decision: GateDecision): string {
  const rules = decision.rules.map((result) =>
    result.measured ? { ...result, value: null, sentence: "" } : result
  );
  return digestOf(JSON.parse(JSON.stringify({ ...decision, rules })));
}

/** Labels and metrics come apart into the gate: metrics of another model would open it. */
function checkMetrics({ challenger: { labels }, holdout: { actual }, metrics }: GateInput): void {
  const counts = metrics.confusion.map((row) => row.map(() => 0));
  actual.forEach((label, i) => counts[label] && counts[label][labels[i]]++);
  const isSame = labels.length === actual.length &&
    counts.every((row, a) => row.every((count, b) => count === metrics.confusion[a][b]));
  const right = actual.filter((label, i) => label === labels[i]).length;
  const { correct, rows } = metrics.accuracy;
  if (isSame && correct === right && rows === actual.length) return;
  throw new RangeError(
    `Cannot decide as the metrics must be those of the challenger's labels: ${correct} of ${rows} ` +
      `right, but ${right} of ${actual.length} by the labels`,
  );
}

function size({ bytes: value }: GateInput, { maxBytes: limit }: GatePolicy): RuleResult {
  const base = { rule: "size", limit, unit: "bytes" } as const;
  if (!isNumber(value) || value === 0) return unmeasured(base);
  const sentence = `The model takes ${three(value)} bytes; allowed: ${limit} bytes.`;
  return { ...base, passed: value <= limit, value, sentence };
}

function latency({ rowMs: value }: GateInput, { maxRowMs: limit }: GatePolicy): RuleResult {
  const base = { rule: "latency", limit, unit: "ms" } as const;
  if (!isNumber(value)) return unmeasured(base);
  const sentence = `95 % of single rows take at most ${three(value)} ms; allowed: ${limit} ms.`;
  return { ...base, passed: value <= limit, value, measured: true, sentence };
}

function isNumber(value: number | undefined): value is number {
  return value !== undefined && Number.isFinite(value) && value >= 0;
}

function unmeasured(
  base: { readonly rule: GateRule; readonly limit: number; readonly unit: string },
): RuleResult {
  return { ...base, passed: false, value: null, sentence: `The ${base.rule} was not measured.` };
}
