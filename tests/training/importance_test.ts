import assert from "node:assert/strict";
import type { Samples } from "../../lib/core/mod.ts";
import { oneSplitBaseline, permutationImportance, trainForest } from "../../lib/training/mod.ts";
import { IRIS, modelOf, parts } from "./iris.ts";

/** n rows: `useful` tells the classes apart, `constant` is always 5, `idle` counts but says nothing. */
function rows(n: number): Samples {
  const feature = (name: string) => ({ name, unit: "cm", min: 0, max: 9 });
  const y = Uint8Array.from({ length: n }, (_, i) => i % 2);
  return {
    features: ["idle", "useful", "constant"].map(feature),
    classes: ["a", "b"],
    x: Float64Array.from([...y].flatMap((label, i) => [i, label === 0 ? 1 : 8, 5])),
    y,
  };
}

const forty = rows(40), stump = modelOf(oneSplitBaseline(forty).json, forty);

Deno.test("permutationImportance() is exactly 0 for a column that is constant or not asked for", () => {
  const [idle, , constant] = permutationImportance(stump, forty, { seed: 7 });
  assert.deepEqual(idle, { name: "idle", mean: 0, low: 0, high: 0 });
  assert.deepEqual(constant, { name: "constant", mean: 0, low: 0, high: 0 });
});

Deno.test("permutationImportance() of the one column that counts is the chance of a wrong partner", () => {
  // half the rows meet a value of the other class: 0.5, with deviation 0.08 a shuffle
  const [, useful] = permutationImportance(stump, forty, { seed: 7, repeats: 200 });
  assert.ok(Math.abs(useful.mean - 0.5) < 4 * 0.08 / Math.sqrt(200), `${useful.mean}`);
  assert.ok(useful.low > 0.3 && useful.low < 0.45 && useful.high > 0.55 && useful.high < 0.7);
});

Deno.test("permutationImportance() repeats itself for a seed", () => {
  const importance = (seed: number) => permutationImportance(stump, forty, { seed, repeats: 5 });
  assert.deepEqual(importance(7), importance(7));
  assert.notDeepEqual(importance(8), importance(7));
});

Deno.test("permutationImportance() leaves the rows as they are", () => {
  const samples = rows(20), before = structuredClone(samples);
  permutationImportance(stump, samples, { seed: 7, repeats: 3 });
  assert.deepEqual(samples, before);
});

Deno.test("permutationImportance() of iris finds the petals, in the model's order", async () => {
  const { train, holdout } = parts(1), { json } = await trainForest(train, { seed: 1, trees: 30 });
  const found = permutationImportance(modelOf(json), holdout, { seed: 1 });
  assert.deepEqual(found.map(({ name }) => name), IRIS.features.map(({ name }) => name));
  for (const { low, mean, high } of found) assert.ok(low <= mean && mean <= high);
  const [sepalLength, sepalWidth, petalLength, petalWidth] = found.map(({ mean }) => mean);
  assert.ok(Math.min(petalLength, petalWidth) > Math.max(sepalLength, sepalWidth));
  assert.ok(petalLength + petalWidth > 0.2);
});

Deno.test("permutationImportance() knows nothing about a column's unit", async () => {
  const { train, holdout } = parts(2);
  const scale = (samples: Samples) => ({ ...samples, x: samples.x.map((value) => value * 8) });
  const importance = async (own: Samples, judge: Samples) => {
    const { json } = await trainForest(own, { seed: 1, trees: 10 });
    return permutationImportance(modelOf(json), judge, { seed: 1, repeats: 5 });
  };
  // 8 is a power of two: every threshold scales exactly
  assert.deepEqual(
    await importance(scale(train), scale(holdout)),
    await importance(train, holdout),
  );
});
