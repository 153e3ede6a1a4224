/** Notebook files, read and checked for what the rest relies on. */

import { BadInput } from "lib/core/mod.ts";
import type { Cell, Notebook } from "./nbformat.ts";

/**
 * Reads a notebook file.
 *
 * @param path Where it is.
 * @returns The notebook.
 * @throws {BadInput} If there is no such file, or it is no notebook of version 4.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readNotebook } from "lib/notebook/mod.ts";
 *
 * await assert.rejects(readNotebook("none.ipynb"), {
 *   message: 'notebook must be an existing file: got "none.ipynb"',
 * });
 * ```
 */
export async function readNotebook(path: string): Promise<Notebook> {
  return parseNotebook(await notebookText(path), path);
}

/**
 * The text of a notebook file.
 *
 * @param path Where it is.
 * @returns Its text.
 * @throws {BadInput} If it cannot be read.
 */
export async function notebookText(path: string): Promise<string> {
  try {
    return await Deno.readTextFile(path);
  } catch (cause) {
    const rule = cause instanceof Deno.errors.NotFound
      ? "must be an existing file"
      : "must be a readable file";
    throw new BadInput({ field: "notebook", rule, value: path }, { cause });
  }
}

/**
 * Understands the text of a notebook file.
 *
 * @param text JSON.
 * @param field How the person who gave it knows it, e.g. its path.
 * @returns The notebook.
 * @throws {BadInput} If it is no notebook of version 4; the message says what is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseNotebook } from "lib/notebook/mod.ts";
 *
 * assert.throws(() => parseNotebook('{"nbformat": 4}', "a.ipynb"), {
 *   message: "a.ipynb cells must be an array: got undefined",
 * });
 * ```
 */
export function parseNotebook(text: string, field: string): Notebook {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new BadInput({ field, rule: "must be JSON", value: text }, { cause });
  }
  if (!isObject(value)) throw new BadInput({ field, rule: "must be a JSON object", value });
  if (!Array.isArray(value.cells)) {
    throw new BadInput({ field: `${field} cells`, rule: "must be an array", value: value.cells });
  }
  if (value.nbformat !== 4) {
    throw new BadInput({ field: `${field} nbformat`, rule: "must be 4", value: value.nbformat });
  }
  const cells = value.cells.map((cell, at) => readCell(cell, `${field} cells/${at}`));
  const { metadata, nbformat_minor: minor } = value;
  return {
    cells,
    metadata: isObject(metadata) ? metadata : {},
    nbformat: 4,
    nbformat_minor: typeof minor === "number" ? minor : 5,
  };
}

function readCell(value: unknown, field: string): Cell {
  if (!isObject(value)) throw new BadInput({ field, rule: "must be an object", value });
  const { cell_type: type, source, metadata, outputs, execution_count: count } = value;
  if (type !== "code" && type !== "markdown" && type !== "raw") {
    const rule = "must be code, markdown or raw";
    throw new BadInput({ field: `${field}/cell_type`, rule, value: type });
  }
  const isText = typeof source === "string" ||
    Array.isArray(source) && source.every((line) => typeof line === "string");
  if (!isText) {
    const rule = "must be a text or an array of texts";
    throw new BadInput({ field: `${field}/source`, rule, value: source });
  }
  const timeout = isObject(metadata) ? metadata.timeout : undefined;
  if (timeout !== undefined && !(typeof timeout === "number" && timeout > 0)) {
    const rule = "must be a number of seconds above 0";
    throw new BadInput({ field: `${field}/metadata/timeout`, rule, value: timeout });
  }
  const common = { ...value, source, metadata: isObject(metadata) ? metadata : {} };
  if (type !== "code") return { ...common, cell_type: type };
  return {
    ...common,
    cell_type: type,
    outputs: Array.isArray(outputs) ? outputs : [],
    execution_count: typeof count === "number" ? count : null,
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
