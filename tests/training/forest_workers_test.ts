import assert from "node:assert/strict";
import { digestOf } from "../../lib/core/mod.ts";
import { trainForest, WORKERS_FROM_ROWS, workersFor } from "../../lib/training/mod.ts";
import { madeRows } from "./made_rows.ts";

Deno.test("the same seed gives the same bytes whatever the number of workers", async () => {
  const rows = madeRows({ n: 3000, d: 5, k: 3, seed: 7, missing: 0.05 });
  const grown = async (workers: number) => {
    const heard: number[] = [],
      { json, outOfBag } = await trainForest(rows, {
        ...{ seed: 7, trees: 24, workers, classWeights: [1, 2, 1.5] },
        onTree: (done) => heard.push(done),
      });
    assert.deepEqual(heard, Array.from({ length: 24 }, (_, t) => t + 1));
    const { labels, probabilities } = outOfBag.outcome;
    return digestOf({ json, rows: outOfBag.rows, votes: [...labels, ...probabilities] });
  };
  const alone = await grown(0);
  for (const workers of [1, 2, 4]) assert.equal(await grown(workers), alone, `${workers} workers`);
});

Deno.test("more workers than trees do no harm", async () => {
  const rows = madeRows({ n: 100, d: 2, k: 2, seed: 7 });
  const { json } = await trainForest(rows, { seed: 7, trees: 2, workers: 9 });
  assert.equal(json.baseModel.estimators.length, 2);
});

Deno.test("workers end at the signal within 100 ms, and the training with its reason", async () => {
  const rows = madeRows({ n: 30_000, d: 4, k: 3, seed: 7 }), reason = new Error("enough");
  const controller = new AbortController(), { signal } = controller;
  let given = 0, heard = 0;
  const onTree = () => {
    if (++heard !== 3) return;
    given = performance.now();
    controller.abort(reason);
  };
  const training = trainForest(rows, { seed: 7, trees: 2000, workers: 2, signal, onTree });
  await assert.rejects(training, reason);
  assert.ok(performance.now() - given < 100, `${performance.now() - given} ms`);
  assert.equal(heard, 3);
});

Deno.test("workersFor() gives none to a few rows, and never more than there are trees to share", () => {
  assert.equal(workersFor(WORKERS_FROM_ROWS - 1, 100), 0);
  assert.equal(workersFor(1e6, 1), 0);
  assert.equal(workersFor(1e6, 100), Math.min(7, navigator.hardwareConcurrency - 1));
});

Deno.test({
  name: "without permission to read its module a worker that was asked for is an error, and one " +
    "that was not is done without",
  permissions: "none",
  async fn() {
    const few = madeRows({ n: 100, d: 2, k: 2, seed: 7 });
    await assert.rejects(
      trainForest(few, { seed: 7, trees: 4, workers: 1 }),
      /^Error: Cannot grow trees in a worker: .*[Rr]equires read access/,
    );
    const many = madeRows({ n: WORKERS_FROM_ROWS, d: 1, k: 2, seed: 7 });
    const { json } = await trainForest(many, { seed: 7, trees: 3, maxDepth: 3 });
    assert.equal(json.baseModel.estimators.length, 3);
  },
});
