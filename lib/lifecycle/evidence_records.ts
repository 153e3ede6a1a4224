/** The records of an evidence pack: one for each of its JSON files. */

import type { Feature, JsonRecord } from "lib/core/mod.ts";
import type { CleaningAction, CleaningPolicy, Violation } from "lib/data/mod.ts";
import type { Calibration, ShareMetric } from "lib/model/mod.ts";
import type { GateDecision, ProductionChange } from "lib/registry/mod.ts";
import type { BehaviourCheck } from "lib/training/mod.ts";
import type { TrainingRecord } from "./bundle.ts";
import type { ExpectedCost } from "./expected_cost.ts";
import type { Fairness } from "./fairness.ts";

/** One class on the holdout. A share of nothing is null. */
export interface CardClass {
  /** Its name. */
  readonly class: string;
  /** Rows that really are of it. */
  readonly rows: number;
  /** Harmonic mean of precision and recall. */
  readonly f1: number | null;
  /** Of its rows, the share that is recognised, with its 95 % interval. */
  readonly recall: ShareMetric | null;
  /** Of the rows that are said to be of it, the share that is, with its 95 % interval. */
  readonly precision: ShareMetric | null;
}

/**
 * What a model is for, and how good it is.
 *
 * @see Mitchell et al. (2019), Model cards for model reporting.
 */
export interface ModelCard {
  /** Name of the model. */
  readonly name: string;
  /** Its version. */
  readonly version: string;
  /** SHA-256 of its bytes. */
  readonly digest: string;
  /** In ISO 8601. */
  readonly registeredAt: string;
  /** What it is for. */
  readonly intendedUse: string;
  /** What it is not for; continues "Not for". */
  readonly outOfScope: string;
  /** The rows behind it. */
  readonly dataset: {
    readonly name: string;
    readonly title: string;
    readonly digest: string;
    readonly csvSha256: string;
    readonly source: string | null;
    readonly licence: string | null;
    readonly rows: TrainingRecord["rows"];
    readonly holdout: { readonly sha256: string; readonly frozen: boolean };
  };
  /** What it takes. */
  readonly inputs: readonly Feature[];
  /** What it says. */
  readonly classes: readonly string[];
  /** How it was trained. */
  readonly algorithm: {
    readonly kind: string;
    readonly seed: number;
    readonly parameters: TrainingRecord["parameters"];
  };
  /** Measured anew on the holdout. */
  readonly metrics: {
    readonly measuredOn: "holdout";
    readonly accuracy: ShareMetric;
    readonly macroF1: number;
    readonly logLoss: number;
    readonly brier: number;
    readonly perClass: readonly CardClass[];
    readonly slices: TrainingRecord["metrics"]["slices"];
    readonly confusion: TrainingRecord["metrics"]["confusion"];
    readonly baselines: readonly {
      readonly name: string;
      readonly rule: string;
      readonly accuracy: ShareMetric;
    }[];
    readonly outOfBagAccuracy: ShareMetric;
    /** Whether the training record says the same. */
    readonly agreesWithRecord: boolean;
  };
  /** Whether its confidence may be taken at its word. */
  readonly calibration: Calibration;
  /** What must not be concluded, a sentence each. */
  readonly limits: readonly string[];
}

/** The documents of a pack, each plain data. */
export interface EvidenceDocuments {
  /** `model_card.json`. */
  readonly modelCard: ModelCard;
  /** `contract.json`: what the rows keep to, and what cleaning did. */
  readonly contract: {
    readonly file: string;
    readonly csvSha256: string;
    /** Rows read. */
    readonly rows: number;
    /** Rows used. */
    readonly keptRows: number;
    /** Whether the rows that are used keep the contract. */
    readonly passed: boolean;
    readonly violations: readonly Violation[];
    readonly policy: CleaningPolicy;
    readonly cleaning: readonly CleaningAction[];
  };
  /** `behaviour.json`: behavioural tests, run anew. */
  readonly behaviour: {
    readonly checks: readonly BehaviourCheck[];
    /** Whether the training record says the same. */
    readonly agreesWithRecord: boolean;
  };
  /** `comparison.json`: the gate's last decision; null where none has decided. */
  readonly comparison: { readonly decision: GateDecision | null; readonly sentence: string };
  /** `costs.json`. */
  readonly costs: ExpectedCost;
  /** `fairness.json`. */
  readonly fairness: Fairness;
  /** `provenance.json`: run, rows, code. */
  readonly provenance: {
    readonly runId: string;
    readonly datasetDigest: string;
    readonly csvSha256: string;
    readonly commit: string;
    readonly registeredAt: string;
    /** Null where the tracking server has it no more. */
    readonly run: {
      readonly name: string;
      readonly status: string;
      readonly startedAt: string;
    } | null;
    readonly modelDigest: string;
    readonly holdoutSha256: string;
    /** Its digest, and whether its text was found. */
    readonly lockfile: { readonly sha256: string; readonly found: boolean };
  };
  /** `approval.json`: each time that it went into production, and who approved it. */
  readonly approval: {
    readonly changes: readonly ProductionChange[];
    readonly sentence: string;
  };
  /** `sbom.cdx.json`; absent where the lockfile was not found. */
  readonly sbom?: JsonRecord;
}
