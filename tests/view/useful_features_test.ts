import assert from "node:assert/strict";
import {
  bestFeature,
  betweenClassShares,
  chooseFeatures,
  leftOut,
} from "../../lib/view/useful_features.ts";
import { iris, manySamples } from "./fixtures.ts";

// golden: f_oneway of scipy 1.17.1 on the same 150 rows gives these four F;
// the share is F (k - 1) / (F (k - 1) + n - k), with k = 3 classes and n = 150 rows
Deno.test("betweenClassShares() agrees with the F statistics known for iris", () => {
  const F = [119.2645, 49.16, 1180.1612, 960.0071];
  const expected = F.map((f) => f * 2 / (f * 2 + 147));
  betweenClassShares(iris()).forEach((share, i) => {
    assert.ok(Math.abs(share - expected[i]) < 1e-4, `${i}: ${share}, expected ${expected[i]}`);
  });
});

Deno.test("betweenClassShares() does not mind scale and order, and skips what is missing", () => {
  const samples = iris(), shares = betweenClassShares(samples);
  const scaled = { ...samples, x: samples.x.map((value) => 1000 * value - 7) };
  betweenClassShares(scaled).forEach((share, i) => assert.ok(Math.abs(share - shares[i]) < 1e-9));
  samples.x[0] = NaN;
  assert.ok(betweenClassShares(samples).every(Number.isFinite));
});

Deno.test("betweenClassShares() of a feature that never changes, or is all missing, is 0", () => {
  const samples = iris();
  for (let i = 0; i < 150; i++) [samples.x[4 * i], samples.x[4 * i + 1]] = [3, NaN];
  assert.deepEqual(betweenClassShares(samples).slice(0, 2), [0, 0]);
});

Deno.test("chooseFeatures() keeps the order of the table and says what it leaves out", () => {
  assert.deepEqual(chooseFeatures(iris(), 9), { shown: [0, 1, 2, 3], left: [] });
  assert.deepEqual(chooseFeatures(iris(), 2), {
    shown: [2, 3],
    left: ["sepal_length", "sepal_width"],
  });
  assert.equal(
    leftOut(chooseFeatures(iris(), 2)),
    "Shown are the 2 features that say most about the class, left out: sepal length, sepal width.",
  );
  assert.equal(leftOut(chooseFeatures(iris(), 4)), "");
  assert.match(leftOut(chooseFeatures(manySamples({ n: 50, d: 12, k: 2 }), 2)), / and 5 more\.$/);
});

Deno.test("bestFeature() claims nothing where there is nothing", () => {
  assert.equal(bestFeature(iris()), "Petal length tells the classes apart best");
  const mixed = { ...iris(), y: Uint8Array.from({ length: 150 }, (_, i) => i % 3) };
  assert.equal(bestFeature(mixed), "No feature alone tells the classes apart");
});
