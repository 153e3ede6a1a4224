/**
 * `deno task verify-evidence`: whether a version's evidence is as it was signed, here and in the
 * datastore.
 *
 * @module
 */

import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
// not by the room's front door: it loads native packages, which this task has no right to
import { chosenVersion, evidencePath, readEvidenceFolder } from "lib/lifecycle/evidence_folder.ts";
import { type Files, verifyEvidence } from "lib/lifecycle/evidence_signature.ts";
import { publicKeyOf } from "lib/lifecycle/signing_key.ts";
import { readStoredEvidence } from "lib/lifecycle/stored_evidence.ts";
import { openWorkspace } from "lib/lifecycle/workspace.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const HELP =
  `deno task verify-evidence [--version N] [--model NAME] [--folder PATH] [--public-key KEY]

Holds the pack in out/evidence/NAME-VERSION, if it is there, and the one in the datastore against the
signature and the registry. Refuses in one line that names the first file that is not as it was signed.
  --version N       default: the champion, or else the newest
  --model NAME      default iris
  --folder PATH     this folder instead of the two
  --public-key KEY  43 characters from whoever signed, instead of the key vault's
Exit: 0 all is as it was signed, 2 it is not`;

await main("verify-evidence", async () => {
  const names = ["version", "model", "folder", "public-key"];
  const { on, values, words } = readFlags({ values: names });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  if (words.length > 0) {
    const rule = "must be given flags only";
    throw new BadInput({ field: "verify-evidence", rule, value: words[0] });
  }
  const given = (name: string) => values[name]?.at(-1), folder = given("folder");
  const { azure, registry } = await openWorkspace();
  const choice = { name: given("model") ?? "iris", version: given("version") };
  const version = await chosenVersion(registry, choice);
  const publicKey = given("public-key") ?? await publicKeyOf(azure);
  const verify = async (place: string, files: Files) => {
    const { files: signed } = await verifyEvidence(files, { ...version, publicKey });
    const count = Object.keys(signed).length;
    console.log(
      `${place}: ${count} files as they were signed for ${version.name}:${version.version}`,
    );
  };
  const path = folder === undefined ? evidencePath(version) : resolve(callerFolder(), folder);
  const here = await readEvidenceFolder(path);
  if (folder !== undefined && !here) {
    throw new BadInput({ field: "--folder", rule: "must be a folder", value: folder });
  }
  if (here) await verify(path, here);
  if (folder === undefined) await verify("datastore", await readStoredEvidence(azure, version));
  return EXIT.done;
});
