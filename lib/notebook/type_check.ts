/** Types in notebooks, and names that two cells declare. */

import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { type Diagnostic, typeDiagnostics } from "./diagnostics.ts";
import { cacheExtracts, type Extract } from "./extract.ts";
import type { Finding } from "./finding.ts";

/** Messages of the type checker about a name that is declared twice. */
const DECLARED_TWICE = new Set(["TS2300", "TS2393", "TS2440", "TS2451"]);

/**
 * Checks the types of notebooks, as `deno check` does.
 *
 * @param extracts Extracts of notebooks that the same `deno.json` holds for; each cell parses.
 * @returns What is wrong.
 */
export async function checkTypes(extracts: readonly Extract[]): Promise<Finding[]> {
  if (extracts.length === 0) return [];
  const { success, stderr, urls } = await cacheExtracts(["--check", "--frozen"], extracts);
  if (success) return [];
  const diagnostics = typeDiagnostics(stderr);
  const findings = extracts.flatMap((one, i) =>
    findingsIn(one, diagnostics.filter(({ url }) => url === urls[i]))
  );
  for (const { url, line, message } of diagnostics) {
    if (urls.includes(url)) continue;
    findings.push({ notebook: relative(Deno.cwd(), fileURLToPath(url)), cell: 0, line, message });
  }
  // What cannot be loaded ends the checker before it has looked at the other notebooks.
  const stopper = diagnostics.find(({ code }) => code === "");
  const others = extracts.filter((_, i) => urls[i] !== stopper?.url);
  if (stopper && others.length < extracts.length) return [...findings, ...await checkTypes(others)];
  if (findings.length === 0) {
    const message = `the type checker failed: ${stderr.trim().split("\n")[0]}`;
    findings.push({ notebook: extracts[0].notebook, cell: 0, line: 0, message });
  }
  return findings;
}

function findingsIn(extract: Extract, diagnostics: readonly Diagnostic[]): Finding[] {
  const { notebook, text, places } = extract, lines = text.split("\n");
  const twice = diagnostics.filter(({ code, line, column }, i) =>
    DECLARED_TWICE.has(code) && // some places are named for two reasons
    !diagnostics.slice(0, i).some((other) => other.line === line && other.column === column)
  );
  const byName = Map.groupBy(twice, ({ line, column }) => nameAt(lines[line - 1], column));
  const said = new Set(twice);
  const again = [...byName].flatMap(([name, [first, ...later]]) => {
    if (later.length === 0) said.delete(first); // the other place is not named: leave it as it is
    const before = places[first.line - 1];
    return later.map(({ line }) => {
      const place = places[line - 1];
      const where = before.cell === place.cell ? `line ${before.line}` : `cell ${before.cell}`;
      const message = `declares ${name} again, after ${where}: a name belongs to one cell`;
      return { notebook, ...place, message };
    });
  });
  const others = diagnostics
    .filter((diagnostic) => !said.has(diagnostic))
    .map(({ line, message }) => ({ notebook, ...places[line - 1], message }));
  return [...others, ...again];
}

function nameAt(line: string, column: number): string {
  return /^[\p{ID_Continue}$]+/u.exec(line.slice(column - 1))?.[0] ?? "a name";
}
