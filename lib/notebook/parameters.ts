/** Parameters of a notebook, by papermill's convention: the cell tagged `parameters`. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { freeId } from "./cell_ids.ts";
import { readLiteral, skipTrivia } from "./literal.ts";
import { type Cell, type CodeCell, hasTag, linesOf, type Notebook, sourceOf } from "./nbformat.ts";
import { checkParameter, unknownParameter } from "./parameter_values.ts";

/** A parameter as the notebook declares it. */
interface Declaration {
  readonly keyword: string;
  readonly name: string;
  readonly value: Json;
}

const INJECTED = "injected-parameters";
const DECLARATION =
  /(const|let|var)\s+([\p{ID_Start}$_][\p{ID_Continue}$]*)\s*(?::[^=\n]*)?=(?!>)/uy;

/**
 * The parameters of a notebook with their default values.
 *
 * @param notebook A notebook.
 * @returns The values by name, in the order of the cell tagged `parameters`; `const`, `let` or `var`
 * whose value is computed are no parameters. Empty where there is no such cell.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parametersOf, parseNotebook } from "lib/notebook/mod.ts";
 *
 * const source = "const trees = 50; // per forest\nconst name: string = 'iris';\nconst twice = trees * 2;";
 * const cells = [{ cell_type: "code", metadata: { tags: ["parameters"] }, source }];
 * const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "a.ipynb");
 * assert.deepEqual(parametersOf(notebook), { trees: 50, name: "iris" });
 * ```
 */
export function parametersOf(notebook: Notebook): JsonRecord {
  return Object.fromEntries(declarationsOf(notebook).map(({ name, value }) => [name, value]));
}

function declarationsOf(notebook: Notebook): Declaration[] {
  const cell = notebook.cells.find(isParameterCell);
  return cell ? declarationsIn(sourceOf(cell)) : [];
}

/**
 * Whether a cell was put in by {@linkcode injectParameters}, and so is not the notebook's own.
 *
 * @param cell A cell.
 * @returns True if it was.
 */
export function isInjected(cell: Cell): boolean {
  return hasTag(cell, INJECTED);
}

function isParameterCell(cell: Cell): boolean {
  return cell.cell_type === "code" && hasTag(cell, "parameters");
}

function declarationsIn(code: string): Declaration[] {
  const found: Declaration[] = [];
  let at = skipTrivia(code, 0);
  while (at < code.length) {
    DECLARATION.lastIndex = at;
    const match = DECLARATION.exec(code);
    const literal = match ? readLiteral(code, DECLARATION.lastIndex) : undefined;
    if (match && literal && endsStatement(code, literal.end)) {
      found.push({ keyword: match[1], name: match[2], value: literal.value });
    }
    at = nextStatement(code, literal?.end ?? at);
  }
  return found;
}

/** Whether nothing follows that would make an expression of the literal, such as `50 * 2`. */
function endsStatement(code: string, literalEnd: number): boolean {
  const rest = code.slice(literalEnd).replace(/^\s*(?:as|satisfies)\s[^;\n]*/, "");
  const next = skipTrivia(rest, 0), goesOn = /[.?*+\-/%&|<>=,([`]/;
  if (next === rest.length || rest[next] === ";") return true;
  return rest.slice(0, next).includes("\n") && !goesOn.test(rest[next]);
}

function nextStatement(code: string, at: number): number {
  const end = /[;\n]/g;
  end.lastIndex = at;
  return end.exec(code) ? skipTrivia(code, end.lastIndex) : code.length;
}

/**
 * A copy of a notebook that runs with other parameters: a cell tagged `injected-parameters` behind
 * the one tagged `parameters`, in the place of an earlier such cell.
 *
 * @param notebook A notebook.
 * @param parameters Values by name; none leave the notebook's own.
 * @returns The copy.
 * @throws {BadInput} If a name is unknown or a value is of another type than the notebook's.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { injectParameters, parseNotebook, sourceOf } from "lib/notebook/mod.ts";
 *
 * const cells = [{ cell_type: "code", metadata: { tags: ["parameters"] }, source: "let trees = 50;" }];
 * const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "a.ipynb");
 * assert.equal(
 *   sourceOf(injectParameters(notebook, { trees: 5 }).cells[1]),
 *   "// Parameters\nlet trees = 5;",
 * );
 * assert.throws(() => injectParameters(notebook, { tree: 5 }), {
 *   message: 'parameter must be one of trees: got "tree"',
 * });
 * ```
 */
export function injectParameters(notebook: Notebook, parameters: JsonRecord): Notebook {
  const own = notebook.cells.filter((cell) => !isInjected(cell));
  const names = Object.keys(parameters);
  if (names.length === 0) return { ...notebook, cells: own };
  const known = declarationsOf(notebook);
  const code = names.map((name) => {
    const declared = known.find((declaration) => declaration.name === name);
    if (!declared) throw unknownParameter(name, known.map((declaration) => declaration.name));
    checkParameter(name, parameters[name], declared.value);
    // The kernel lets a name be declared again with the same keyword, and with no other.
    return `${declared.keyword} ${name} = ${JSON.stringify(parameters[name])};`;
  });
  const injected: CodeCell = {
    cell_type: "code",
    id: freeId(INJECTED, new Set(own.map((cell) => cell.id))),
    metadata: { tags: [INJECTED] },
    source: linesOf(["// Parameters", ...code].join("\n")),
    outputs: [],
    execution_count: null,
  };
  return { ...notebook, cells: own.toSpliced(own.findIndex(isParameterCell) + 1, 0, injected) };
}
