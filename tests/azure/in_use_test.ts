/** What is in use, and which rows belong to it, with a real registry behind a real Local Azure. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as azure from "lib/azure/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { openFront } from "./front.ts";

const front = await openFront();
const workspace = await lifecycle.openWorkspace({ azure: await azure.openAzureAt(front.port) });
const prepared = await lifecycle.prepare("data/iris.dataset.json", { seed: 7 }), seed = 7;
const folder = await Deno.makeTempDir({ prefix: "in-use-" });
const folders = { found: join(folder, "found"), made: join(folder, "made") };
const find = (of = folders) => lifecycle.findInUse(workspace, { prepared, seed, folders: of });

async function promote(from: string | null, to: string): Promise<void> {
  await workspace.registry.changeProduction({
    name: "iris",
    from,
    to,
    by: "test",
    reason: "r",
  });
}

Deno.test("findInUse() finds nothing before the gate has let a version pass", async () => {
  assert.equal(await find(), undefined);
});

Deno.test("findInUse() takes the gate's version where nothing is in production, then production's", async () => {
  const champion = await lifecycle.makeChampion(workspace, { prepared, seed, trees: 9 });
  assert.equal((await find())?.version.version, champion.version.version);
  await promote(null, champion.version.version);
  const inUse = await find();
  assert.equal(inUse?.model.digest, champion.model.digest);
  assert.equal(inUse?.prepared, prepared);
});

Deno.test("findInUse() brings a retrained version with its own rows; without them, the first one", async () => {
  const champion = (await find())!;
  const challenger = await lifecycle.makeChallenger(workspace, {
    ...{ champion, prepared, seed, trees: 30, folders },
  });
  await promote(champion.version.version, challenger.version.version);
  const inUse = await find();
  assert.equal(inUse?.version.version, challenger.version.version);
  assert.equal(inUse?.prepared.dataset.digest, challenger.version.datasetDigest);
  assert.notEqual(inUse?.prepared.dataset.digest, prepared.dataset.digest);
  const elsewhere = await find({ found: join(folder, "none"), made: join(folder, "none") });
  assert.equal(elsewhere?.version.version, champion.version.version);
  assert.equal(elsewhere?.prepared, prepared);
});

Deno.test("findInUse(): end", async () => {
  await front[Symbol.asyncDispose]();
  await Deno.remove(folder, { recursive: true });
});
