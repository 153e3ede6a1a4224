/** The decision: a challenger is promoted only if every rule says so. */

import { type Metrics, type Signature, signatureDifferences } from "lib/model/mod.ts";
import {
  accuracyDifference,
  type Detectable,
  detectableLoss,
  mcnemarP,
  pairedCounts,
} from "./paired.ts";
import { checkPolicy, DEFAULT_POLICY, type GatePolicy } from "./policy.ts";

/** A model as the gate sees it: its name by content, and what it said of the holdout. */
export interface Contestant {
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** What it takes and gives. */
  readonly signature: Signature;
  /** Its labels on the holdout. (n) */
  readonly labels: Uint8Array;
}

/** Labels of the models that are too simple to be any good, on the holdout. (n each) */
export interface BaselineLabels {
  /** The commonest class, always. A challenger has to be proven better. */
  readonly majority: Uint8Array;
  /** One question of one column. A challenger has to get more rows right. */
  readonly oneSplit: Uint8Array;
}

/** Everything that a decision rests on. What is missing refuses. */
export interface GateInput {
  /** The model that wants to be promoted. */
  readonly challenger: Contestant;
  /** The model that serves now; absent before the first. */
  readonly champion?: Contestant;
  /** The frozen holdout: its name by content, and the true labels. (n) */
  readonly holdout: { readonly sha256: string; readonly actual: Uint8Array };
  /** The challenger's metrics on it. */
  readonly metrics: Metrics;
  /** What the two simple models said of it. */
  readonly baselines?: BaselineLabels;
  /** Whether the rows that are used keep their contract: all that broke it were dropped, where that is allowed. */
  readonly contractPassed?: boolean;
  /** Size of the challenger, in bytes. */
  readonly bytes?: number;
  /** Time for one row, 95th percentile, in milliseconds. */
  readonly rowMs?: number;
}

/** The rules, in the order in which they are shown. */
export type GateRule =
  | "contract"
  | "signature"
  | "baseline"
  | "classes"
  | "non-inferiority"
  | "mcnemar"
  | "size"
  | "latency";

/** What one rule says. */
export interface RuleResult {
  /** Which rule. */
  readonly rule: GateRule;
  /** Whether it lets the challenger pass. */
  readonly passed: boolean;
  /** Its number; null where it has none. */
  readonly value: number | null;
  /** The limit for the number; null where it has none. */
  readonly limit: number | null;
  /** One sentence for people. */
  readonly sentence: string;
}

/** The decision, as a record. */
export interface GateDecision {
  /** Promote, or refuse. */
  readonly decision: "promote" | "refuse";
  /** One sentence for people. */
  readonly sentence: string;
  /** Every rule; none is skipped because another has refused. */
  readonly rules: readonly RuleResult[];
  /** What lets the challenger pass, but should be known to whoever relies on it. */
  readonly warnings: readonly string[];
  /** The challenger's digest. */
  readonly challenger: string;
  /** The champion's digest; null before the first. */
  readonly champion: string | null;
  /** The rows that were asked: their name by content and their number. */
  readonly holdout: { readonly sha256: string; readonly rows: number };
  /** What this holdout could have noticed at all. */
  readonly detectable: Detectable;
  /** The limits. */
  readonly policy: GatePolicy;
}

/**
 * Decides over a challenger. Refuses by default: a rule whose input is missing refuses.
 *
 * @param input See {@linkcode GateInput}.
 * @param policy See {@linkcode GatePolicy}.
 * @returns The decision, a finding and never an exception.
 * @throws {RangeError} If labels are missing or too many, or the metrics are those of other labels.
 * @throws {BadInput} If the policy has a limit that is none.
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
 * assert.deepEqual(rules.filter(({ passed }) => !passed).map(({ rule }) => rule), ["contract", "baseline", "size", "latency"]);
 * ```
 */
