/** A request that was answered, as the collector takes it. */

/** One value of a row. */
export type Cell = number | string;

/** Inputs and answers of one request. Letters: n rows. */
export interface ScoredRequest {
  /** The request's id. */
  readonly requestId: string;
  /** The id that joins its inputs with its outputs. */
  readonly correlationId: string;
  /** When it was answered, ISO 8601. */
  readonly time: string;
  /** Inputs by name, and the row's correlation id. (n) */
  readonly inputs: readonly Readonly<Record<string, Cell>>[];
  /** Label, probability of each class, and the row's correlation id. (n) */
  readonly outputs: readonly Readonly<Record<string, Cell>>[];
}

/** Takes what was answered. */
export interface ScoredSink {
  /** Keeps a request. Neither waits nor throws: what it cannot keep it counts. */
  collect(scored: ScoredRequest): void;
}
