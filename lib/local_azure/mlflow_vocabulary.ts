/** What may be searched for, and ordered by, in each of MLflow's four searches. */

/** What a term is about. */
export type Entity = "metric" | "param" | "tag" | "attribute" | "dataset";

/** What is compared or ordered by. */
export interface Term {
  readonly entity: Entity;
  /** Key of the metric, parameter or tag; the attribute's own name for its aliases. */
  readonly key: string;
}

/** An attribute of what is searched. */
export interface Attribute {
  readonly kind: "text" | "number";
  /** Its own name, where this is another. */
  readonly is?: string;
  /** Whether IN takes it. */
  readonly list?: true;
  /** Whether its number may be in quotes. */
  readonly quoted?: true;
  /** `never` it orders; `only` it orders and is not searched for. Absent: both. */
  readonly order?: "never" | "only";
}

/** The words of one search. */
export interface Vocabulary {
  /** Entities by the names that clients have for them. */
  readonly entities: Readonly<Record<string, Entity>>;
  readonly attributes: Readonly<Record<string, Attribute>>;
  /** Entities, attributes aside, that may be ordered by. */
  readonly orderEntities: readonly Entity[];
  /** Whether there is IS NULL. */
  readonly nullable: boolean;
}

const NUMBER = { kind: "number" } as const, TEXT = { kind: "text" } as const;

/** The words of `runs/search`. */
export const RUNS: Vocabulary = {
  entities: {
    ...{ metric: "metric", metrics: "metric" },
    ...{ parameter: "param", parameters: "param", param: "param", params: "param" },
    ...{ tag: "tag", tags: "tag" },
    ...{ attribute: "attribute", attributes: "attribute", attr: "attribute", run: "attribute" },
    ...{ dataset: "dataset", datasets: "dataset" },
  },
  attributes: {
    run_id: { kind: "text", list: true },
    run_name: TEXT,
    "run name": { kind: "text", is: "run_name", order: "never" },
    "Run name": { kind: "text", is: "run_name", order: "never" },
    "Run Name": { kind: "text", is: "run_name", order: "never" },
    status: TEXT,
    user_id: TEXT,
    artifact_uri: TEXT,
    start_time: NUMBER,
    created: { kind: "number", is: "start_time" },
    Created: { kind: "number", is: "start_time" },
    end_time: NUMBER,
  },
  orderEntities: ["metric", "param", "tag"],
  nullable: true,
};

/** The words of `experiments/search`. */
export const EXPERIMENTS: Vocabulary = {
  entities: { attribute: "attribute", tag: "tag", tags: "tag" },
  attributes: {
    name: TEXT,
    experiment_id: TEXT,
    creation_time: NUMBER,
    last_update_time: NUMBER,
  },
  orderEntities: [],
  nullable: true,
};

/** The words of `registered-models/search`. */
export const MODELS: Vocabulary = {
  entities: { attribute: "attribute", tag: "tag", tags: "tag" },
  attributes: {
    name: { kind: "text", list: true },
    timestamp: { kind: "number", is: "last_updated_timestamp", order: "only" },
    last_updated_timestamp: { kind: "number", order: "only" },
  },
  orderEntities: [],
  nullable: false,
};

/** The words of `model-versions/search`. */
export const VERSIONS: Vocabulary = {
  entities: { attribute: "attribute", tag: "tag", tags: "tag" },
  attributes: {
    name: { kind: "text", list: true },
    run_id: { kind: "text", list: true, order: "never" },
    source_path: { kind: "text", order: "never" },
    version_number: { kind: "number", quoted: true },
    creation_timestamp: { kind: "number", order: "only" },
    last_updated_timestamp: { kind: "number", order: "only" },
  },
  orderEntities: [],
  nullable: false,
};
