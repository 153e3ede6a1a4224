/** How far something has come, and the line that says so. */

/** What is being done. */
export interface ProgressOptions {
  /** What is done, e.g. `sweep`. */
  readonly label: string;
  /** How many steps there are, at least 1. */
  readonly total: number;
  /** What a step is, in the plural, e.g. `settings`. Default: none. */
  readonly unit?: string;
}

/** How far it has come. */
export interface ProgressState extends ProgressOptions {
  /** Steps done, from 0 to `total`. */
  readonly done: number;
  /** Time since the start, in ms. */
  readonly elapsedMs: number;
  /** Whether this is the last word. */
  readonly finished: boolean;
  /** Something about the latest step. */
  readonly note?: string;
}

/** Where progress is shown. */
export interface ProgressSink {
  /** Least time between two updates, in ms. The first and the last are always shown. */
  readonly everyMs: number;
  /** Shows a state in the place of the one before it. */
  show(state: ProgressState): Promise<void> | void;
}

/**
 * A state in one line.
 *
 * @param state How far it has come.
 * @returns E.g. `sweep: 12 of 48 settings (25 %), about 9 s left, trees 50`.
 */
export function progressText(state: ProgressState): string {
  const { label, done, total, unit, finished, elapsedMs, note } = state;
  const steps = `${done} of ${total}${unit ? ` ${unit}` : ""}`;
  const parts = finished
    ? [`done, ${steps} in ${seconds(elapsedMs)}`]
    : [`${steps} (${Math.floor(done / total * 100)} %)`];
  const left = done > 0 ? elapsedMs / done * (total - done) : 0;
  // a forecast from the first moments is a guess
  if (!finished && elapsedMs >= 2000 && left >= 1000) parts.push(`about ${seconds(left)} left`);
  if (note) parts.push(note);
  return `${label}: ${parts.join(", ")}`;
}

function seconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
