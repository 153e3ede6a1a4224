/** Rules of the house for notebooks that the text alone decides. */

import { codeCells } from "./code_cells.ts";
import type { Finding } from "./finding.ts";
import { type Cell, type Notebook, sourceOf } from "./nbformat.ts";
import { isInjected } from "./parameters.ts";
import { isKept, stripNotebook } from "./strip.ts";

/** Longest code cell, in lines. */
export const LONGEST_CELL = 15;

const SETUP = /^\s*import\s*["']lib\/notebook\/setup\.ts["']/m;
const STRIP = "run deno task strip";

/**
 * Checks a notebook against the rules: committed without outputs, counts and volatile metadata; the
 * setup in the first code cell; prose before each code cell; short cells.
 *
 * @param path The notebook's path, for the findings.
 * @param text Its text.
 * @param notebook The same, understood.
 * @returns What is wrong, top to bottom.
 */
export function checkRules(path: string, text: string, notebook: Notebook): Finding[] {
  const findings: Finding[] = [];
  const add = (cell: number, line: number, message: string) =>
    findings.push({ notebook: path, cell, line, message });

  const code = codeCells(notebook);
  for (const { number, at, cell } of code) {
    const source = sourceOf(cell), lines = source.trimEnd().split("\n");
    if (cell.outputs.length > 0) add(number, 0, `has outputs: ${STRIP}`);
    if (cell.execution_count !== null) add(number, 0, `has an execution count: ${STRIP}`);
    if (isInjected(cell)) add(number, 0, "is followed by injected parameters: delete that cell");
    for (const key of volatileKeys(cell)) add(number, 0, `has metadata ${key}: ${STRIP}`);
    if (lines.length > LONGEST_CELL) {
      add(number, 0, `has ${lines.length} lines: at most ${LONGEST_CELL}, so move code to lib`);
    }
    if (number > 1 && !hasProseBefore(notebook.cells, at)) {
      add(number, 0, "follows a code cell without prose between: say what comes and why");
    }
    lines.forEach((line, i) => {
      if (/\bimport\.meta\b/.test(line)) add(number, i + 1, "uses import.meta: a cell has none");
    });
  }
  if (code.length > 0 && !SETUP.test(sourceOf(code[0].cell))) {
    add(1, 0, 'must begin with import "lib/notebook/setup.ts";');
  }
  for (const cell of notebook.cells) {
    if (cell.cell_type === "code") continue;
    for (const key of volatileKeys(cell)) {
      add(0, 0, `the ${cell.cell_type} cell ${cell.id} has metadata ${key}: ${STRIP}`);
    }
  }
  if (!findings.some(({ message }) => message.endsWith(STRIP)) && stripNotebook(text) !== text) {
    add(0, 0, `is not in the form that is committed: ${STRIP}`);
  }
  return findings;
}

function volatileKeys(cell: Cell): string[] {
  return Object.keys(cell.metadata).filter((key) => !isKept(key));
}

function hasProseBefore(cells: readonly Cell[], at: number): boolean {
  const before = cells[at - 1];
  return before.cell_type === "markdown" && sourceOf(before).trim() !== "";
}
