/**
 * `deno task verify-bundle FOLDER --digest SHA256`: whether a folder holds the very model that somebody
 * trained or gated. What a job does first with a model that another job made.
 */

import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { loadBundle } from "lib/lifecycle/bundle.ts";
import { readProvenance } from "lib/lifecycle/provenance.ts";
import { callerFolder, EXIT, main, readFlags } from "./cli.ts";

const HELP = `deno task verify-bundle FOLDER --digest SHA256 [--same-code] [--json]

Reads a saved model, and refuses it unless its bytes have the digest of its record and the one given.
  --digest SHA256   what whoever trained or gated it says
  --same-code       refuse it unless this checkout's commit and lockfile made it
  --json            print what was read and nothing else
Exit: 0 it is that model, 2 it is not`;

await main("verify-bundle", async () => {
  const { on, values, words } = readFlags({ on: ["json", "same-code"], values: ["digest"] });
  if (on.has("help")) return console.log(HELP), EXIT.done;
  const [folder, ...more] = words, wanted = values.digest?.at(-1);
  if (folder === undefined || more.length > 0) {
    throw new BadInput({ field: "arguments", rule: "must be one folder", value: words.join(" ") });
  }
  if (!/^[0-9a-f]{64}$/.test(wanted ?? "")) {
    const rule = "must be a SHA-256 in lower-case hex";
    throw new BadInput({ field: "--digest", rule, value: wanted });
  }
  const { model, record } = await loadBundle(resolve(callerFolder(), folder));
  if (model.digest !== wanted) {
    throw new BadInput({
      field: folder,
      rule: `must hold the model ${wanted}`,
      value: model.digest,
    });
  }
  if (on.has("same-code")) {
    const here = await readProvenance();
    for (const key of ["commit", "lockfile"] as const) {
      const rule = `must come from ${key} ${here[key]}`;
      if (record[key] !== here[key]) {
        throw new BadInput({ field: folder, rule, value: record[key] });
      }
    }
  }
  const { modelName, modelDigest, datasetDigest, seed } = record;
  const read = { modelName, modelDigest, datasetDigest, seed };
  console.log(on.has("json") ? JSON.stringify(read, null, 2) : `${folder} holds ${wanted}`);
  return EXIT.done;
});
