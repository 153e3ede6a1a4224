/** What the drift test says of a window, as plain data. */

/** What can be said: it has moved, no drift was found, or there are too few rows to say. */
export type DriftState = "drift" | "none" | "undecided";

/** What a test says, of an input or of the predictions. */
export interface DriftFinding {
  /** Values it rests on. */
  readonly rows: number;
  /** How far apart; null where there is nothing to compare. Inputs: Wasserstein-1 in reference
   * deviations. Predictions: Jensen–Shannon distance, base 2. */
  readonly distance: number | null;
  /** Of the permutation test; null where undecided. */
  readonly pValue: number | null;
  /** After Benjamini and Hochberg, over all inputs and the predictions; null where undecided. */
  readonly adjusted: number | null;
  /** What is said. */
  readonly state: DriftState;
  /** Whether it has moved. */
  readonly drifted: boolean;
  /** One sentence for people. */
  readonly sentence: string;
}

/** Drift of an input. */
export interface FeatureDrift extends DriftFinding {
  /** Name of the input. */
  readonly name: string;
  /** Its unit. */
  readonly unit: string;
  /** Wasserstein-1 distance in that unit; null where there is nothing to compare. */
  readonly distanceInUnit: number | null;
  /** Kolmogorov and Smirnov's D at the bins' ends; null where there is nothing to compare. */
  readonly ks: number | null;
  /** Smallest shift, in reference deviations, that is noticed in 80 of 100 such windows if this input
   * moves alone; null where there is no value or the reference is constant. */
  readonly smallestShift: number | null;
}

/** Drift of the predictions. */
export interface PredictionDrift extends DriftFinding {
  /** Shares of the classes in the reference. (k) */
  readonly reference: readonly number[];
  /** Shares of the classes in the window; null where it is empty. (k) */
  readonly window: readonly number[] | null;
}

/** What drift was found in a window. Plain data. */
export interface DriftReport {
  /** Name of the window. */
  readonly window: string;
  /** Its rows. */
  readonly rows: number;
  /** `drift` if anything has moved; else `undecided` if anything is; else `none`. */
  readonly state: DriftState;
  /** One sentence for people. */
  readonly sentence: string;
  /** Inputs. (d) */
  readonly features: readonly FeatureDrift[];
  /** Predicted classes. */
  readonly prediction: PredictionDrift;
  /** Rows from which a window is decided; null if the reference is too small for any. */
  readonly rowsNeeded: number | null;
  /** Chance of any false alarm in a window without drift. */
  readonly level: number;
  /** Permutations of each test. */
  readonly permutations: number;
  /** Their seed. */
  readonly seed: number;
}
