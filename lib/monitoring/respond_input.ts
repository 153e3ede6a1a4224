/** What the answer to the last windows rests on, and the limits that it keeps to. */

/** A share with its interval. */
export interface MeasuredShare {
  /** As measured or estimated. */
  readonly value: number;
  /** Lower end of the 95 % interval. */
  readonly low: number;
  /** Upper end of the 95 % interval. */
  readonly high: number;
}

/** Whether something was found, in one sentence. */
export interface RespondSign {
  /** Whether the limit was broken. */
  readonly violated: boolean;
  /** One sentence for people, with the numbers. */
  readonly sentence: string;
}

/** What one window says, in short. */
export interface RespondWindow {
  /** Its name. */
  readonly window: string;
  /** Its end, ISO 8601. */
  readonly time: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** Of them with a label by now. */
  readonly labels: number;
  /** What is wrong with the data (a unit, a stuck sensor, refused rows); empty if nothing. */
  readonly quality: readonly string[];
  /** Whether the inputs have drifted. */
  readonly drift: RespondSign;
  /** Whether the predictions have drifted. */
  readonly predictionDrift: RespondSign;
  /** Accuracy as estimated without labels; null where it was not. */
  readonly estimated: MeasuredShare | null;
  /** Accuracy by the labels that have come; null where none has. */
  readonly realised: MeasuredShare | null;
  /** The version that was put into service within the window; null where none was. */
  readonly deployed: string | null;
}

/** Everything that the answer rests on. */
export interface RespondInput {
  /** In any order; the last `of` by time are looked at, and all of them for the begin of a loss. */
  readonly windows: readonly RespondWindow[];
  /** Accuracy that the model had when it passed the gate. */
  readonly expected: number;
  /** Labelled rows that could be learnt from, beside those of the last training. */
  readonly labelledRows: number;
  /** When the model was last trained anew, ISO 8601; null for never. */
  readonly lastRetrain: string | null;
  /** The present instant, ISO 8601. */
  readonly now: string;
}

/** Limits of {@linkcode respond}. */
export interface RespondPolicy {
  /** Windows with a loss (N) that it takes; the latest must be one of them. */
  readonly needed: number;
  /** Latest windows (M) that are looked at. */
  readonly of: number;
  /** Loss of accuracy that is borne, as a share. */
  readonly margin: number;
  /** Rows that a window needs to be judged. */
  readonly minRows: number;
  /** Labels that a window needs for its realised accuracy to be judged. */
  readonly minLabels: number;
  /** Share of a window's rows that must have labels: those that come first may be the easy ones. */
  readonly minCoverage: number;
  /** Labelled rows without which nothing is trained. */
  readonly minTrainRows: number;
  /** Time after a training in which there is no other, in hours. */
  readonly coolDownHours: number;
}

/** The policy where nobody gives another. */
export const DEFAULT_RESPOND_POLICY: RespondPolicy = {
  ...{ needed: 2, of: 5, margin: 0.05, minRows: 30, minLabels: 30, minCoverage: 0.5 },
  ...{ minTrainRows: 60, coolDownHours: 24 },
};
