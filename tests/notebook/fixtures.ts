/** Notebooks for the tests of this room, in folders inside the checkout that are removed again. */

import assert from "node:assert/strict";
import { join } from "node:path";
import type { NotebookRun, RunOptions } from "lib/notebook/mod.ts";
import { runNotebook } from "lib/notebook/mod.ts";

/** The checkout's root: kernels find `deno.json` from a notebook's folder upwards. */
export const ROOT = new URL("../../", import.meta.url).pathname;

/** A cell of a test's notebook; a bare text is code. */
export type CellSpec = string | {
  readonly code?: string;
  readonly prose?: string;
  readonly metadata?: Record<string, unknown>;
  readonly outputs?: unknown[];
  readonly count?: number;
  readonly id?: string;
};

/** Text of a notebook as this project commits it, but for what the cells themselves say. */
export function notebookText(cells: readonly CellSpec[]): string {
  const written = cells.map((spec, i) => {
    const { code, prose, metadata = {}, outputs = [], count = null, id = `c${i}` } =
      typeof spec === "string" ? { code: spec } : spec;
    const source = (code ?? prose ?? "").match(/[^\n]*\n|[^\n]+$/g) ?? [];
    return prose === undefined
      ? { cell_type: "code", execution_count: count, id, metadata, outputs, source }
      : { cell_type: "markdown", id, metadata, source };
  });
  const metadata = {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: { name: "typescript" },
  };
  const notebook = { cells: written, metadata, nbformat: 4, nbformat_minor: 5 };
  return JSON.stringify(notebook, null, 1) + "\n";
}

/** Gives work a folder in `out/`, and removes it. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  await Deno.mkdir(join(ROOT, "out"), { recursive: true });
  const folder = await Deno.makeTempDir({ dir: join(ROOT, "out"), prefix: "tmp-notebook-" });
  try {
    return await work(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

/** Writes a notebook and gives back its path. */
export async function write(
  folder: string,
  name: string,
  cells: readonly CellSpec[],
): Promise<string> {
  const path = join(folder, name);
  await Deno.writeTextFile(path, notebookText(cells));
  return path;
}

/** Code that notes the kernel's process id beside the notebook. */
export const NOTE_PID = 'Deno.writeTextFileSync("kernel.pid", String(Deno.pid));';

/** Whether a process runs. One that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
  try {
    Deno.kill(pid, "SIGCONT"); // a running process takes no notice of it
  } catch {
    return false;
  }
  try {
    return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
  } catch {
    return Deno.build.os !== "linux";
  }
}

/** Waits until a process is gone, and fails if it stays. */
export async function assertGone(pid: number, limitMs = 4000): Promise<void> {
  const end = Date.now() + limitMs;
  while (isAlive(pid) && Date.now() < end) await new Promise((wake) => setTimeout(wake, 20));
  assert.ok(!isAlive(pid), `process ${pid} is still there after ${limitMs} ms`);
}

/** The process id that {@linkcode NOTE_PID} noted. */
export async function notedPid(folder: string): Promise<number> {
  return Number(await Deno.readTextFile(join(folder, "kernel.pid")));
}

/**
 * Runs a notebook of these cells; **the first is cell 2**, behind one that notes the kernel's id.
 * Fails if the kernel outlives the run.
 */
export function runCells(
  cells: readonly CellSpec[],
  options: RunOptions = {},
): Promise<NotebookRun> {
  return inFolder(async (folder) => {
    const path = await write(folder, "test.ipynb", [
      { code: NOTE_PID, metadata: { timeout: 30 } },
      ...cells,
    ]);
    const run = await runNotebook(path, {
      ...options,
      timeoutSeconds: options.timeoutSeconds ?? 10,
    });
    await assertGone(await notedPid(folder), 0);
    return run;
  });
}

/** The outputs of a code cell in a run's executed copy, by the cell's number. */
export function outputsOf(run: NotebookRun, number: number) {
  const cell = run.notebook.cells.filter(({ cell_type: type }) => type === "code")[number - 1];
  assert.ok(cell.cell_type === "code");
  return cell.outputs;
}

/** All that a cell printed and showed as text. */
export function textOf(run: NotebookRun, number: number): string {
  return outputsOf(run, number).map((output) => {
    if (output.output_type === "stream") return [output.text].flat().join("");
    if (output.output_type === "error") return `${output.ename}: ${output.evalue}`;
    return String(output.data["text/plain"]);
  }).join("");
}
