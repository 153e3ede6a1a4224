/** Checks notebooks: syntax, types, linter, and the rules of the house. Part of `deno task check`. */

import { join, relative, resolve } from "node:path";
import { checkNotebooks, findingLine, listNotebooks } from "lib/notebook/mod.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno run -A scripts/check_notebooks.ts [FILE…] [--debug]

Checks all of notebooks/, or the notebooks named: that each cell parses, types, the linter, and the
rules of the house. Prints one finding a line. Exit 0: none. Exit 1: some.`;

await main("check_notebooks", async () => {
  const { on, words } = readFlags({});
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const paths = words.length > 0
    ? words.map((word) => resolve(callerFolder(), word))
    : await listNotebooks(join(import.meta.dirname!, "../notebooks"));
  const findings = await checkNotebooks(paths.map((path) => relative(Deno.cwd(), path)));
  for (const finding of findings) console.log(findingLine(finding));
  if (findings.length > 0) return EXIT.failed;
  console.log(`Checked ${paths.length} ${paths.length === 1 ? "notebook" : "notebooks"}`);
  return EXIT.done;
});
