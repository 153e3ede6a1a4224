/**
 * Progress of something that takes a while: in a notebook one output that changes in place, elsewhere
 * a few lines on stderr, so that stdout stays for results.
 */

import { escapeMarkup } from "./markup.ts";

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
  const { sink = jupyterSink() ?? terminalSink(), now = () => performance.now() } = ports;
  const startMs = now();
  let last = -Infinity, finished = false, failed = false, done = 0;
  let queue: Promise<void> | undefined; // what is still being shown, in order

  function send(note: string | undefined): Promise<void> {
    last = now();
    const state = { ...options, done, note, finished, elapsedMs: last - startMs };
    const showing = queue ? queue.then(() => show(state)) : show(state);
    queue = showing;
    return showing.then(() => {
      if (queue === showing) queue = undefined;
    });
  }

  async function show(state: ProgressState): Promise<void> {
    try {
      await sink.show(state);
    } catch (error) {
      if (!failed) console.error(`Cannot show the progress of ${options.label}: ${error}`);
      failed = true;
    }
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

/** Progress as one output of the running cell, or `undefined` outside a kernel. */
function jupyterSink(): ProgressSink | undefined {
  const jupyter = kernel();
  if (!jupyter) return undefined;
  const id = crypto.randomUUID();
  let update = false;
  return {
    everyMs: 100,
    async show(state) {
      const bundle = { "text/plain": progressText(state), "text/html": progressHtml(state) };
      await jupyter.display(bundle, { raw: true, display_id: id, update });
      update = true;
    },
  };
}

/** What is used of the kernel's own interface; Deno's types only know it under a flag. */
interface Jupyter {
  display(
    bundle: Record<string, string>,
    options: { raw: boolean; display_id: string; update: boolean },
  ): Promise<void>;
}

/** The kernel's interface. Outside a kernel Deno throws at the mere mention of it. */
function kernel(): Jupyter | undefined {
  try {
    return (Deno as unknown as { jupyter?: Jupyter }).jupyter;
  } catch {
    return undefined;
  }
}

/** A bar and the line, in colours of the page around it. */
function progressHtml(state: ProgressState): string {
  const { label, done, total } = state, text = progressText(state).slice(label.length + 2);
  return `<div style="display:flex;flex-wrap:wrap;gap:0.3em 0.8em;align-items:center;` +
    `font-variant-numeric:tabular-nums"><strong>${escapeMarkup(label)}</strong>` +
    `<progress max="${total}" value="${done}" style="width:14em;height:1em" ` +
    `aria-label="${escapeMarkup(label)}"></progress><span>${escapeMarkup(text)}</span></div>`;
}

/** Progress on stderr: one changing line for a person, a line now and then for a log. */
function terminalSink(): ProgressSink {
  const person = Deno.stderr.isTerminal();
  return {
    everyMs: person ? 100 : 2000,
    show(state) {
      const line = person ? oneLine(progressText(state)) : progressText(state);
      // to the line's beginning, then erase what a longer line before has left
      if (person) writeError(`\r${line}\x1b[K${state.finished ? "\n" : ""}`);
      else writeError(`${line}\n`);
    },
  };
}

/** Cut to the terminal's width: a line that wraps cannot be overwritten. */
function oneLine(text: string): string {
  const { columns } = Deno.consoleSize();
  return text.length < columns ? text : text.slice(0, Math.max(1, columns - 2)) + "…";
}

/** All of a text to stderr, which may take it in pieces. */
function writeError(text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += Deno.stderr.writeSync(bytes.subarray(sent));
}

function seconds(ms: number): string {
  return ms < 9950 ? `${(ms / 1000).toFixed(1)} s` : `${Math.round(ms / 1000)} s`;
}
