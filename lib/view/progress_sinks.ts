/** Where progress is shown: in a cell's output that changes in place, or on a terminal. */

import { escapeMarkup } from "./markup.ts";
import { type ProgressSink, type ProgressState, progressText } from "./progress_state.ts";

/** The kernel's own way to show a bundle; with `update` in the place of the one of that id. */
export type KernelDisplay = (
  bundle: Record<string, string>,
  options: { raw: boolean; display_id: string; update: boolean },
) => Promise<void>;

/** The running kernel's display, or `undefined` outside one. */
export function kernelDisplay(): KernelDisplay | undefined {
  try {
    // Deno's types know it under a flag only, and outside a kernel it throws when it is mentioned
    const { jupyter } = Deno as unknown as { jupyter?: { display: KernelDisplay } };
    return jupyter && ((bundle, options) => jupyter.display(bundle, options));
  } catch {
    return undefined;
  }
}

/**
 * Progress as one output of the running cell.
 *
 * @param display How the kernel shows something.
 * @param id What the output is known by.
 * @returns The sink: about ten updates a second.
 */
export function jupyterSink(display: KernelDisplay, id: string): ProgressSink {
  let update = false;
  return {
    everyMs: 100,
    async show(state) {
      const bundle = { "text/plain": progressText(state), "text/html": progressHtml(state) };
      const options = { raw: true, display_id: id, update };
      update = true;
      await display(bundle, options);
    },
  };
}

/** A bar and the line, in colours of the page around it. */
function progressHtml(state: ProgressState): string {
  const { label, done, total } = state, text = progressText(state).slice(label.length + 2);
  return `<div style="display:flex;flex-wrap:wrap;gap:0.3em 0.8em;align-items:center;` +
    `font-variant-numeric:tabular-nums"><strong>${escapeMarkup(label)}</strong>` +
    `<progress max="${total}" value="${done}" style="width:14em;height:1em" ` +
    `aria-label="${escapeMarkup(label)}"></progress><span>${escapeMarkup(text)}</span></div>`;
}

/** What is used of a terminal or of the file that stands in for it. */
export interface TerminalPort {
  /** Whether a person looks at it. */
  readonly isTerminal: boolean;
  /** Its width in characters; asked for only where a person looks. */
  columns(): number;
  /** Writes some of the bytes and tells how many. */
  write(bytes: Uint8Array): number;
}

/**
 * Progress as text: one changing line for a person, a line every two seconds for a log, which gets no
 * control characters.
 *
 * @param port Where to write.
 * @returns The sink.
 */
export function terminalSink(port: TerminalPort): ProgressSink {
  return {
    everyMs: port.isTerminal ? 100 : 2000,
    show(state) {
      const line = progressText(state);
      if (!port.isTerminal) return writeAll(port, `${line}\n`);
      // to the line's beginning, then erase what a longer line before has left
      writeAll(port, `\r${cut(line, port.columns())}\x1b[K${state.finished ? "\n" : ""}`);
    },
  };
}

/** Cut to the width: a line that wraps cannot be overwritten. */
function cut(line: string, columns: number): string {
  return line.length < columns ? line : line.slice(0, Math.max(1, columns - 2)) + "…";
}

function writeAll(port: TerminalPort, text: string): void {
  const bytes = new TextEncoder().encode(text);
  for (let sent = 0; sent < bytes.length;) sent += port.write(bytes.subarray(sent));
}
