/** What the registry remembers, as plain records. */

import type { JsonRecord } from "lib/core/mod.ts";

/** A version of a model: what it is, and what it came from. Never changes. */
export interface ModelVersion {
  /** Name of the model, as in Azure ML. */
  readonly name: string;
  /** A whole number from 1 on, as a text, as in Azure ML. */
  readonly version: string;
  /** SHA-256 of the model's canonical bytes, 64 hexadecimal digits. */
  readonly digest: string;
  /** What it takes and gives. */
  readonly signature: JsonRecord;
  /** The run that trained it. */
  readonly runId: string;
  /** Digest of the rows that it was trained on. */
  readonly datasetDigest: string;
  /** Commit of the code. */
  readonly commit: string;
  /** Digest of the lockfile: which packages the code used. */
  readonly lockfile: string;
  /** Metrics on the frozen holdout, without unit unless their names say one. */
  readonly metrics: Readonly<Record<string, number>>;
  /** When it was registered, in ISO 8601. */
  readonly registeredAt: string;
}

/** What makes a version traceable: from one prediction back to rows and code. */
export type Origin = Pick<ModelVersion, "runId" | "datasetDigest" | "commit" | "lockfile">;

/** Names that point at a version. */
export type Alias = "champion" | "challenger";

/** Where an alias points. */
export interface AliasTarget {
  /** The version. */
  readonly version: string;
  /** Since when, in ISO 8601. */
  readonly at: string;
  /** Who or what moved it. */
  readonly by: string;
}

/** A change of what is in production. */
export interface ProductionChange {
  /** Name of the model. */
  readonly name: string;
  /** From 1, without gaps. */
  readonly sequence: number;
  /** The version before; null if there was none. */
  readonly from: string | null;
  /** The version since; null if production was emptied. */
  readonly to: string | null;
  /** When, in ISO 8601. */
  readonly at: string;
  /** Whose decision. */
  readonly by: string;
  /** Why, in a sentence. */
  readonly reason: string;
  /** The gate's decision that it rests on; null if it rests on none, e.g. a rollback. */
  readonly decision: string | null;
  /** The person who approved it, why, when, and how it came; absent where nobody was asked. */
  readonly approval?: {
    readonly by: string;
    readonly reason: string;
    readonly at: string;
    readonly from: string;
  };
}

/** What a gate decided about a version. Never changes. */
export interface GateDecision {
  /** `NAME/VERSION/NUMBER`. */
  readonly id: string;
  /** Name of the model. */
  readonly name: string;
  /** The version that wanted to pass. */
  readonly version: string;
  /** The version that it was measured against; null if there was none. */
  readonly against: string | null;
  /** Whether it may go on. */
  readonly passed: boolean;
  /** Why, a sentence each. */
  readonly reasons: readonly string[];
  /** The numbers behind it. */
  readonly evidence: JsonRecord;
  /** When, in ISO 8601. */
  readonly at: string;
  /** Who or what decided. */
  readonly by: string;
}

/** A deployment as it was made. Never changes: the next one to the same place is another record. */
export interface DeploymentRecord {
  /** Name of the model. */
  readonly name: string;
  /** The version that it serves. */
  readonly version: string;
  /** The endpoint. */
  readonly endpoint: string;
  /** The deployment behind it, e.g. `blue`. */
  readonly deployment: string;
  /** What it runs in, as `NAME:VERSION`. */
  readonly environment: string;
  /** Digest of what its image is built from, 64 hexadecimal digits; null for an environment of others. */
  readonly image: string | null;
  /** When it was asked for, in ISO 8601. */
  readonly at: string;
}
