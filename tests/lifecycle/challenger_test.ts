import assert from "node:assert/strict";
import { loadDataset } from "lib/data/mod.ts";
import { logOf, modelOf, prepare, trainCandidate, writeRetrainDataset } from "lib/lifecycle/mod.ts";
import { predict } from "lib/model/mod.ts";
import { majorityBaseline } from "lib/training/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const { model } = await trainCandidate(prepared, { seed: 7, trees: 50 });
const version = { name: "iris", version: "1" } as never; // not looked at
const champion = { model, version };

Deno.test("the log of the changed world has labels that the version in use gets wrong", () => {
  const { samples, units } = logOf({ champion, prepared, seed: 7 });
  const { labels } = predict(model, samples.x);
  const right = labels.filter((label, i) => label === samples.y[i]).length / samples.y.length;
  assert.ok(right > 0.3 && right < 0.8, `${right}`);
  assert.equal(units.length, samples.y.length);
  assert.ok(new Set(units).size <= prepared.holdout.y.length, "rows of one place are of one unit");
  assert.ok(samples.y.length < 900, "some labels never come");
});

Deno.test("no row of it has the values of a holdout row", () => {
  const { samples } = logOf({ champion, prepared, seed: 7 }), d = samples.features.length;
  const rows = (x: Float64Array) =>
    Array.from({ length: x.length / d }, (_, i) => x.subarray(i * d, i * d + d).join());
  const held = new Set(rows(prepared.holdout.x));
  assert.deepEqual(rows(samples.x).filter((row) => held.has(row)), []);
});

Deno.test("the same seed gives the same log, and it makes a dataset for retraining", async () => {
  const log = logOf({ champion, prepared, seed: 7 });
  assert.deepEqual(log, logOf({ champion, prepared, seed: 7 }));
  const other = {
    model: modelOf(majorityBaseline(prepared.train).json, {
      name: "iris",
      samples: prepared.train,
    }),
    version,
  };
  assert.equal(logOf({ champion: other, prepared, seed: 7, rows: 300 }).samples.features.length, 4);
  const folder = await Deno.makeTempDir();
  const { descriptor } = await writeRetrainDataset(prepared, log, {
    folder,
    keepOld: false,
    seed: 7,
  });
  assert.equal((await loadDataset(descriptor)).frozen, true);
});
