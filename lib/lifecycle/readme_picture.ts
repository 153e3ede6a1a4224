/** The README's picture: the first one that notebook 01 draws. */

import { type Notebook, readNotebook } from "lib/notebook/mod.ts";
import { fromCheckout } from "./paths.ts";

/** Where the README looks for it. */
export const README_PICTURE: string = fromCheckout(".github/pictures/pairs.png");

/**
 * The first picture in an executed notebook.
 *
 * @param notebook With its outputs; default: the copy that the last headless run of notebook 01 left.
 * @returns The PNG's bytes.
 * @throws {RangeError} If the notebook has no picture.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { firstPicture } from "lib/lifecycle/mod.ts";
 *
 * const empty = { cells: [], metadata: {}, nbformat: 4, nbformat_minor: 5 };
 * await assert.rejects(() => firstPicture(empty), /must have a picture/);
 * ```
 */
export async function firstPicture(notebook?: Notebook): Promise<Uint8Array<ArrayBuffer>> {
  const { cells } = notebook ??
    await readNotebook(fromCheckout("out/notebooks/01_foundation.ipynb"));
  for (const cell of cells) {
    if (cell.cell_type !== "code") continue;
    for (const output of cell.outputs) {
      const png = "data" in output ? output.data["image/png"] : undefined;
      if (png !== undefined) return Uint8Array.fromBase64(String(png).trim());
    }
  }
  throw new RangeError("Cannot take a picture as the notebook must have a picture: it has none");
}
