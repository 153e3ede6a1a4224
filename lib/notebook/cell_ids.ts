/** Names for cells, which nbformat asks for since 4.5. */

import type { Cell } from "./nbformat.ts";

/**
 * The cells, each with an id of its own. Ids that are there and valid stay; a missing one is made
 * from the cell's place, so that the same notebook always gets the same.
 *
 * @param cells The cells of a notebook.
 * @returns The cells, in the same order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { withIds } from "./cell_ids.ts";
 *
 * const cells = [{ id: "cell-2" }, {}, {}].map((id) => (
 *   { cell_type: "raw" as const, metadata: {}, source: "", ...id }
 * ));
 * assert.deepEqual(withIds(cells).map((cell) => cell.id), ["cell-2", "cell-2-2", "cell-3"]);
 * ```
 */
export function withIds<C extends Cell>(cells: readonly C[]): C[] {
  const used = new Set<string>();
  return cells.map((cell, at) => {
    const isGood = cell.id !== undefined && /^[\w-]{1,64}$/.test(cell.id) && !used.has(cell.id);
    const id = isGood ? cell.id! : freeId(`cell-${at + 1}`, used);
    used.add(id);
    return { ...cell, id };
  });
}

/**
 * An id that is not yet used.
 *
 * @param wish The id that it is to be, if it can.
 * @param used The ids that there are.
 * @returns The id, with a number behind it if need be.
 */
export function freeId(wish: string, used: ReadonlySet<string | undefined>): string {
  let id = wish;
  for (let n = 2; used.has(id); n++) id = `${wish}-${n}`;
  return id;
}
