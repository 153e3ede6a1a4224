/** Waiting enters the room here, so that a test can do without. */

/** Starts things later. */
export interface Timers {
  /** Runs something once after so many milliseconds. */
  after(milliseconds: number, run: () => void): () => void;
  /** A signal that aborts after so many milliseconds. */
  deadline(milliseconds: number): AbortSignal;
}

/** The machine's timers. They keep no process alive. */
export const systemTimers: Timers = {
  after(milliseconds, run) {
    const timer = setTimeout(run, milliseconds);
    return () => clearTimeout(timer);
  },
  deadline: (milliseconds) => AbortSignal.timeout(milliseconds),
};
