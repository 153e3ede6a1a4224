/**
 * `deno task preflight`: is everything there and allowed that a deployment needs?
 *
 * Permissions: `net` for the target's services, `read`, `write` of `.local`, `run` of deno (it starts
 * Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { preflight, preflightSentence } from "lib/lifecycle/preflight.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task preflight [--endpoint NAME] [--json] [--debug]

Looks at settings, sign-in, workspace, datastore, Blob, Key Vault, endpoint name, quota and price, in
the present target. A probe blob and a probe secret are written, read back and removed.
  --endpoint NAME   the endpoint that will be made (default iris-demo)
  --json            print the findings as an array and nothing else
Exit: 0 nothing failed, 1 something failed, 2 the settings are broken`;

if (import.meta.main) await main("preflight", run);

async function run(): Promise<number> {
  const { on, values, words } = readFlags({ on: ["json"], values: ["endpoint"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "preflight", rule: "must be given flags only", value: words[0] });
  }
  const findings = await preflight({ endpoint: values.endpoint?.at(-1) ?? "iris-demo" });
  if (on.has("json")) console.log(JSON.stringify(findings, null, 2));
  else {
    const mark = { ok: "✔", failed: "✘", "not checked": "·" };
    for (const { check, state, detail, mend } of findings) {
      console.log(`${mark[state]} ${check}: ${detail}${mend && `\n    mend: ${mend}`}`);
    }
    console.log(preflightSentence(findings));
  }
  const failed = findings.find(({ state }) => state === "failed");
  if (!failed) return EXIT.done;
  return failed.check === "settings" ? EXIT.badInput : EXIT.failed;
}
