/** The code cells of a notebook as one module beside it, so that Deno's tools can read them. */

import { basename, dirname, join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { runDeno, type ToolResult } from "./deno_tool.ts";

/** A piece of code and the cell that it comes from. */
export interface CellCode {
  /** The cell's number, from 1. */
  readonly number: number;
  /** Its code. */
  readonly code: string;
}

/** A line of a cell; line 0 is what stands between cells. */
export interface Place {
  /** The cell's number, from 1. */
  readonly cell: number;
  /** The line in it, from 1. */
  readonly line: number;
}

/** Cells as a module. */
export interface Extract {
  /** The notebook, as it was named. */
  readonly notebook: string;
  /** The module's text. */
  readonly text: string;
  /** Where each line of the module comes from. */
  readonly places: readonly Place[];
}

/**
 * Joins cells to a module.
 *
 * @param notebook The notebook's path.
 * @param cells The cells.
 * @returns The module.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { extract } from "./extract.ts";
 *
 * const { text, places } = extract("a.ipynb", [{ number: 1, code: "1" }, { number: 2, code: "2" }]);
 * assert.equal(text, "1\n;\n2\n;\nexport {};\n");
 * assert.deepEqual(places[2], { cell: 2, line: 1 });
 * ```
 */
export function extract(notebook: string, cells: readonly CellCode[]): Extract {
  const lines: string[] = [], places: Place[] = [];
  for (const { number, code } of cells) {
    code.split("\n").forEach((line, i) => {
      lines.push(line);
      places.push({ cell: number, line: i + 1 });
    });
    lines.push(";"); // so that two cells never become one statement
    places.push({ cell: number, line: 0 });
  }
  lines.push("export {};");
  return { notebook, text: lines.join("\n") + "\n", places };
}

let extractions = 0;

/**
 * Runs `deno cache` over extracts, as modules that lie beside their notebooks. (Not `deno check`,
 * which passes over the folders that `deno.json` excludes.)
 *
 * @param options Options of `deno cache`, e.g. `["--check"]`.
 * @param extracts Extracts of notebooks that the same `deno.json` holds for.
 * @returns What the tool said, and each module's URL. The modules are gone again.
 */
export async function cacheExtracts(
  options: readonly string[],
  extracts: readonly Extract[],
): Promise<ToolResult & { urls: string[] }> {
  const folders = extracts.map(({ notebook }) => resolve(dirname(notebook)));
  const files = extracts.map(({ notebook }, i) => {
    const name = `.${basename(notebook, ".ipynb")}.${Deno.pid}-${++extractions}.check.ts`;
    return join(folders[i], name); // a name of its own, as others may check at the same time
  });
  try {
    await Promise.all(files.map((file, i) => Deno.writeTextFile(file, extracts[i].text)));
    const args = ["cache", "--quiet", ...options, ...files];
    const urls = files.map((file) => pathToFileURL(file).href);
    return { ...await runDeno(args, { cwd: folders[0] }), urls };
  } finally {
    await Promise.all(files.map((file) => Deno.remove(file).catch(() => {})));
  }
}
