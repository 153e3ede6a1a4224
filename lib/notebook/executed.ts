/** Executed copies of notebooks: made after a run, and written to a folder. */

import { join } from "node:path";
import { withIds } from "./cell_ids.ts";
import type { Cell, Notebook, Output } from "./nbformat.ts";
import type { NotebookRun } from "./run.ts";

/** What a cell left behind. */
export interface CellResult {
  /** Its outputs. */
  readonly outputs: readonly Output[];
  /** The kernel's count for it, where it has one. */
  readonly count: number | null;
}

/** Options of {@linkcode writeExecuted}. */
export interface WriteOptions {
  /**
   * Leaves SVG out where there is a PNG, as GitHub's viewer prefers SVG and shows it badly.
   * Default false.
   */
  readonly publish?: boolean;
}

/**
 * The notebook as a run left it: valid nbformat 4.5, with the outputs of the cells that ran and none
 * in the others.
 *
 * @param notebook The notebook that ran.
 * @param results What each cell left, by its place among all cells.
 * @returns The copy.
 */
export function executedCopy(
  notebook: Notebook,
  results: ReadonlyMap<number, CellResult>,
): Notebook {
  const cells = notebook.cells.map((cell, at): Cell => {
    if (cell.cell_type !== "code") return cell;
    const { outputs = [], count = null } = results.get(at) ?? {};
    return { ...cell, outputs, execution_count: count };
  });
  return { ...notebook, cells: withIds(cells), nbformat: 4, nbformat_minor: 5 };
}

/**
 * Writes the executed copy of a run, whole or not at all.
 *
 * @param run A run, also one that failed.
 * @param folder Where to; made if need be.
 * @param options See {@linkcode WriteOptions}.
 * @returns Path of the file.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNotebook, readNotebook, writeExecuted } from "lib/notebook/mod.ts";
 *
 * const folder = await Deno.makeTempDir();
 * const notebook = parseNotebook('{"nbformat": 4, "cells": []}', "a.ipynb");
 * const path = await writeExecuted({ name: "a.ipynb", notebook }, folder);
 * assert.deepEqual(await readNotebook(path), notebook);
 * await Deno.remove(folder, { recursive: true });
 * ```
 */
export async function writeExecuted(
  run: Pick<NotebookRun, "name" | "notebook">,
  folder: string,
  options: WriteOptions = {},
): Promise<string> {
  const notebook = options.publish ? withoutSpareSvg(run.notebook) : run.notebook;
  await Deno.mkdir(folder, { recursive: true });
  const path = join(folder, run.name), draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, JSON.stringify(notebook, null, 1) + "\n");
  await Deno.rename(draft, path);
  return path;
}

function withoutSpareSvg(notebook: Notebook): Notebook {
  const cells = notebook.cells.map((cell): Cell =>
    cell.cell_type === "code" ? { ...cell, outputs: cell.outputs.map(withoutSvg) } : cell
  );
  return { ...notebook, cells };
}

function withoutSvg(output: Output): Output {
  if (!("data" in output) || !("image/png" in output.data)) return output;
  const { "image/svg+xml": _, ...data } = output.data;
  return { ...output, data };
}
