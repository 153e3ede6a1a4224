/** Scored rows of one window of time, ready for arithmetic. Letters: n rows, d features, k classes. */

import type { Feature } from "lib/core/mod.ts";

/** Requests of one window, as their callers saw them. */
export interface WindowRequests {
  /** HTTP status by request. (r) */
  readonly status: Uint16Array;
  /** Time from sending to answer by request, in milliseconds. (r) */
  readonly ms: Float64Array;
}

/** Rows that were refused for a broken rule of one input. */
export interface RefusedInput {
  /** Name of the input; null where the rule is about a whole row. */
  readonly input: string | null;
  /** The rule in words. */
  readonly rule: string;
  /** How many rows broke it. */
  readonly rows: number;
}

/** One window of the inference log, joined with what callers saw and with the labels so far. */
export interface ScoredWindow {
  /** Name for people, e.g. `window 3`. */
  readonly name: string;
  /** Begin, ISO 8601 in UTC. */
  readonly from: string;
  /** End (excluded), ISO 8601 in UTC. */
  readonly to: string;
  /** The d inputs, in the order in which `x` holds them. */
  readonly features: readonly Feature[];
  /** The k class names; a label is an index into them. */
  readonly classes: readonly string[];
  /** Correlation ids, where the rows were joined by them. (n) */
  readonly ids?: readonly string[];
  /** Inputs, row after row; NaN is missing. (n × d) */
  readonly x: Float64Array;
  /** Predicted labels. (n) */
  readonly predicted: Uint8Array;
  /** Predicted probabilities, row after row. (n × k) */
  readonly probabilities: Float64Array;
  /** True labels; -1 where none has come yet. (n) */
  readonly actual: Int16Array;
  /** Requests of the window; the rows of a refused request are not in `x`. */
  readonly requests: WindowRequests;
  /** Why rows were refused. */
  readonly refused: readonly RefusedInput[];
}

/** What windows are held against: rows that the model has learnt from, with honest votes. */
export interface Reference {
  /** The d inputs. */
  readonly features: readonly Feature[];
  /** The k class names. */
  readonly classes: readonly string[];
  /** Inputs, row after row. (n × d) */
  readonly x: Float64Array;
  /** Labels by out-of-bag votes. (n) */
  readonly predicted: Uint8Array;
  /** Out-of-bag shares of the votes. (n × k) */
  readonly probabilities: Float64Array;
  /** True labels. (n) */
  readonly actual: Uint8Array;
}
