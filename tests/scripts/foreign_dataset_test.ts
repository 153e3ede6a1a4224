/** Tables that are not iris go the same way: notebook 01 for two of them, all chapters for one. */

import assert from "node:assert/strict";
import { fromCheckout } from "lib/lifecycle/mod.ts";
import { runScript } from "./task.ts";

const fixture = (name: string) => fromCheckout(`tests/fixtures/datasets/${name}.dataset.json`);

/** Runs a task on a dataset and gives what it published. */
async function published(task: string, name: string, ...settings: string[]) {
  const flags = settings.flatMap((setting) => ["--set", setting]);
  const { code, out, err } = await runScript(task, "--dataset", fixture(name), "--json", ...flags);
  assert.equal(code, 0, err);
  return JSON.parse(out);
}

Deno.test("train takes breast cancer: 569 rows of 30 features, two classes", async () => {
  const { rows, holdout, metrics, baselines } = await published(
    "train",
    "breast-cancer",
    "trees=20",
  );
  assert.deepEqual([rows, holdout.frozen], [{ train: 228, validation: 113, holdout: 228 }, true]);
  assert.ok(metrics.accuracy.value > 0.9, `${metrics.accuracy.value}`);
  const best = Math.max(...baselines.map(({ accuracy }: { accuracy: number }) => accuracy));
  assert.ok(metrics.accuracy.value > best, `${metrics.accuracy.value} against ${best}`);
});

Deno.test("wine goes through all chapters: trained, gated, deployed, served as registered", async () => {
  const trained = await published("train", "wine", "trees=50");
  assert.deepEqual([trained.rows.holdout, trained.holdout.frozen], [71, true]);
  assert.ok(trained.metrics.accuracy.value > 0.9, `${trained.metrics.accuracy.value}`);
  const gated = await published("gate", "wine", "trees=50");
  assert.deepEqual([gated.modelName, gated.gate.decision], ["wine", "promote"]);
  assert.equal(gated.modelDigest, trained.modelDigest);
  const served = await published("deploy", "wine", "trees=50");
  assert.equal(served.servedDigest, served.registeredDigest);
  assert.deepEqual([served.endpoint, served.skewedRows, served.collectedRows], [
    "wine-demo",
    0,
    71,
  ]);
});
