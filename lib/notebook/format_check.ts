/** Whether notebooks are in the formatter's form. */

import { dirname, resolve } from "node:path";
import { runDeno } from "./deno_tool.ts";
import type { Finding } from "./finding.ts";
import { notebookText } from "./read_notebook.ts";

/**
 * Finds notebooks that `deno fmt` would write differently.
 *
 * `deno fmt --check` cannot be asked: Deno 2.9.6 calls each notebook unformatted that has a cell
 * without a line end at its end, which is how its own formatter and Jupyter write them. So the
 * formatter gets the text and we compare.
 *
 * @param notebooks Their paths.
 * @returns A finding for each; empty if all are formatted.
 * @throws {BadInput} If a file cannot be read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkFormat } from "lib/notebook/mod.ts";
 *
 * const path = await Deno.makeTempFile({ suffix: ".ipynb" });
 * const cell = { cell_type: "code", execution_count: null, metadata: {}, outputs: [], source: ["let   n = 1;"] };
 * const metadata = { language_info: { name: "typescript" } };
 * await Deno.writeTextFile(path, JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 }));
 * assert.equal((await checkFormat([path]))[0].message, "is not formatted: run deno fmt");
 * await Deno.remove(path);
 * ```
 */
export async function checkFormat(notebooks: readonly string[]): Promise<Finding[]> {
  const findings: Finding[] = [];
  for (const notebook of notebooks) {
    const text = await notebookText(notebook);
    const options = { cwd: resolve(dirname(notebook)), stdin: text };
    const { success, stdout } = await runDeno(["fmt", "--ext", "ipynb", "-"], options);
    if (success && stdout === text) continue;
    findings.push({ notebook, cell: 0, line: 0, message: "is not formatted: run deno fmt" });
  }
  return findings;
}
