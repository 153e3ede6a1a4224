/** Runs a notebook from top to bottom without a front end. */

import { basename, dirname, resolve } from "node:path";
import type { JsonRecord } from "lib/core/mod.ts";
import { codeCells, type NumberedCell } from "./code_cells.ts";
import { type CellResult, executedCopy } from "./executed.ts";
import { createExecutor, type Ending, type KernelError } from "./executor.ts";
import { explain, isWordless } from "./explain.ts";
import { Kernel } from "./kernel.ts";
import { RECORD_MIME } from "./mime.ts";
import { type ErrorOutput, hasTag, type Notebook, type Output, sourceOf } from "./nbformat.ts";
import { createCollector } from "./outputs.ts";
import { injectParameters, isInjected } from "./parameters.ts";
import { readNotebook } from "./read_notebook.ts";
import type { CellRun, NotebookRun, RunError, RunOptions } from "./run.ts";

/** Imported in the kernel before the first cell, by its address: a notebook may lie anywhere. */
const HEADLESS = `await import(${JSON.stringify(import.meta.resolve("./headless.ts"))}); undefined`;

/** Longest time for that, in seconds. */
const HEADLESS_SECONDS = 30;

/**
 * Runs a notebook in a kernel of its own, one cell after the other, in the notebook's folder, and
 * stops at the first cell that fails: by throwing, by an error that nobody caught, by taking too
 * long, by ending the kernel. Writes no file; see {@linkcode writeExecuted}.
 *
 * Tags: `parameters`; `raises-exception` (the cell may fail); `skip-execution`.
 *
 * @param path The notebook.
 * @param options See {@linkcode RunOptions}.
 * @returns The run; a cell's failure is in its `error`. The kernel's process has ended by then.
 * @throws {BadInput} If the file is no notebook, or a parameter is unknown or of the wrong type.
 * @throws {Error} If no kernel can be started; the signal's reason if it aborts before that.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { failureLine, runNotebook } from "lib/notebook/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * const cells = [{ cell_type: "code", source: "throw new RangeError('no')" }];
 * await Deno.writeTextFile(path, JSON.stringify({ nbformat: 4, cells }));
 * const run = await runNotebook(path);
 * assert.match(failureLine(run), /\.ipynb cell 1 \(throw .*\): RangeError: no$/);
 * await Deno.remove(path);
 * ```
 */
export async function runNotebook(path: string, options: RunOptions = {}): Promise<NotebookRun> {
  const start = performance.now(), { parameters = {}, onEvent } = options;
  const onLog = (line: string) => onEvent?.({ kind: "kernel-log", line });
  const { early, env, signal } = options, cwd = dirname(resolve(path));
  const notebook = await readNotebook(path).then((given) => injectParameters(given, parameters))
    .catch(async (error) => {
      await early?.stop();
      throw error;
    });
  const kernel = await (early?.take(onLog) ?? Kernel.start({ cwd, env, signal, onLog }));
  let done: Done | undefined;
  try {
    done = await runCells(kernel, path, notebook, options);
  } finally {
    await kernel.stop({ kill: done?.isLost ?? true });
  }
  const { cells, records, results, error } = done;
  const name = basename(path), seconds = secondsSince(start);
  onEvent?.({ kind: "notebook-end", name, seconds, error });
  return { name, seconds, cells, records, error, notebook: executedCopy(notebook, results) };
}

interface Done {
  readonly cells: readonly CellRun[];
  readonly records: JsonRecord;
  readonly results: ReadonlyMap<number, CellResult>;
  readonly error?: RunError;
  /** Whether the kernel can no longer be asked to end. */
  readonly isLost: boolean;
}

async function runCells(
  kernel: Kernel,
  path: string,
  notebook: Notebook,
  options: RunOptions,
): Promise<Done> {
  const { timeoutSeconds = 120, onEvent = () => {} } = options;
  const all = codeCells(notebook), total = all.at(-1)?.number ?? 0;
  const cells: CellRun[] = [], results = new Map<number, CellResult>();
  let number = 0, records: JsonRecord = {}, error: RunError | undefined, isLost = false;

  const collector = createCollector();
  const executor = createExecutor(kernel, (message) => {
    const output = collector.take(message);
    if (!output || number === 0) return;
    onEvent({ kind: "cell-output", number, output });
    records = { ...records, ...recordIn(output) };
  });
  const ready = await executor.execute(HEADLESS, { seconds: HEADLESS_SECONDS, silent: true });
  if (ready.kind !== "done") throw new Error(`no kernel to run in: ${ready.error.message}`);

  for (const numbered of all) {
    const { cell, at, title } = numbered, source = sourceOf(cell), isHidden = isInjected(cell);
    number = numbered.number;
    if (error || hasTag(cell, "skip-execution") || source.trim() === "") {
      cells.push({ number, title, seconds: 0, status: error ? "not-reached" : "skipped" });
      continue;
    }
    if (!isHidden) onEvent({ kind: "cell-start", number, total, title });
    const start = performance.now(), seconds = cell.metadata.timeout ?? timeoutSeconds;
    collector.begin();
    const ending = await executor.execute(source, { seconds, what: `cell ${number}` });
    const { failure, outputs } = await judge(ending, collector.outputs(), path, numbered);
    isLost = ending.kind === "lost";
    results.set(at, { outputs, count: ending.kind === "lost" ? null : ending.count });
    if (failure && (isLost || !hasTag(cell, "raises-exception"))) {
      error = { cell: number, cellTitle: title, ...failure };
    }
    if (isHidden) continue;
    const status = error ? "failed" : "ok";
    cells.push({ number, title, seconds: secondsSince(start), status });
    onEvent({ kind: "cell-end", total, ...cells.at(-1)! });
  }
  return { cells, records, results, error, isLost };
}

/** Whether a cell has failed: by its reply, or by an error among its outputs. */
async function judge(
  ending: Ending,
  outputs: readonly Output[],
  path: string,
  { number, cell }: NumberedCell,
): Promise<{ failure?: KernelError; outputs: readonly Output[] }> {
  const shown = outputs.find((output) => output.output_type === "error");
  if (shown && ending.kind !== "lost") return { failure: errorFrom(shown), outputs };
  if (ending.kind === "done") return { outputs };
  const failure = isWordless(ending.error)
    ? await explain(path, number, sourceOf(cell))
    : ending.error;
  return { failure, outputs: [...outputs, outputFrom(failure)] };
}

function errorFrom({ ename, evalue, traceback }: ErrorOutput): KernelError {
  return { name: ename, message: evalue, traceback };
}

function outputFrom({ name, message, traceback }: KernelError): ErrorOutput {
  return { output_type: "error", ename: name, evalue: message, traceback };
}

function recordIn(output: Output): JsonRecord {
  return "data" in output ? (output.data[RECORD_MIME] ?? {}) as JsonRecord : {};
}

function secondsSince(start: number): number {
  return (performance.now() - start) / 1000;
}
