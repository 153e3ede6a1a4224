import assert from "node:assert/strict";
import { type Samples, take } from "../../lib/core/mod.ts";
import { loadDataset, rowKeys } from "../../lib/data/mod.ts";
import { measure, predict, vote } from "../../lib/model/mod.ts";
import { majorityBaseline } from "../../lib/training/mod.ts";
import {
  evaluate,
  fromCheckout,
  leakedRows,
  measureBaselines,
  modelOf,
  prepare,
  trainCandidate,
} from "../../lib/lifecycle/mod.ts";

const IRIS = "data/iris.dataset.json";
const prepared = await prepare(IRIS, { seed: 7 });
const candidate = await trainCandidate(prepared, { seed: 7, trees: 15 });

const sizes = (parts: readonly Samples[]) => parts.map(({ y }) => y.length);

Deno.test("prepare() splits iris around its frozen holdout, each class alike", () => {
  const { train, validation, holdout, split, dataset } = prepared;
  assert.deepEqual(sizes([train, validation, holdout]), [59, 30, 60]);
  for (const part of [train, validation, holdout]) {
    const counts = [0, 1, 2].map((label) => part.y.filter((own) => own === label).length);
    assert.ok(Math.max(...counts) - Math.min(...counts) <= 1, `${counts}`);
  }
  assert.deepEqual(take(dataset.samples, split.validation), validation);
  assert.deepEqual(rowKeys(holdout).sort(), dataset.holdout.keys);
});

Deno.test("prepare() moves rows between train and validation by the seed, and none of the holdout", async () => {
  const other = await prepare(prepared.dataset, { seed: 8 });
  assert.deepEqual(other.holdout, prepared.holdout);
  assert.notDeepEqual(other.split.train, prepared.split.train);
  assert.deepEqual(sizes([other.train, other.validation]), [59, 30]);
  assert.deepEqual((await prepare(prepared.dataset, { seed: 7 })).split, prepared.split);
});

Deno.test("prepare() takes a dataset, or a path from the checkout or absolute", async () => {
  const dataset = await loadDataset(fromCheckout(IRIS));
  for (const given of [dataset, fromCheckout(IRIS)]) {
    assert.deepEqual((await prepare(given, { seed: 7 })).split, prepared.split);
  }
});

Deno.test("prepare() refuses what is no dataset and what is no seed", async () => {
  await assert.rejects(prepare("no/such.json", { seed: 7 }), {
    name: "BadInput",
    message: `dataset descriptor must be a file that can be read: got "${
      fromCheckout("no/such.json")
    }"`,
  });
  await assert.rejects(prepare(IRIS, { seed: 0.5 }), /seed must be a whole number/);
});

Deno.test("leakedRows() finds none in a split, for any seed", async () => {
  for (const seed of [1, 2, 3]) {
    assert.deepEqual(leakedRows(await prepare(prepared.dataset, { seed })), []);
  }
});

Deno.test("leakedRows() finds a planted leak by its key, between any two parts", () => {
  const join = (a: Samples, b: Samples) => ({
    ...a,
    x: Float64Array.of(...a.x, ...b.x),
    y: Uint8Array.of(...a.y, ...b.y),
  });
  const { train, validation, holdout } = prepared;
  const first = (samples: Samples) => take(samples, [0]),
    key = (samples: Samples) => rowKeys(samples)[0];
  const leaks = (changes: object) => leakedRows({ ...prepared, ...changes });
  assert.deepEqual(leaks({ holdout: join(holdout, first(train)) }), [key(train)]);
  assert.deepEqual(leaks({ train: join(train, first(holdout)) }), [key(holdout)]);
  assert.deepEqual(leaks({ holdout: join(holdout, first(validation)) }), [key(validation)]);
  assert.deepEqual(leaks({ validation: train }).length, 59);
});

Deno.test("trainCandidate() gives the same bytes for the same seed, others for another", async () => {
  const digest = async (seed: number) =>
    (await trainCandidate(prepared, { seed, trees: 15 })).model.digest;
  assert.equal(await digest(7), candidate.model.digest);
  assert.notEqual(await digest(8), candidate.model.digest);
});

Deno.test("trainCandidate() names the model and tells what it was trained with", () => {
  const { model, parameters, seed, outOfBag } = candidate;
  assert.equal(model.document.name, "iris");
  assert.deepEqual(model.document.signature.classes, ["setosa", "versicolor", "virginica"]);
  assert.deepEqual(parameters, { trees: 15, maxDepth: null, minRows: 3, featureShare: 1 });
  assert.equal(seed, 7);
  assert.ok(outOfBag.accuracy.rows >= 55 && outOfBag.accuracy.rows <= 59);
  assert.ok(outOfBag.accuracy.value > 0.85);
});

Deno.test("trainCandidate() refuses a broken option", async () => {
  await assert.rejects(trainCandidate(prepared, { seed: 7, trees: 0 }), {
    name: "BadInput",
    message: "trees must be a whole number from 1 to 2000: got 0",
  });
});

Deno.test("modelOf() gives a model that votes as its forest does", () => {
  const { document, forest, digest } = candidate.model;
  const again = modelOf(document.forest, { name: "iris", samples: prepared.train });
  assert.equal(again.digest, digest);
  assert.deepEqual(vote(again.forest, prepared.holdout.x), vote(forest, prepared.holdout.x));
  const other = modelOf(document.forest, { name: "irises", samples: prepared.train });
  assert.notEqual(other.digest, digest);
});

Deno.test("evaluate() measures what predict() answers, and slices by thirds of each feature", () => {
  const { model } = candidate, { holdout } = prepared;
  const { slices, ...metrics } = evaluate(model, holdout);
  const outcome = { actual: holdout.y, ...predict(model, holdout.x) };
  assert.deepEqual(metrics, measure(outcome, holdout.classes));
  assert.equal(slices.length, 12);
  for (let f = 0; f < 4; f++) {
    const thirds = slices.slice(3 * f, 3 * f + 3);
    assert.equal(
      thirds.reduce((sum, { accuracy }) => sum + accuracy!.correct, 0),
      metrics.accuracy.correct,
    );
    assert.equal(thirds.reduce((sum, { accuracy }) => sum + accuracy!.rows, 0), 60);
    assert.ok(thirds.every(({ name }) => name.startsWith(holdout.features[f].name)));
  }
});

Deno.test("evaluate() leaves out slices that are empty", () => {
  const { train } = prepared,
    model = modelOf(majorityBaseline(train).json, { name: "m", samples: train });
  const same = take(train, [0, 0, 0]);
  const { slices } = evaluate(model, same);
  assert.deepEqual(slices.map(({ accuracy }) => accuracy?.rows), [3, 3, 3, 3]);
});

Deno.test("measureBaselines() trains on the training rows and measures on those given", () => {
  const { train, holdout } = prepared;
  const [majority, split] = measureBaselines(prepared, holdout);
  assert.deepEqual([majority.name, majority.rule], ["majority class", "always setosa"]);
  assert.deepEqual([majority.metrics.accuracy.correct, majority.metrics.accuracy.rows], [20, 60]);
  assert.equal(split.name, "one split");
  assert.equal(split.metrics.accuracy.correct, 40); // two of three classes at best
  assert.deepEqual(measureBaselines(prepared, train)[0].rule, majority.rule);
  assert.ok(evaluate(candidate.model, holdout).accuracy.correct > split.metrics.accuracy.correct);
});
