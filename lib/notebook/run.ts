/** What a run of a notebook is asked, tells on its way, and leaves. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { EarlyKernel } from "./early_kernel.ts";
import type { Notebook, Output } from "./nbformat.ts";

/** Options of `runNotebook`. */
export interface RunOptions {
  /** Values instead of those in the cell tagged `parameters`. Default none. */
  readonly parameters?: JsonRecord;
  /** Longest time for one cell, in seconds; `metadata.timeout` of a cell goes first. Default 120. */
  readonly timeoutSeconds?: number;
  /** Environment variables for the kernel, on top of this process's own. */
  readonly env?: Readonly<Record<string, string>>;
  /** Is told what happens, as it happens. */
  readonly onEvent?: (event: RunEvent) => void;
  /** Stops the run when it aborts. */
  readonly signal?: AbortSignal;
  /** A kernel that was started for this notebook, with its environment; it ends. Default: a new one. */
  readonly early?: EarlyKernel;
}

/** How a cell fared. A cell tagged `raises-exception` that raises is `ok`. */
export type CellStatus = "ok" | "failed" | "skipped" | "not-reached";

/** One code cell of a run. */
export interface CellRun {
  /** Place among the notebook's code cells, from 1. */
  readonly number: number;
  /** The heading above it, or its first line. */
  readonly title: string;
  /** How long it took. */
  readonly seconds: number;
  /** How it fared. */
  readonly status: CellStatus;
}

/** Why a run stopped. */
export interface RunError {
  /** Number of the cell that failed. */
  readonly cell: number;
  /** Its title. */
  readonly cellTitle: string;
  /** The error's name, e.g. `BadInput`, `TimeoutError`. */
  readonly name: string;
  /** The error's message. */
  readonly message: string;
  /** The stack, line by line; empty if there is none. */
  readonly traceback: readonly string[];
}

/** A run of a notebook. */
export interface NotebookRun {
  /** The notebook's file name. */
  readonly name: string;
  /** How long it took, the kernel's start and end included. */
  readonly seconds: number;
  /** All code cells of the notebook. */
  readonly cells: readonly CellRun[];
  /** All records that were published, merged; of two values under one key the later. */
  readonly records: JsonRecord;
  /** Why it stopped; absent if it did not. */
  readonly error?: RunError;
  /** The notebook with its outputs, up to where it stopped. */
  readonly notebook: Notebook;
}

/** What happens in a run, as it happens. */
export type RunEvent =
  | {
    readonly kind: "cell-start";
    readonly number: number;
    readonly total: number;
    readonly title: string;
  }
  | { readonly kind: "cell-output"; readonly number: number; readonly output: Output }
  | ({ readonly kind: "cell-end"; readonly total: number } & CellRun)
  | { readonly kind: "kernel-log"; readonly line: string }
  | {
    readonly kind: "notebook-end";
    readonly name: string;
    readonly seconds: number;
    readonly error?: RunError;
  };

/**
 * One line for a run that failed.
 *
 * @param run A run.
 * @returns Notebook, cell and error; empty if the run did not fail.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { failureLine } from "lib/notebook/mod.ts";
 *
 * const error = { cell: 3, cellTitle: "Train", name: "TypeError", message: "no", traceback: [] };
 * assert.equal(failureLine({ name: "a.ipynb", error }), "a.ipynb cell 3 (Train): TypeError: no");
 * ```
 */
export function failureLine(run: Pick<NotebookRun, "name" | "error">): string {
  if (!run.error) return "";
  const { cell, cellTitle, name, message } = run.error;
  return `${run.name} cell ${cell} (${cellTitle}): ${name}: ${message}`;
}
