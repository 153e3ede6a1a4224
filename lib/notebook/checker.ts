/** Checks notebooks the way that Deno's tools check modules, and for the rules of the house. */

import { dirname, resolve } from "node:path";
import { codeCells } from "./code_cells.ts";
import { nearestConfig, runDeno } from "./deno_tool.ts";
import { lintDiagnostics } from "./diagnostics.ts";
import { type CellCode, type Extract, extract } from "./extract.ts";
import type { Finding } from "./finding.ts";
import { sourceOf } from "./nbformat.ts";
import { parseErrors } from "./parse_errors.ts";
import { notebookText, parseNotebook } from "./read_notebook.ts";
import { checkRules } from "./rules.ts";
import { checkTypes } from "./type_check.ts";

/**
 * Rules of the linter that a notebook breaks by its nature, or that the type checker holds already.
 */
const NOT_FOR_NOTEBOOKS = [
  "adjacent-overload-signatures",
  "no-empty",
  "no-extra-semi",
  "no-import-prefix",
  "no-redeclare",
  "no-unused-vars",
  "no-unversioned-import",
  "require-await",
];

/**
 * Checks notebooks: each cell parses; the cells as one module pass `deno check` and `deno lint`; no
 * name is declared in two cells; and the rules of the house (`rules.ts`).
 *
 * Writes `.NAME.….check.ts` beside a notebook while it runs, and removes it. Prints nothing.
 *
 * @param notebooks Their paths.
 * @returns What is wrong, by notebook, cell and line; empty if all is well.
 * @throws {BadInput} If a file is no notebook.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkNotebooks, findingLine } from "lib/notebook/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * const cells = [{ cell_type: "code", source: "const n: number = 'one';" }];
 * await Deno.writeTextFile(path, JSON.stringify({ nbformat: 4, cells }));
 * const lines = (await checkNotebooks([path])).map(findingLine);
 * assert.match(lines.join("\n"), /\[cell 1\] line 1: Type 'string' is not assignable/);
 * await Deno.remove(path);
 * ```
 */
export async function checkNotebooks(notebooks: readonly string[]): Promise<Finding[]> {
  const paths = [...new Set(notebooks)];
  const findings: Finding[] = [], cells: (CellCode & { notebook: string })[] = [];
  for (const notebook of paths) {
    const text = await notebookText(notebook), parsed = parseNotebook(text, notebook);
    findings.push(...checkRules(notebook, text, parsed));
    for (const { number, cell } of codeCells(parsed)) {
      cells.push({ notebook, number, code: sourceOf(cell) });
    }
  }
  const errors = await parseErrors(cells.map(({ code }) => code));
  errors.forEach((error, i) => {
    if (!error) return;
    const { notebook, number } = cells[i], { line, column, message } = error;
    const text = `does not parse at column ${column}: ${message}`;
    findings.push({ notebook, cell: number, line, message: text });
  });
  const broken = new Set(cells.filter((_, i) => errors[i]).map(({ notebook }) => notebook));
  const extracts = paths
    .filter((path) => !broken.has(path)) // the type checker and the linter cannot read it
    .map((path) => extract(path, cells.filter(({ notebook }) => notebook === path)));
  for (const group of await byConfig(extracts)) findings.push(...await checkTypes(group));
  for (const one of extracts) findings.push(...await lint(one));
  return findings.sort((a, b) =>
    paths.indexOf(a.notebook) - paths.indexOf(b.notebook) || a.cell - b.cell || a.line - b.line
  );
}

async function byConfig(extracts: readonly Extract[]): Promise<Extract[][]> {
  const configs = await Promise.all(
    extracts.map(({ notebook }) => nearestConfig(dirname(notebook))),
  );
  return [...Map.groupBy(extracts, (_, i) => configs[i]).values()];
}

async function lint({ notebook, text, places }: Extract): Promise<Finding[]> {
  const exclude = `--rules-exclude=${NOT_FOR_NOTEBOOKS.join(",")}`;
  const options = { cwd: resolve(dirname(notebook)), stdin: text };
  const { stdout, stderr } = await runDeno(["lint", "--quiet", "--json", exclude, "-"], options);
  if (stdout === "") throw new Error(`deno lint failed: ${stderr.trim()}`);
  return lintDiagnostics(stdout).map(({ line, code, message }) => (
    { notebook, ...places[line - 1], message: `${message} (${code})` }
  ));
}
