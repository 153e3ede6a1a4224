/** What the checker finds. */

/** One thing that is wrong with a notebook. */
export interface Finding {
  /** The notebook, as it was named; or another file that a cell imports. */
  readonly notebook: string;
  /** Number of the code cell, from 1; 0 for the notebook as a whole. */
  readonly cell: number;
  /** Line in the cell (or in the other file), from 1; 0 for the cell as a whole. */
  readonly line: number;
  /** What is wrong. */
  readonly message: string;
}

/**
 * A finding in one line.
 *
 * @param finding A finding.
 * @returns Place and message.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findingLine } from "lib/notebook/mod.ts";
 *
 * const finding = { notebook: "notebooks/a.ipynb", cell: 2, line: 3, message: "does not parse" };
 * assert.equal(findingLine(finding), "notebooks/a.ipynb [cell 2] line 3: does not parse");
 * ```
 */
export function findingLine(finding: Finding): string {
  const { notebook, cell, line, message } = finding;
  const where = [
    notebook,
    ...cell > 0 ? [`[cell ${cell}]`] : [],
    ...line > 0 ? [`line ${line}`] : [],
  ];
  return `${where.join(" ")}: ${message}`;
}
