import assert from "node:assert/strict";
import { loadDataset } from "lib/data/mod.ts";
import { logOf, prepare, trainCandidate, writeRetrainDataset } from "lib/lifecycle/mod.ts";
import { predict } from "lib/model/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const { model } = await trainCandidate(prepared, { seed: 7, trees: 50 });

Deno.test("the log of the changed world has labels that the version in use gets wrong", () => {
  const { samples, units } = logOf({ champion: { model }, prepared, seed: 7 });
  const { labels } = predict(model, samples.x);
  const right = labels.filter((label, i) => label === samples.y[i]).length / samples.y.length;
  assert.ok(right > 0.3 && right < 0.9, `${right}`);
  assert.equal(units.length, samples.y.length);
  assert.ok(new Set(units).size <= prepared.holdout.y.length, "rows of one place are of one unit");
  assert.ok(samples.y.length < 900, "some labels never come");
});

Deno.test("no row of it has the values of a holdout row", () => {
  const { samples } = logOf({ champion: { model }, prepared, seed: 7 }),
    d = samples.features.length;
  const rows = (x: Float64Array) =>
    Array.from({ length: x.length / d }, (_, i) => x.subarray(i * d, i * d + d).join());
  const held = new Set(rows(prepared.holdout.x));
  assert.deepEqual(rows(samples.x).filter((row) => held.has(row)), []);
});

Deno.test("the same seed gives the same log, and it makes a dataset for retraining", async () => {
  const log = logOf({ champion: { model }, prepared, seed: 7 });
  assert.deepEqual(log, logOf({ champion: { model }, prepared, seed: 7 }));
  const folder = await Deno.makeTempDir();
  const { descriptor } = await writeRetrainDataset(prepared, log, {
    folder,
    keepOld: false,
    seed: 7,
  });
  assert.equal((await loadDataset(descriptor)).frozen, true);
});

Deno.test("with any seed every class has units enough to be learnt from and judged on", () => {
  for (let seed = 0; seed < 20; seed++) {
    const { samples: { y, classes }, units } = logOf({ champion: { model }, prepared, seed });
    classes.forEach((name, label) => {
      const own = new Set(units.filter((_, i) => y[i] === label));
      assert.ok(own.size >= 5, `seed ${seed}: ${name} has ${own.size} units`);
    });
  }
});
