/** A window of labelled rows that wants to be learnt from, and what is said of it. */

import type { Samples } from "lib/core/mod.ts";
import type { ErrorCount } from "./excess.ts";

/** What a window is held against. */
export interface TrainingWindowInput {
  /** The rows that want to be learnt from, with their labels. (n × d) */
  readonly window: Samples;
  /** Rows whose labels are trusted, e.g. those of the first training. (t × d) */
  readonly trusted: Samples;
  /** The frozen holdout: none of its rows may be learnt from. */
  readonly holdout: Samples;
  /** Labels of the serving model for the window's rows. (n) */
  readonly predicted: Uint8Array;
  /** Errors of that model where labels are trusted (holdout or audited rows). */
  readonly realised: ErrorCount;
  /**
   * Rows of the window, drawn at random, that somebody trusted has labelled again: how many of the
   * window's labels were wrong. Leave it out where nobody has.
   */
  readonly audit?: ErrorCount;
}

/** Options of {@linkcode checkTrainingWindow}. */
export interface TrainingWindowOptions {
  /** Share of clean windows that may be refused for their labels, over both tests. Default 0.01. */
  readonly alpha?: number;
  /** Neighbours that are asked. Default 5. */
  readonly neighbours?: number;
  /** Error rate of the labels that an audit has to exclude, as a share. Default 0.1. */
  readonly maxLabelError?: number;
}

/** What is looked at. */
export type TrainingCheck = "range" | "holdout" | "classes" | "neighbours" | "model" | "audit";

/** What one check says. */
export interface TrainingFinding {
  /** Which check. */
  readonly check: TrainingCheck;
  /** Whether it lets the window pass. */
  readonly passed: boolean;
  /** Its number; null where it has none. */
  readonly value: number | null;
  /** What the number is held against; null where there is none. */
  readonly limit: number | null;
  /** The rows that it is about, from 0; empty where it is about the whole. */
  readonly rows: readonly number[];
  /** One sentence for people. */
  readonly sentence: string;
}

/** Whether a window may be learnt from. */
export interface TrainingWindowVerdict {
  /** Accept, or refuse. */
  readonly decision: "accept" | "refuse";
  /** What the labels look like: `audit-needed` where only a second source could tell. */
  readonly labels: "agree" | "concept-drift" | "wrong" | "audit-needed";
  /** One sentence for people. */
  readonly sentence: string;
  /** Every check; none is skipped because another has refused. */
  readonly findings: readonly TrainingFinding[];
}
