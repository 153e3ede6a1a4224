/** What a request may be at most. */

/** Limits of a request. */
export interface Limits {
  /** Largest body, in bytes. */
  readonly maxBytes: number;
  /** Most rows. */
  readonly maxRows: number;
  /** Deepest nesting of arrays and objects in the body. */
  readonly maxDepth: number;
}

/** The limits where nobody gives others. The shapes that are understood are four levels deep. */
export const DEFAULT_LIMITS: Limits = { maxBytes: 4_000_000, maxRows: 1_000, maxDepth: 16 };

/** Longest correlation id or request id that is taken over, in UTF-16 code units. */
export const MAX_ID = 128;
