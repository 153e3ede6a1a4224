/** `deno task summary KIND FILE`: a task's record as Markdown, for `$GITHUB_STEP_SUMMARY`. */

import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";
import { SUMMARIES, summarise } from "./summaries.ts";

const HELP = `deno task summary KIND FILE [--decision ID]

Prints a record as Markdown. KIND is one of ${Object.keys(SUMMARIES).join(", ")}; FILE is what the
task of that name printed with --json.
  --decision ID   id of the gate's decision`;

await main("summary", async () => {
  const { on, values, words } = readFlags({ values: ["decision"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const [kind, file, ...more] = words;
  if (file === undefined || more.length > 0) {
    const rule = "must be a kind and a file";
    throw new BadInput({ field: "arguments", rule, value: words.join(" ") });
  }
  let record;
  try {
    record = JSON.parse(await Deno.readTextFile(resolve(callerFolder(), file)));
  } catch (cause) {
    throw new BadInput({ field: file, rule: "must be a JSON file" }, { cause });
  }
  console.log(summarise(kind, record, { decision: values.decision?.at(-1) }));
  return EXIT.done;
});