export function decide(input: GateInput, policy: GatePolicy = DEFAULT_POLICY): GateDecision {
  checkPolicy(policy);
  checkMetrics(input);
  const { challenger, champion, holdout } = input;
  const simple = baseline(input, policy);
  const rules = [
    contract(input),
    signature(input),
    simple.result,
    classes(input, policy),
    ...comparison(input, policy),
    budget("size", "model", input.bytes, policy.maxBytes, "bytes"),
    budget("latency", "95 % of the rows", input.rowMs, policy.maxRowMs, "ms"),
  ];
  const refused = rules.filter(({ passed }) => !passed);
  const rows = holdout.actual.length;
  return {
    decision: refused.length > 0 ? "refuse" : "promote",
    sentence: refused.length > 0
      ? `Refused by ${refused.map(({ rule }) => rule).join(", ")}.`
      : `All ${rules.length} rules are fulfilled.`,
    rules,
    warnings: simple.warnings,
    challenger: challenger.digest,
    champion: champion?.digest ?? null,
    holdout: { sha256: holdout.sha256, rows },
    detectable: detectableLoss(rows, { alpha: policy.alpha }),
    policy,
  };
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

function contract({ contractPassed }: GateInput): RuleResult {
  const passed = contractPassed === true;
  const sentence = passed
    ? "The rows that are used keep their contract."
    : contractPassed === undefined
    ? "Nobody says whether the rows keep their contract."
    : "The rows that are used break their contract.";
  return { rule: "contract", passed, value: null, limit: null, sentence };
}

function signature({ challenger, champion }: GateInput): RuleResult {
  const rule = "signature", limit = 0;
  if (!champion) {
    return {
      rule,
      passed: true,
      value: 0,
      limit,
      sentence: "There is no champion to differ from.",
    };
  }
  const differences = signatureDifferences({
    known: champion.signature,
    next: challenger.signature,
  });
  const passed = differences.length === 0;
  const sentence = passed
    ? "Callers need not change anything."
    : `Callers would break: ${differences.join("; ")}.`;
  return { rule, passed, value: differences.length, limit, sentence };
}

/**
 * Who has learnt nothing is no better than the commonest class: there a challenger bears the burden of
 * proof. Against one split it has to get more rows right; where that is no proof, the decision warns.
 */
function baseline(
  { challenger: { labels }, holdout: { actual }, baselines }: GateInput,
  { alpha }: GatePolicy,
): { result: RuleResult; warnings: string[] } {
  const rule = "baseline", limit = alpha;
  if (!baselines) {
    const sentence = "No baseline was measured.";
    return { result: { rule, passed: false, value: null, limit, sentence }, warnings: [] };
  }
  const [majority, oneSplit] = [baselines.majority, baselines.oneSplit].map((simple) => {
    const counts = pairedCounts({ actual, champion: simple, challenger: labels });
    const { onlyChampion: lost, onlyChallenger: won } = counts, p = mcnemarP(counts);
    const shown = `${won} rows won, ${lost} lost (p ${p.toFixed(3)})`;
    return { p, shown, isMore: won > lost, isProven: won > lost && p < alpha };
  });
  const passed = majority.isProven && oneSplit.isMore;
  const sentence = `Against the commonest class ${majority.shown}: ` +
    `${majority.isProven ? "better than by chance" : "not better than by chance"}. ` +
    `Against one split ${oneSplit.shown}: ${oneSplit.isMore ? "more" : "no more"} rows right.`;
  const unproven = `Not proven better than one split: ${oneSplit.shown}. ` +
    "One question of one column may do as well.";
  return {
    result: { rule, passed, value: majority.p, limit, sentence },
    warnings: passed && !oneSplit.isProven ? [unproven] : [],
  };
}

function classes({ metrics }: GateInput, { classFloor }: GatePolicy): RuleResult {
  // a class that is not in the holdout has no recall, and nobody knows how the model treats it
  const [weakest] = metrics.perClass.toSorted((a, b) => (a.recall ?? -1) - (b.recall ?? -1));
  const value = weakest.recall, passed = value !== null && value >= classFloor;
  const sentence = value === null
    ? `The holdout has no row of ${weakest.class}.`
    : `The weakest class, ${weakest.class}, is recognised in ${percent(value)} of its rows; ` +
      `needed: ${percent(classFloor)}.`;
  return { rule: "classes", passed, value, limit: classFloor, sentence };
}

function comparison(
  { challenger, champion, holdout: { actual } }: GateInput,
  { margin, alpha }: GatePolicy,
): RuleResult[] {
  if (!champion) {
    const none = { passed: true, value: null, sentence: "There is no champion to compare with." };
    return [
      { rule: "non-inferiority", limit: -margin, ...none },
      { rule: "mcnemar", limit: alpha, ...none },
    ];
  }
  const counts = pairedCounts({ actual, champion: champion.labels, challenger: challenger.labels });
  const { value, low } = accuracyDifference(counts), p = mcnemarP(counts);
  const { onlyChampion: lost, onlyChallenger: won } = counts;
  const worse = lost > won && p < alpha;
  return [
    {
      rule: "non-inferiority",
      passed: low > -margin,
      value: low,
      limit: -margin,
      sentence: `Accuracy changes by ${points(value)}, at the worst by ${points(low)}; ` +
        `accepted: ${points(-margin)}.`,
    },
    {
      rule: "mcnemar",
      passed: !worse,
      value: p,
      limit: alpha,
      sentence: `${won} rows won, ${lost} lost (p ${p.toFixed(3)}): ` +
        `${worse ? "worse than by chance" : "not worse than by chance"}.`,
    },
  ];
}

function budget(
  rule: "size" | "latency",
  what: string,
  value: number | undefined,
  limit: number,
  unit: string,
): RuleResult {
  if (value === undefined || !Number.isFinite(value) || value < 0 || (rule === "size" && !value)) {
    return { rule, passed: false, value: null, limit, sentence: `The ${rule} was not measured.` };
  }
  const passed = value <= limit, shown = Number(value.toPrecision(3));
  const sentence = `The ${what} take${rule === "size" ? "s" : ""} ${shown} ${unit}; ` +
    `allowed: ${limit} ${unit}.`;
  return { rule, passed, value, limit, sentence };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

function points(share: number): string {
  return `${share >= 0 ? "+" : "−"}${(100 * Math.abs(share)).toFixed(1)} points`;
}
