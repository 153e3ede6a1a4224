import assert from "node:assert/strict";
import { stream } from "../../lib/core/mod.ts";
import type { Outcome } from "../../lib/model/mod.ts";
import {
  calibrationIntervals,
  importanceIntervals,
  oneSplitBaseline,
  permutationImportance,
  trainForest,
} from "../../lib/training/mod.ts";
import { IRIS, modelOf, parts } from "./iris.ts";

/** n rows of two classes: the confidence is told, and how often it is right. */
function outcomeOf(seed: number, n: number, truth: (confidence: number) => number): Outcome {
  const { next } = stream(seed, "outcome"),
    confidence = Float64Array.from({ length: n }, () => 0.5 + next() / 2);
  return {
    actual: Uint8Array.from(confidence, (share) => next() < truth(share) ? 0 : 1),
    labels: new Uint8Array(n),
    probabilities: Float64Array.from([...confidence].flatMap((share) => [share, 1 - share])),
  };
}

Deno.test("true confidences are seldom called false, whatever their error of calibration", async () => {
  let called = 0, inside = 0;
  for (let seed = 0; seed < 100; seed++) {
    const outcome = outcomeOf(seed, 60, (share) => share);
    const { p, ece, ifCalibrated } = await calibrationIntervals(outcome, 2, { seed, draws: 200 });
    if (p < 0.05) called++;
    if (ece.value <= ifCalibrated.high) inside++;
    assert.ok(ece.low <= ece.value && ece.value <= ece.high);
    assert.equal(ece.low === 0, p >= 0.05);
  }
  assert.ok(called <= 11, `${called} of 100`); // 5 expected; more than 11 in one of 200 runs
  assert.ok(inside >= 89, `${inside} of 100`);
});

Deno.test("too much confidence is found, and its interval holds the true error", async () => {
  let held = 0;
  for (let seed = 0; seed < 30; seed++) {
    const outcome = outcomeOf(seed, 400, (share) => share - 0.2); // the error is 0.2 by making
    const { p, ece, sentence } = await calibrationIntervals(outcome, 2, { seed, draws: 300 });
    assert.ok(p < 0.05 && sentence.startsWith("Not calibrated"), sentence);
    if (ece.low <= 0.2 && 0.2 <= ece.high) held++;
  }
  assert.ok(held >= 25, `${held} of 30`);
});

Deno.test("calibrationIntervals() repeats itself, tells its progress, stops, and needs rows", async () => {
  const outcome = outcomeOf(7, 50, (share) => share), told: number[] = [];
  const draw = (seed: number) =>
    calibrationIntervals(outcome, 2, { seed, draws: 300, onDraw: (done) => told.push(done) });
  assert.deepEqual(await draw(7), await draw(7));
  assert.deepEqual(told.slice(0, 3), [100, 200, 300]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(calibrationIntervals(outcome, 2, { seed: 7, signal }), /enough/);
  const none = {
    actual: new Uint8Array(),
    labels: new Uint8Array(),
    probabilities: new Float64Array(),
  };
  await assert.rejects(calibrationIntervals(none, 2, { seed: 7 }), /rows must be .* got 0/);
  await assert.rejects(calibrationIntervals(outcome, 2, { seed: 7, draws: 5 }), /draws must be/);
});

Deno.test("importanceIntervals() agrees with permutationImportance() on the mean", async () => {
  const { train, holdout } = parts(1), { json } = await trainForest(train, { seed: 1, trees: 20 });
  const model = modelOf(json), told: number[] = [];
  const found = await importanceIntervals(model, holdout, {
    ...{ seed: 1, repeats: 30, onColumn: (done: number) => told.push(done) },
  });
  const plain = permutationImportance(model, holdout, { seed: 1, repeats: 30 });
  assert.deepEqual(told, [1, 2, 3, 4]);
  found.forEach(({ name, mean, low, high }, f) => {
    assert.equal(name, plain[f].name);
    assert.ok(Math.abs(mean - plain[f].mean) < 1e-9 && low <= mean && mean <= high);
  });
});

Deno.test("importanceIntervals() grows narrow with the rows, is 0 for a constant column, and stops", async () => {
  const rows = (n: number) => {
    const y = Uint8Array.from({ length: n }, (_, i) => i % 2);
    return {
      features: ["useful", "constant"].map((name) => ({ name, unit: "", min: 0, max: 9 })),
      classes: ["a", "b"],
      // one row in five is on the wrong side
      x: Float64Array.from(
        [...y].flatMap((label, i) => [i % 5 === 0 ? 9 - 8 * label : 1 + 8 * label, 5]),
      ),
      y,
    };
  };
  const width = async (n: number) => {
    const samples = rows(n), model = modelOf(oneSplitBaseline(samples).json, samples);
    const [{ low, high }, constant] = await importanceIntervals(model, samples, { seed: 7 });
    assert.deepEqual(constant, { name: "constant", mean: 0, low: 0, high: 0 });
    return high - low;
  };
  const [wide, narrow] = [await width(40), await width(640)];
  assert.ok(narrow < wide / 3 && narrow > wide / 6, `${wide} and ${narrow}: √16 is 4`);
  const model = modelOf((await trainForest(IRIS, { seed: 1, trees: 3 })).json);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(importanceIntervals(model, IRIS, { seed: 7, signal }), /enough/);
});
