/**
 * `deno task rollback`: all traffic to what served before, verified.
 *
 * Permissions: `net` for the target's services, `read`, `write` of `.local`, `run` of deno (it starts
 * Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { rollback, rollbackSentence } from "lib/lifecycle/rollback.ts";
import { openWorkspace } from "lib/lifecycle/workspace.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP =
  `deno task rollback [--endpoint NAME] [--to VERSION|DEPLOYMENT] [--reason TEXT] [--json] [--debug]

Moves all traffic of an endpoint to what served before, in one change, sends requests that
prove it, and writes it into production's history.
  --endpoint NAME   default iris-demo
  --to WHAT         a version or a deployment; default: what was in production before
  --reason TEXT     why, for the history
  --json            print the record and nothing else
Exit: 0 done and verified, 1 nothing to roll back to or it does not serve, 2 wrong usage`;

if (import.meta.main) await main("rollback", run);

async function run(): Promise<number> {
  const { on, values, words } = readFlags({ on: ["json"], values: ["endpoint", "to", "reason"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "rollback", rule: "must be given flags only", value: words[0] });
  }
  const done = await rollback(await openWorkspace(), {
    endpoint: values.endpoint?.at(-1) ?? "iris-demo",
    to: values.to?.at(-1),
    reason: values.reason?.at(-1),
  });
  console.log(on.has("json") ? JSON.stringify(done, null, 2) : rollbackSentence(done));
  return done.verified ? EXIT.done : EXIT.failed;
}
