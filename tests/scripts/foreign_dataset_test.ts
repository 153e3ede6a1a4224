/** Tables that are not iris go the same way: chapters 01 to 03 for each of them. */

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

/** The same through chapters 01 to 03: trained, gated, deployed, served as registered. */
async function throughAll(name: string, trees: string) {
  const trained = await published("train", name, trees);
  assert.equal(trained.holdout.frozen, true);
  assert.ok(trained.metrics.accuracy.value > 0.9, `${trained.metrics.accuracy.value}`);
  const gated = await published("gate", name, trees);
  assert.deepEqual([gated.modelName, gated.gate.decision], [name, "promote"]);
  assert.equal(gated.modelDigest, trained.modelDigest);
  const served = await published("deploy", name, trees);
  assert.equal(served.servedDigest, served.registeredDigest);
  assert.deepEqual([served.endpoint, served.skewedRows, served.collectedRows], [
    `${name}-demo`,
    0,
    trained.rows.holdout,
  ]);
  return { trained, gated };
}

Deno.test("breast cancer goes through: 30 features, two classes, and a warning of the gate", async () => {
  const { trained, gated } = await throughAll("breast-cancer", "trees=50");
  assert.deepEqual(trained.rows, { train: 228, validation: 113, holdout: 228 });
  const accuracies = trained.baselines.map(({ accuracy }: { accuracy: number }) => accuracy);
  assert.ok(trained.metrics.accuracy.value > Math.max(...accuracies), `${accuracies}`);
  assert.match(gated.gate.warnings[0], /^Not proven better than one split/);
});

Deno.test("wine goes through: 13 features", async () => {
  const { trained, gated } = await throughAll("wine", "trees=50");
  assert.deepEqual([trained.rows.holdout, gated.gate.warnings], [71, []]);
});

Deno.test("penguins go through: millimetres and grams, two birds dropped for missing values", async () => {
  const { trained, gated } = await throughAll("penguins", "trees=50");
  const { train, validation, holdout } = trained.rows;
  assert.equal(train + validation + holdout, 342);
  assert.deepEqual(gated.gate.warnings, []);
});
