/**
 * Progress of something that takes a while: in a notebook one output that changes in place, elsewhere
 * a few lines on stderr, so that stdout stays for results.
 */

import { jupyterSink, kernelDisplay, terminalSink } from "./progress_sinks.ts";
import type { ProgressOptions, ProgressSink, ProgressState } from "./progress_state.ts";

/** What {@linkcode progress} takes from the outside; tests hand in their own. */
export interface ProgressPorts {
  /** Where to show it. Default: the notebook if there is one, otherwise stderr. */
  readonly sink?: ProgressSink;
  /** Time in ms. Default: `performance.now`. */
  readonly now?: () => number;
}

/** A running display of progress. A display that fails says so once on stderr and stops no work. */
export interface Progress {
  /**
   * Tells how far it has come. At most ten of these a second are shown.
   *
   * @returns Settles when it has been shown, so that a loop that awaits nothing else lets the kernel
   * send it. It never rejects.
   */
  update(done: number, note?: string): Promise<void>;
  /**
   * Shows the end: the bar full, the time it took. More calls change nothing. It returns nothing, so
   * that it may be the last line of a cell.
   */
  finish(note?: string): void;
}

/**
 * Begins to show progress.
 *
 * @param options What is being done; see {@linkcode ProgressOptions}.
 * @param ports See {@linkcode ProgressPorts}.
 * @returns Two functions to call as the work goes on.
 * @throws {RangeError} If `total` is not at least 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { progress, type ProgressSink, progressText } from "lib/view/mod.ts";
 *
 * const shown: string[] = [];
 * const sink: ProgressSink = { everyMs: 0, show: (state) => void shown.push(progressText(state)) };
 * const bar = progress({ label: "sweep", total: 4, unit: "settings" }, { sink, now: () => 0 });
 * await bar.update(1, "trees 50");
 * bar.finish();
 * assert.deepEqual(shown, [
 *   "sweep: 1 of 4 settings (25 %), trees 50",
 *   "sweep: done, 4 of 4 settings in 0.0 s",
 * ]);
 * ```
 */
export function progress(options: ProgressOptions, ports: ProgressPorts = {}): Progress {
  if (!(options.total >= 1)) {
    throw new RangeError(`Cannot show progress as total must be at least 1: ${options.total}`);
  }
  const { sink = defaultSink(), now = () => performance.now() } = ports;
  const startMs = now();
  let last = -Infinity, finished = false, failed = false, done = 0;
  let queue: Promise<void> | undefined; // what is still being shown, in order

  function send(note: string | undefined): Promise<void> {
    last = now();
    const state = { ...options, done, note, finished, elapsedMs: last - startMs };
    // at once if possible: a loop that never awaits must see its progress on a terminal
    const showing = queue ? queue.then(() => show(state)) : show(state);
    if (!showing) return Promise.resolve();
    queue = showing;
    return showing.then(() => {
      if (queue === showing) queue = undefined;
    });
  }

  function show(state: ProgressState): Promise<void> | void {
    try {
      return sink.show(state)?.catch(complain);
    } catch (error) {
      complain(error);
    }
  }

  function complain(error: unknown): void {
    if (!failed) console.error(`Cannot show the progress of ${options.label}: ${error}`);
    failed = true;
  }

  function update(steps: number, note?: string): Promise<void> {
    done = finished ? done : Math.max(0, Math.min(options.total, steps));
    const soon = now() - last < sink.everyMs && done < options.total;
    return finished || soon ? Promise.resolve() : send(note);
  }

  function finish(note?: string): void {
    if (finished) return;
    [finished, done] = [true, options.total];
    send(note);
  }

  return { update, finish };
}

function defaultSink(): ProgressSink {
  const display = kernelDisplay();
  if (display) return jupyterSink(display, crypto.randomUUID());
  return terminalSink({
    isTerminal: Deno.stderr.isTerminal(),
    columns: () => Deno.consoleSize().columns,
    write: (bytes) => Deno.stderr.writeSync(bytes),
  });
}
