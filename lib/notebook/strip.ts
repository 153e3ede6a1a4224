/** The form in which notebooks are committed: without outputs, counts and volatile metadata. */

import { withIds } from "./cell_ids.ts";
import { type Cell, type CellMetadata, linesOf, sourceOf } from "./nbformat.ts";
import { parseNotebook } from "./read_notebook.ts";

const METADATA = {
  kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
  language_info: { name: "typescript" },
};

/**
 * Whether a key of metadata is the author's own, and so is committed: tags, time limits, slides, and
 * what begins with `mlops`.
 *
 * @param key A key of a cell's metadata.
 * @returns False for what tools leave behind.
 */
export function isKept(key: string): boolean {
  return ["tags", "timeout", "slideshow"].includes(key) || key.startsWith("mlops");
}

/**
 * A notebook as it is committed. Doing it twice changes nothing more, and neither does `deno fmt`
 * to a notebook that it has formatted.
 *
 * @param text The notebook file's text.
 * @param field How the person who gave it knows it; for the message.
 * @returns The stripped text.
 * @throws {BadInput} If the text is no notebook.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stripNotebook } from "lib/notebook/mod.ts";
 *
 * const outputs = [{ output_type: "stream", name: "stdout", text: "1" }];
 * const cells = [{ cell_type: "code", id: "a", source: "1", execution_count: 3, outputs }];
 * const [cell] = JSON.parse(stripNotebook(JSON.stringify({ nbformat: 4, cells }))).cells;
 * assert.deepEqual([cell.id, cell.execution_count, cell.outputs], ["a", null, []]);
 * ```
 */
export function stripNotebook(text: string, field = "notebook"): string {
  const { cells, metadata } = parseNotebook(text, field);
  const stripped = {
    cells: withIds(cells).map(stripCell),
    metadata: { ...METADATA, ...onlyKept(metadata) },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return JSON.stringify(stripped, null, 1) + "\n";
}

function stripCell(cell: Cell): Record<string, unknown> {
  const { id, cell_type: type } = cell;
  const metadata = onlyKept(cell.metadata), source = linesOf(sourceOf(cell));
  if (type === "code") {
    return { cell_type: type, execution_count: null, id, metadata, outputs: [], source };
  }
  const pasted = cell.attachments ? { attachments: cell.attachments } : {};
  return { ...pasted, cell_type: type, id, metadata, source };
}

function onlyKept(metadata: CellMetadata): Record<string, unknown> {
  const isEmpty = (value: unknown) => Array.isArray(value) && value.length === 0;
  return Object.fromEntries(
    Object.entries(metadata).filter(([key, value]) => isKept(key) && !isEmpty(value)),
  );
}
