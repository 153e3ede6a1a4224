/**
 * `deno task conformance`: the assertions of `azure-ml-contract.md` against Local Azure or Azure.
 *
 * Permissions: `net` for the target's services, `read`, `write` of `.local` and `out/conformance`, `run` of
 * deno (it starts Local Azure), `env` and `sys` (the SDKs).
 *
 * @module
 */

import { join, resolve } from "node:path";
import { emulatorPort, openAzure } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import {
  checkConformance,
  type ConformanceRecording,
  conformanceSentence,
  conformanceTable,
  differencesOf,
} from "lib/lifecycle/conformance.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const FOLDER = resolve(import.meta.dirname!, "../out/conformance");

const HELP = `deno task conformance [--target local|cloud] [--yes] [--json] [--debug]

Looks at what the contract says of Azure ML, one assertion after the other, and removes what it made.
  --target local|cloud   which Azure (default as MLOPS_TARGET says, else local)
  --yes                  agree to what costs money (in the cloud; the same as MLOPS_YES=1)
  --json                 print the findings as an array and nothing else
What went over the wire is kept in out/conformance/TARGET.json, without names, ids and keys; where the
other target's file is there, the differences are printed.
Exit: 0 all as the contract says, 1 something was left behind, 2 bad input, 3 something differs`;

if (import.meta.main) await main("conformance", run);

async function run(): Promise<number> {
  const { on, values, words } = readFlags({ on: ["json", "yes"], values: ["target"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "conformance", rule: "must be given flags only", value: words[0] });
  }
  const target = values.target?.at(-1), isQuiet = on.has("json");
  if (target !== undefined && !/^(local|cloud)$/.test(target)) {
    throw new BadInput({ field: "--target", rule: "must be local or cloud", value: target });
  }
  const given: Record<string, string | undefined> = {
    ...target ? { MLOPS_TARGET: target } : {},
    ...on.has("yes") ? { MLOPS_YES: "1" } : {},
  };
  const azure = await openAzure({ env: (name) => given[name] ?? Deno.env.get(name) });
  const tag = crypto.randomUUID().replaceAll("-", "").slice(0, 8);
  const stop = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => stop.abort(new Error("interrupted")));
  }
  const { recording, errors, left } = await checkConformance(azure, {
    ...{ tag, signal: stop.signal },
    onCost: (sentence) => console.error(sentence),
    onFinding: ({ ok, assertion }) => !isQuiet && console.error(`${ok ? "✔" : "✘"} ${assertion}`),
  });
  if (stop.signal.aborted) {
    for (const one of left) console.error(`still there: ${one}`);
    throw new Error("interrupted: no recording is kept");
  }
  const isPlayed = recording.target === "cloud" && emulatorPort() !== undefined; // no recording of Azure
  await Deno.mkdir(FOLDER, { recursive: true });
  await Deno.writeTextFile(
    join(FOLDER, `${isPlayed ? "played" : recording.target}.json`),
    `${JSON.stringify(recording, null, 2)}\n`,
  );
  if (isQuiet) console.log(JSON.stringify(recording.findings, null, 2));
  else await tell(recording, errors);
  for (const one of left) console.error(`still there: ${one}`);
  if (left.length > 0) return EXIT.failed;
  return recording.findings.every(({ ok }) => ok) ? EXIT.done : EXIT.finding;
}

async function tell(recording: ConformanceRecording, errors: Readonly<Record<string, string>>) {
  console.log(conformanceTable(recording).text);
  for (const [name, message] of Object.entries(errors)) console.log(`${name}: ${message}`);
  console.log(conformanceSentence(recording));
  const other = recording.target === "local" ? "cloud" : "local";
  const file = join(FOLDER, `${other}.json`);
  const text = await Deno.readTextFile(file).catch(() => undefined);
  if (text === undefined) return console.log(`There is no recording of ${other} to compare with.`);
  const lines = differencesOf(recording, JSON.parse(text));
  console.log(
    `${lines.length} ${
      lines.length === 1 ? "difference" : "differences"
    } between ${recording.target} and ${other}`,
  );
  for (const line of lines) console.log(`  ${line}`);
}
