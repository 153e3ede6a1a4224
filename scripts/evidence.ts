/**
 * `deno task evidence`: everything that speaks for a version, measured anew, signed, as a folder and a
 * page; kept beside the model and with its run.
 *
 * @module
 */

import { readDescriptor } from "lib/data/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import {
  chosenVersion,
  evidencePath,
  fromCheckout,
  makeEvidence,
  openWorkspace,
  storeEvidence,
  writeEvidenceFolder,
} from "lib/lifecycle/mod.ts";
import { EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task evidence [--version N] [--dataset FILE]

Writes out/evidence/NAME-VERSION: model card, data contract, behavioural tests, comparison with the
champion, costs, fairness, provenance, approval, parts list, index.html, and evidence.json with its
signature. Keeps the same beside the model in the datastore and with the run that trained it.
  --version N       default: the champion, or else the newest
  --dataset FILE    descriptor, seen from the checkout; default data/iris.dataset.json
Exit: 0 written, 2 its rows are not here, or it does not belong together`;

await main("evidence", async () => {
  const { on, values, words } = readFlags({ values: ["version", "dataset"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    throw new BadInput({ field: "evidence", rule: "must be given flags only", value: words[0] });
  }
  const dataset = values.dataset?.at(-1) ?? "data/iris.dataset.json";
  const { name } = await readDescriptor(fromCheckout(dataset));
  const workspace = await openWorkspace();
  const choice = { name, version: values.version?.at(-1) };
  const version = await chosenVersion(workspace.registry, choice);
  const files = await makeEvidence(workspace, { version, dataset });
  const folder = evidencePath(version);
  await writeEvidenceFolder(folder, files);
  const stored = await storeEvidence(workspace, version, files);
  console.log(`Evidence for ${name}:${version.version}: ${folder}/index.html`);
  console.log(`Datastore: ${stored.folder}`);
  console.log(stored.artifacts ? `Run ${version.runId}: ${stored.artifacts}` : "The run is gone");
  return EXIT.done;
});
