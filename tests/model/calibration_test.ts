import assert from "node:assert/strict";
import { wilsonInterval } from "../../lib/core/mod.ts";
import { calibrationOf } from "../../lib/model/mod.ts";
import { GOLDEN, isNear } from "./golden.ts";

for (const { name, classes, outcome, calibration } of GOLDEN) {
  Deno.test(`calibrationOf() agrees with numpy on ${name}`, () => {
    for (const { bins, ece, counts } of calibration) {
      const found = calibrationOf(outcome, classes, { bins });
      assert.deepEqual(found.bins.map(({ count }) => count), counts);
      assert.ok(isNear(found.ece, ece), `${found.ece} is not ${ece}`);
    }
  });
}

/** Rows of two classes predicted as class 0 with these confidences, right or not. */
function rows(...given: [confidence: number, right: boolean][]) {
  return {
    actual: Uint8Array.from(given, ([, right]) => right ? 0 : 1),
    labels: new Uint8Array(given.length),
    probabilities: Float64Array.from(given.flatMap(([confidence]) => [confidence, 1 - confidence])),
  };
}

Deno.test("calibrationOf() of five rows, worked by hand", () => {
  const outcome = rows([0.95, true], [0.95, true], [0.65, true], [0.65, false], [0.65, false]);
  const { ece, bins } = calibrationOf(outcome, 2);
  assert.deepEqual(bins.map(({ count, accuracy }) => [count, accuracy]), [[3, 1 / 3], [2, 1]]);
  assert.ok(isNear(bins[0].meanConfidence, 0.65) && isNear(bins[1].meanConfidence, 0.95));
  assert.ok(isNear(ece, (3 * (0.65 - 1 / 3) + 2 * 0.05) / 5));
  const { low, high } = wilsonInterval({ successes: 1, trials: 3 });
  assert.deepEqual([bins[0].low, bins[0].high], [low, high]);
});

Deno.test("calibrationOf() puts a confidence on an edge into the bin below, however it is rounded", () => {
  for (let edge = 1; edge <= 10; edge++) {
    for (const confidence of [edge / 10, edge * 0.1, 1 - (10 - edge) / 10]) {
      const inside = (edge - 0.5) / 10;
      const { bins } = calibrationOf(rows([confidence, true], [inside, true]), 2);
      assert.equal(bins.length, 1, `${confidence} and ${inside}`);
    }
  }
});

Deno.test("calibrationOf() takes confidences 0 and 1", () => {
  const { bins, ece } = calibrationOf(rows([0, false], [1, true]), 2);
  assert.deepEqual(bins.map(({ meanConfidence, accuracy }) => [meanConfidence, accuracy]), [
    [0, 0],
    [1, 1],
  ]);
  assert.equal(ece, 0);
});

Deno.test("calibrationOf() is 1 for a model that is always sure and always wrong", () => {
  assert.equal(calibrationOf(rows([1, false], [1, false]), 2).ece, 1);
});

Deno.test("calibrationOf() counts every row in one bin", () => {
  for (const { outcome, classes } of GOLDEN) {
    for (const bins of [1, 3, 10, 100]) {
      const found = calibrationOf(outcome, classes, { bins });
      assert.equal(found.bins.reduce((sum, { count }) => sum + count, 0), outcome.actual.length);
      const confidences = found.bins.map(({ meanConfidence }) => meanConfidence);
      assert.deepEqual(confidences, [...confidences].sort((a, b) => a - b));
    }
  }
});
