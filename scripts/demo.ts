/** `deno task demo`: the whole story, headless, from rows to the criteria and their evidence. */

import { join } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { OUT, replaceFile } from "lib/lifecycle/mod.ts";
import { ciCriterion } from "./ci_run.ts";
import { EXIT, exitOf, main, readFlags } from "./cli.ts";
import { criteria, criterionLine } from "./criteria.ts";
import { reasonLine, shown, writeIndex } from "./notebook_runs.ts";
import { runStory } from "./story.ts";

const HELP = `deno task demo [--dataset FILE] [--debug]

Runs all notebooks in order and ends with the success criteria. Leaves the pages in out/notebooks
and the summary in out/summary.json. A chapter does not begin while the one before it has not met its
criterion. Exit 0 only if every cell and every claim held.`;

await main("demo", async () => {
  const { on, values, words } = readFlags({ values: ["dataset"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "demo", rule: "must be given flags only", value: words[0] });
  }
  const started = performance.now();
  const { runs, record, failed, held } = await runStory({
    dataset: values.dataset?.at(-1),
    say: console.log,
  });
  const index = await writeIndex(runs);
  const seconds = Object.fromEntries(
    runs.map((run) => [run.name.replace(/\.ipynb$/, ""), Number(run.seconds.toFixed(3))]),
  );
  const reached = criteria(record, await ciCriterion());
  const summary = {
    target: "local",
    ...record,
    criteria: reached,
    seconds,
    ok: !failed && held === undefined,
  };
  await replaceFile(join(OUT, "summary.json"), JSON.stringify(summary, null, 2) + "\n");
  if (failed?.error) {
    console.error(`demo: ${reasonLine(failed)}`);
    if (on.has("debug")) console.error(failed.error.traceback.join("\n"));
    return exitOf(failed.error.name);
  }
  if (held !== undefined) {
    console.error(`demo: ${held}`);
    return EXIT.finding;
  }
  console.log(`\nDone in ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  for (const criterion of reached) console.log(criterionLine(criterion));
  console.log(`\nStart page  ${shown(index)}\nSummary     ${shown(join(OUT, "summary.json"))}`);
  return reached.some(({ state }) => state === "missed") ? EXIT.failed : EXIT.done;
});
