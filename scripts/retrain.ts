/** `deno task retrain`: notebooks 01 to 03 on the rows that the last monitoring has chosen. */

import { join, resolve } from "node:path";
import { readTarget } from "lib/azure/mod.ts";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import { readDescriptor } from "lib/data/mod.ts";
import { CHECKOUT, type MonitoringRecord, openWorkspace, readRecord } from "lib/lifecycle/mod.ts";
import { callerFolder, EXIT, exitOf, main, readFlags } from "./cli.ts";
import { reasonLine } from "./notebook_runs.ts";
import { runRetraining } from "./retraining.ts";

const HELP = `deno task retrain [--dataset FILE] [--json] [--yes] [--debug]

Trains, gates and tries out a model on the rows that notebook 04 has chosen: notebooks 01, 02 and 03
headless. Where the answer of the last monitoring was another than to retrain, nothing is done.
  --dataset FILE     the first dataset's descriptor; default data/iris.dataset.json
  --json             print the record and nothing else
  --yes              agree to what costs money (in the cloud; the same as MLOPS_YES=1)
Exit: 0 done or nothing to do, 1 failed, 2 wrong usage or bad input, 3 the gate refused`;

await main("retrain", async () => {
  const { on, values, words } = readFlags({ on: ["json", "yes"], values: ["dataset"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "retrain", rule: "must be given flags only", value: words[0] });
  }
  readTarget();
  if (on.has("yes")) Deno.env.set("MLOPS_YES", "1"); // kernels inherit it
  const say = on.has("json") ? console.error : console.log;
  const first = values.dataset?.at(-1);
  const path = first ? resolve(callerFolder(), first) : join(CHECKOUT, "data/iris.dataset.json");
  const { name } = await readDescriptor(path), endpoint = `${name}-live`;
  const workspace = await openWorkspace();
  const found = await readRecord<MonitoringRecord>(workspace, { endpoint, kind: "monitoring" });
  if (!found) {
    const rule = "must have been monitored: deno task monitor";
    throw new BadInput({ field: endpoint, rule });
  }
  const { decision, retrain } = found, { branch, because } = decision;
  const answer: JsonRecord = { endpoint, branch, because };
  if (branch !== "retrain" || !retrain) {
    say(`Nothing to train: the answer was ${branch}. ${because[0]}`);
    if (on.has("json")) console.log(JSON.stringify({ ...answer, retrained: false }, null, 2));
    return EXIT.done;
  }
  const { record, failed, refused } = await runRetraining(retrain.descriptor, { say });
  if (failed?.error) {
    console.error(`retrain: ${reasonLine(failed)}`);
    if (on.has("debug")) console.error(failed.error.traceback.join("\n"));
    return exitOf(failed.error.name);
  }
  const said = { ...answer, retrained: refused === undefined, ...record };
  if (on.has("json")) console.log(JSON.stringify(said, null, 2));
  if (refused === undefined) return EXIT.done;
  console.error(`retrain: ${refused}`);
  return EXIT.finding;
});
