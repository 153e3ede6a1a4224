/** `deno task strip [FILE…]`: takes outputs, counts and volatile metadata out of notebooks. */

import { join, relative, resolve } from "node:path";
import { listNotebooks, notebookText, stripNotebook } from "lib/notebook/mod.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task strip [--check] [FILE…] [--debug]

Takes outputs, counts and volatile metadata out of all of notebooks/, or of the notebooks named.
  --check  change nothing, and exit 1 if one would change`;

/** Puts a text in a file's place, whole or not at all. */
async function replace(path: string, text: string): Promise<void> {
  const draft = `${path}.${Deno.pid}.tmp`;
  await Deno.writeTextFile(draft, text);
  await Deno.rename(draft, path);
}

await main("strip", async () => {
  const { on, words } = readFlags({ on: ["check"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const paths = words.length > 0
    ? words.map((word) => resolve(callerFolder(), word))
    : await listNotebooks(join(import.meta.dirname!, "../notebooks"));
  let changes = 0;
  for (const path of paths.map((path) => relative(Deno.cwd(), path))) {
    const text = await notebookText(path), stripped = stripNotebook(text, path);
    if (stripped === text) continue;
    changes++;
    if (on.has("check")) console.log(`${path}: is not stripped: run deno task strip`);
    else {
      await replace(path, stripped);
      console.log(`${path}: stripped`);
    }
  }
  return on.has("check") && changes > 0 ? EXIT.failed : EXIT.done;
});
