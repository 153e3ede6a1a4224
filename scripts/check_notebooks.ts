/** Checks notebooks: syntax, types, linter, the rules of the house, and the form. Part of `deno task check`. */

import { join, relative, resolve } from "node:path";
import { checkFormat, checkNotebooks, findingLine, listNotebooks } from "lib/notebook/mod.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno run -A scripts/check_notebooks.ts [FILE…] [--debug]

Checks all of notebooks/, or the notebooks named: that each cell parses, types, the linter, the
rules of the house, and the form. Prints one finding a line. Exit 0: none. Exit 1: some.`;

await main("check_notebooks", async () => {
  const { on, words } = readFlags({});
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const paths = words.length > 0
    ? words.map((word) => resolve(callerFolder(), word))
    : await listNotebooks(join(import.meta.dirname!, "../notebooks"));
  const named = paths.map((path) => relative(Deno.cwd(), path));
  const findings = [...await checkNotebooks(named), ...await checkFormat(named)];
  for (const finding of findings) console.log(findingLine(finding));
  if (findings.length > 0) return EXIT.failed;
  console.log(`Checked ${paths.length} ${paths.length === 1 ? "notebook" : "notebooks"}`);
  return EXIT.done;
});
