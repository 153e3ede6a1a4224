import assert from "node:assert/strict";
import { take } from "../../lib/core/mod.ts";
import { chooseTrainer, FAST_FROM_ROWS, trainForest, weightsOf } from "../../lib/training/mod.ts";
import { IRIS } from "./iris.ts";
import { madeRows } from "./made_rows.ts";

Deno.test("chooseTrainer() keeps the package below its size, and takes the fast one from there", async () => {
  const rows = (n: number) => madeRows({ n, d: 2, k: 2, seed: 7 });
  assert.equal(chooseTrainer(IRIS, {}), "package");
  assert.equal(chooseTrainer(rows(FAST_FROM_ROWS - 1), {}), "package");
  assert.equal(chooseTrainer(rows(FAST_FROM_ROWS), {}), "fast");
  assert.equal(chooseTrainer(IRIS, { trainer: "fast" }), "fast");
  assert.equal(chooseTrainer(rows(FAST_FROM_ROWS), { trainer: "package" }), "package");
  for (const trainer of ["package", "fast"] as const) {
    assert.equal((await trainForest(IRIS, { seed: 7, trees: 2, trainer })).trainer, trainer);
  }
});

Deno.test("chooseTrainer() takes the fast one for what the package does not have, and says so if told otherwise", () => {
  const holes = { ...IRIS, x: IRIS.x.map((value, i) => i === 6 ? NaN : value) };
  assert.equal(chooseTrainer(holes, {}), "fast");
  assert.equal(chooseTrainer(IRIS, { classWeights: "balanced" }), "fast");
  assert.equal(chooseTrainer(IRIS, { nodeColumns: 1 }), "fast");
  assert.equal(chooseTrainer(IRIS, { workers: 0 }), "fast");
  assert.throws(() => chooseTrainer(IRIS, { trainer: "package", nodeColumns: 1 }), {
    name: "BadInput",
    message: "nodeColumns must be left out with the trainer package: only the fast one has it: " +
      "got 1",
  });
  assert.throws(() => chooseTrainer(holes, { trainer: "package" }), {
    name: "BadInput",
    message: "training row 1, petal_length must be there for the trainer package: only the fast " +
      "one takes missing values: got NaN",
  });
});

Deno.test("weightsOf() balances as scikit-learn does", () => {
  // compute_class_weight("balanced", classes=[0, 1, 2], y=[0, 0, 0, 0, 1, 1]): 6 / (2 × 4), 6 / (2 × 2)
  const rows = take(IRIS, [0, 1, 2, 3, 60, 61]);
  assert.deepEqual(weightsOf(rows, "balanced"), [0.75, 1.5, 1]);
  assert.deepEqual(weightsOf(rows, undefined), [1, 1, 1]);
  assert.deepEqual(weightsOf(rows, [1, 2, 0.5]), [1, 2, 0.5]);
});
