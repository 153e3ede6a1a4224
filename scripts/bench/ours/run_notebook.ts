/** Our side of `bench runner`: runs a notebook headless and writes the executed copy, as nbconvert does. */

import { runNotebook, writeExecuted } from "lib/notebook/mod.ts";

const [path, folder] = Deno.args;
const run = await runNotebook(path);
await writeExecuted(run, folder);
if (run.error) {
  console.error(`${run.error.name}: ${run.error.message}`);
  Deno.exit(1);
}
