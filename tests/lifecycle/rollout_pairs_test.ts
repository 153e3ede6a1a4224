import assert from "node:assert/strict";
import { take } from "lib/core/mod.ts";
import { mirroredPairs, offlinePairs, prepare, trainCandidate } from "lib/lifecycle/mod.ts";
import { predict } from "lib/model/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
const { holdout } = prepared;

Deno.test("pairs count rows with a label in which just one was wrong", () => {
  const rows = {
    ids: ["r1", "r2", "r3", "r4", "r5", "r6"],
    x: new Float64Array(6),
    actual: Int16Array.of(0, 0, 0, 0, -1, 0),
    predicted: Uint8Array.of(0, 0, 1, 1, 0, 0),
  };
  const green = new Map([["r1", 0], ["r2", 1], ["r3", 0], ["r4", 1], ["r5", 1]]); // r6 was not copied
  assert.deepEqual(mirroredPairs([rows], (id) => green.get(id)), {
    ...{ kind: "paired", rows: 4, onlyAWrong: 1, onlyBWrong: 1 },
  });
});

Deno.test("offline pairs are those of two models on the same rows, whoever had answered", async () => {
  const one = await trainCandidate(prepared, { seed: 7, trees: 20 });
  const halved = {
    ...prepared,
    train: take(prepared.train, [...Array(11).keys()].map((i) => 5 * i)),
  };
  const other = await trainCandidate(halved, { seed: 7, trees: 1 });
  const models = { blue: one.model, green: other.model };
  const actual = Int16Array.from(holdout.y), { x } = holdout;
  const rows = { x, actual, predicted: Uint8Array.from(holdout.y), ids: [] };
  const wrong = (model: typeof one.model) =>
    predict(model, x).labels.reduce((sum, label, i) => sum + (label === actual[i] ? 0 : 1), 0);
  const pairs = offlinePairs(
    [rows, { ...rows, x: new Float64Array(), actual: new Int16Array() }],
    models,
  )!;
  assert.equal(pairs.rows, holdout.y.length);
  assert.ok(pairs.onlyBWrong > 0);
  assert.equal(pairs.onlyBWrong - pairs.onlyAWrong, wrong(other.model) - wrong(one.model));
  assert.equal(offlinePairs([], models), null);
});
