/** `deno task notebooks [FILE…]`: the headless runner, for all or the named notebooks. */

import { resolve } from "node:path";
import { callerFolder, EXIT, exitOf, main, readFlags } from "./cli.ts";
import { allNotebooks, reasonLine, runNotebooks, shown, writeIndex } from "./notebook_runs.ts";

const HELP = `deno task notebooks [FILE…] [--set NAME=VALUE]… [--dataset FILE] [--debug]

Runs notebooks headless in a real Deno kernel: all of notebooks/, or the ones named. Leaves the
executed copies and their pages in out/notebooks. Exit 1 names notebook, cell and error.`;

await main("notebooks", async () => {
  const { on, values, words } = readFlags({ values: ["set", "dataset"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const paths = words.length > 0
    ? words.map((word) => resolve(callerFolder(), word))
    : await allNotebooks();
  const { runs, failed } = await runNotebooks(paths, {
    set: values.set,
    dataset: values.dataset?.at(-1),
    say: console.log,
  });
  console.log(`Start page: ${shown(await writeIndex(runs))}`);
  if (!failed?.error) return EXIT.done;
  console.error(`notebooks: ${reasonLine(failed)}`);
  if (on.has("debug")) console.error(failed.error.traceback.join("\n"));
  return exitOf(failed.error.name);
});
