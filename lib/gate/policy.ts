/** What a challenger has to fulfil. */

/** The limits of the gate. */
export interface GatePolicy {
  /** Largest loss of accuracy against the champion that is accepted, as a share. */
  readonly margin: number;
  /** Significance level of McNemar's test. */
  readonly alpha: number;
  /** Smallest recall of every class, as a share. */
  readonly classFloor: number;
  /** Largest model, in bytes. */
  readonly maxBytes: number;
  /** Longest time for one row, 95th percentile, in milliseconds. */
  readonly maxRowMs: number;
}

/**
 * The policy where nobody gives another. The margin is wide because the holdout of the demo is small:
 * on 60 rows a twin of the champion has an interval of about ±7 points.
 */
export const DEFAULT_POLICY: GatePolicy = {
  margin: 0.1,
  alpha: 0.05,
  classFloor: 0.7,
  maxBytes: 5_000_000,
  maxRowMs: 20,
};
