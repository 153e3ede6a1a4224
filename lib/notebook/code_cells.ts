/** The code cells of a notebook, numbered and titled the way that people see them. */

import { type CodeCell, type Notebook, sourceOf } from "./nbformat.ts";
import { isInjected } from "./parameters.ts";

/** A code cell and where it stands. */
export interface NumberedCell {
  /** Place among the code cells, from 1. Injected parameters share it with the cell above them. */
  readonly number: number;
  /** Place among all cells, from 0. */
  readonly at: number;
  /** The heading right above it, or the claim in bold, or else its first line of code. */
  readonly title: string;
  /** The cell itself. */
  readonly cell: CodeCell;
}

/** Longest title, in characters. */
const LONGEST = 80;

/**
 * The code cells of a notebook, in order. Their numbers are the ones that the runner, the checker
 * and the tests name.
 *
 * @param notebook A notebook.
 * @returns One entry for each code cell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { codeCells, parseNotebook } from "lib/notebook/mod.ts";
 *
 * const cells = [
 *   { cell_type: "markdown", source: "## Train" },
 *   { cell_type: "code", source: "const model = train();" },
 *   { cell_type: "code", source: "model" },
 * ];
 * const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "a.ipynb");
 * assert.deepEqual(codeCells(notebook).map((cell) => cell.title), ["Train", "model"]);
 * ```
 */
export function codeCells(notebook: Notebook): NumberedCell[] {
  const found: NumberedCell[] = [];
  let number = 0, heading: string | undefined;
  notebook.cells.forEach((cell, at) => {
    if (cell.cell_type !== "code") {
      heading = lastHeading(sourceOf(cell)) ?? lastClaim(sourceOf(cell)) ?? heading;
      return;
    }
    if (!isInjected(cell)) number++; // so that numbers are those of the file
    const title = shortened(heading ?? sourceOf(cell).trim().split("\n")[0]);
    found.push({ number, at, title, cell });
    heading = undefined; // it names one cell only, so that no two cells of a section look the same
  });
  return found;
}

function lastHeading(markdown: string): string | undefined {
  const prose = markdown.replace(/^```[^]*?^```/gm, ""); // a `# comment` in a code block is no heading
  return [...prose.matchAll(/^#{1,6}\s+(.+?)\s*#*\s*$/gm)].at(-1)?.[1];
}

/** The last words in bold, if they are three or more: fewer only stress something. */
function lastClaim(markdown: string): string | undefined {
  const bold = [...markdown.matchAll(/\*\*([^*\s]+\s[^*]+\s[^*\s]+)\*\*/g)].at(-1)?.[1];
  return bold?.replace(/\s+/g, " ");
}

function shortened(title: string): string {
  return title.length > LONGEST ? `${title.slice(0, LONGEST - 1)}…` : title;
}
