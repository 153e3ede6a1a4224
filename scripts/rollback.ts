/**
 * `deno task rollback`: all traffic to what served before, verified.
 *
 * Permissions: `net` for the target's services, `read`, `write` of `.local`, `run` of deno (it starts
 * Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { type Azure, listEndpoints } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { rollback, rollbackSentence } from "lib/lifecycle/rollback.ts";
import { NothingToRollBack } from "lib/lifecycle/rollback_target.ts";
import { openWorkspace } from "lib/lifecycle/workspace.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP =
  `deno task rollback [--endpoint NAME] [--to VERSION|DEPLOYMENT] [--reason TEXT] [--json] [--debug]

Moves all traffic of an endpoint to what served before, in one change, sends requests that
prove it, and writes it into production's history.
  --endpoint NAME   default: the only one that there is
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
  const workspace = await openWorkspace();
  const done = await rollback(workspace, {
    endpoint: values.endpoint?.at(-1) ?? await onlyEndpoint(workspace.azure),
    to: values.to?.at(-1),
    reason: values.reason?.at(-1),
  });
  console.log(on.has("json") ? JSON.stringify(done, null, 2) : rollbackSentence(done));
  return done.verified ? EXIT.done : EXIT.failed;
}

/** Whoever is woken types one command. Where it could mean two endpoints, it does nothing. */
async function onlyEndpoint(azure: Azure): Promise<string> {
  const names = (await listEndpoints(azure)).map(({ name }) => name).sort();
  if (names.length === 1) return names[0];
  if (names.length === 0) throw new NothingToRollBack("Cannot roll back as there is no endpoint");
  const rule = `must say which, as there are several: ${names.join(", ")}`;
  throw new BadInput({ field: "--endpoint", rule });
}
