/** What a decision rests on, and what a rule says. Letters: n rows, k classes. */

import type { Metrics, Signature } from "lib/model/mod.ts";

/** A model as the gate sees it: its name by content, and what it said of the rows. */
export interface Contestant {
  /** SHA-256 of its bytes, as it is registered. */
  readonly digest: string;
  /** What it takes and gives. */
  readonly signature: Signature;
  /** Its labels. (n) */
  readonly labels: Uint8Array;
}

/** Labels of the models that are too simple to be any good. (n each) */
export interface BaselineLabels {
  /** The commonest class, always. A challenger has to be proven better. */
  readonly majority: Uint8Array;
  /** One question of one column. A challenger has to get more rows right. */
  readonly oneSplit: Uint8Array;
}

/** The rows on which both are judged. */
export interface JudgedRows {
  /** Their name by content. */
  readonly sha256: string;
  /** The true labels. (n) */
  readonly actual: Uint8Array;
  /**
   * Parts of a cross-validation, where the holdout is too small: then the labels are those of forests
   * that were grown anew by each recipe, without the part that they are asked about. Default: a holdout.
   */
  readonly folds?: number;
}

/** Everything that a decision rests on. What is missing refuses, but the age and the groups. */
export interface GateInput {
  /** The model that wants to be promoted. */
  readonly challenger: Contestant;
  /** The model that serves now; absent before the first. */
  readonly champion?: Contestant;
  /** The frozen holdout, or the folds. */
  readonly holdout: JudgedRows;
  /** The challenger's metrics on it. */
  readonly metrics: Metrics;
  /** What the two simple models said of it. */
  readonly baselines?: BaselineLabels;
  /** SHA-256 of the challenger's bytes as they lie here, taken now. */
  readonly foundDigest?: string;
  /** Whether the dataset keeps its contract: all rows that broke it were dropped, where that is allowed. */
  readonly contractPassed?: boolean;
  /** Rows that the challenger learnt from, and those of them that no contract would let in. */
  readonly learnt?: { readonly rows: number; readonly broken: number };
  /** Keys by content of the rows that the challenger learnt from, and of those that judge it. (n) */
  readonly keys?: { readonly learnt: readonly string[]; readonly judged: readonly string[] };
  /** Questions that the challenger's trees ask, and those beyond the range of their column. */
  readonly thresholds?: { readonly all: number; readonly stray: number };
  /** Age of the rows by the clock, in days; undefined where they do not say it. */
  readonly dataAgeDays?: number;
  /** The column of groups that the dataset declares, and the group of each row. (n) */
  readonly groups?: { readonly column: string; readonly of: readonly string[] };
  /** Size of the challenger, in bytes. */
  readonly bytes?: number;
  /** Time for one row, 95th percentile, in milliseconds, measured on the challenger. */
  readonly rowMs?: number;
}

/** The rules, in the order in which they are shown. */
export type GateRule =
  | "contract"
  | "bytes"
  | "freshness"
  | "leak"
  | "signature"
  | "thresholds"
  | "evidence"
  | "baseline"
  | "classes"
  | "groups"
  | "calibration"
  | "cost"
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
  /** The unit of both; empty where there is no number. */
  readonly unit: string;
  /** Present where a clock gave the number: another run gives another, see {@linkcode decisionDigest}. */
  readonly measured?: true;
  /** One sentence for people. */
  readonly sentence: string;
}

/** A rule's result, and what should be known though it passes. */
export interface Finding {
  /** The result. */
  readonly result: RuleResult;
  /** Sentences for whoever relies on it. */
  readonly warnings: readonly string[];
}
