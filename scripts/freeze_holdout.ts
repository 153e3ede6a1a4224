/** `deno task freeze-holdout DESCRIPTOR`: draws the holdout and writes it beside the descriptor. */

import { resolve } from "node:path";
import { BadInput } from "lib/core/mod.ts";
import { drawHoldout, holdoutPath, loadDataset } from "lib/data/mod.ts";
import { replaceFile } from "lib/lifecycle/mod.ts";
import { callerFolder, main } from "./cli.ts";

await main("freeze-holdout", async () => {
  const [given, ...more] = Deno.args.filter((argument) => !argument.startsWith("--"));
  if (!given || more.length > 0) {
    throw new BadInput({ field: "freeze-holdout", rule: "must be given one descriptor" });
  }
  const { descriptor, samples, frozen } = await loadDataset(resolve(callerFolder(), given));
  const path = holdoutPath(descriptor);
  if (frozen) {
    throw new BadInput({ field: path, rule: "is frozen already: delete it to draw another" });
  }
  const holdout = drawHoldout(samples, descriptor.name);
  await replaceFile(path, JSON.stringify(holdout, null, 2) + "\n");
  console.log(`${holdout.rows} rows held out in ${path}`);
  return 0;
});
