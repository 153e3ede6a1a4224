/** Figures of the field's own libraries; see fixtures/explained.py. */

import assert from "node:assert/strict";
import golden from "./fixtures/explained.json" with { type: "json" };
import { calibrationOf } from "../../lib/model/mod.ts";
import {
  calibrationIntervals,
  crossValidate,
  foldDifference,
  foldMean,
  holm,
  importanceIntervals,
} from "../../lib/training/mod.ts";
import { IRIS, modelOf, WINE } from "./iris.ts";

const near = (found: number | undefined, wanted: number, by: number, what = "") =>
  assert.ok(
    found !== undefined && Math.abs(found - wanted) <= by,
    `${what} ${found} and not ${wanted}`,
  );

Deno.test("foldDifference() is the corrected resampled t-test of Nadeau and Bengio", () => {
  for (const { one, other, folds, mean, low, high, p } of golden.comparisons) {
    const found = foldDifference(one, other, { testShare: 1 / (folds - 1) });
    near(found.mean, mean, 1e-12);
    near(found.interval?.low, low, 1e-10);
    near(found.interval?.high, high, 1e-10);
    near(found.p, p, 1e-12);
  }
});

Deno.test("foldMean() of differences is the same interval", () => {
  const [, , { one, other, folds, low }] = golden.comparisons;
  const differences = one.map((score, i) => score - other[i]);
  near(foldMean(differences, { testShare: 1 / (folds - 1) }).interval?.low, low, 1e-10);
});

Deno.test("holm() is statsmodels' multipletests", () => {
  for (const { ps, corrected } of golden.holm) {
    holm(ps).forEach((p, i) => near(p, corrected[i], 1e-12));
  }
});

Deno.test("calibrationIntervals() has scikit-learn's Brier score and scipy's bootstrap of it", async () => {
  const { actual, votes, value, low, high } = golden.brier;
  const outcome = {
    actual: Uint8Array.from(actual),
    labels: Uint8Array.from(votes, (own) => own.indexOf(Math.max(...own))),
    probabilities: Float64Array.from(votes.flat(), (count) => count / 20),
  };
  const { brier, ece } = await calibrationIntervals(outcome, 3, { seed: 7, draws: 10_000 });
  near(brier.value, value, 1e-12);
  near(brier.low, low, 0.005);
  near(brier.high, high, 0.005);
  assert.equal(ece.value, calibrationOf(outcome, 3).ece);
});

Deno.test("importanceIntervals() has scikit-learn's mean and the bootstrap over rows", async () => {
  const { x, y, means, low, high } = golden.importance;
  const feature = (name: string) => ({ name, unit: "", min: -9, max: 9 });
  const samples = {
    features: ["asked", "idle"].map(feature),
    classes: ["no", "yes"],
    x: Float64Array.from(x.flat()),
    y: Uint8Array.from(y),
  };
  const rule = {
    ...{ splitColumn: 0, splitValue: 2.5 },
    left: { distribution: [[1, 0]] },
    right: { distribution: [[0, 1]] },
  };
  const estimators = [
    { name: "DTClassifier", options: { kind: "classifier" }, root: rule } as const,
  ];
  const baseModel = { isClassifier: true, nEstimators: 1, n: 2, indexes: [[0, 1]], estimators };
  const model = modelOf({ name: "RFClassifier", baseModel } as never, samples);
  const [asked, idle] = await importanceIntervals(model, samples, {
    ...{ seed: 7, repeats: 1000, draws: 4000 },
  });
  // a shuffle's mean has a deviation of about 0.07
  near(asked.mean, means[0], 4 * 0.07 / Math.sqrt(1000));
  near(asked.low, low, 0.025, "low");
  near(asked.high, high, 0.025, "high");
  assert.deepEqual([idle.mean, idle.low, idle.high], [0, 0, 0]);
});

for (const [name, samples] of Object.entries({ iris: IRIS, wine: WINE })) {
  Deno.test(`crossValidate() of ${name} is as good as scikit-learn's forest, and its folds spread as far`, async () => {
    const { accuracy, deviation } = golden.crossValidation[name as "iris" | "wine"];
    const found = await crossValidate(samples, { seed: 7, trees: 50, repeats: 6 });
    near(found.accuracy.mean, accuracy, 0.015);
    near(found.accuracy.deviation, deviation, 0.02);
  });
}
