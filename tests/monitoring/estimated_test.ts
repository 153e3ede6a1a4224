/** What an estimate sees, and what it cannot see: by simulation. */

import assert from "node:assert/strict";
import { mean, standardDeviation, stream } from "lib/core/mod.ts";
import {
  accuracyLimits,
  estimateAccuracy,
  fitEstimator,
  realisedAccuracy,
  type ScoredWindow,
} from "lib/monitoring/mod.ts";
import { BEFORE, near, referenceFrom, windowFrom, type World } from "./performance_windows.ts";

const REFERENCE = referenceFrom(BEFORE, 2000, 1);
const ESTIMATOR = fitEstimator(REFERENCE, { seed: 1 });

/** Estimated and realised accuracy of 40 windows of 250 rows. */
function both(world: World) {
  const windows = Array.from({ length: 40 }, (_, i) => windowFrom(world, 250, 100 + i));
  const estimates = windows.map((window) => estimateAccuracy(ESTIMATOR, window));
  return {
    estimates,
    estimated: mean(estimates.map(({ value }) => value!)),
    realised: mean(windows.map((w) => realisedAccuracy(w, { floor: 0.5 }).accuracy.value!)),
  };
}

Deno.test("estimate: votes that are too sure are calibrated, so it tracks the realised accuracy", () => {
  const { estimated, realised, estimates } = both(BEFORE);
  near(estimated, realised, 0.015, "without a change");
  assert.ok(ESTIMATOR.calibrator.every(({ curve }) => curve !== null));
  assert.ok(estimates.every(({ state }) => state === "within"));
});

Deno.test("estimate: under pure covariate shift it goes where the realised accuracy goes", () => {
  const before = both(BEFORE);
  for (const shift of [{ centre: 0, spread: 0.5 }, { centre: 2.5, spread: 1 }]) {
    const { estimated, realised } = both({ ...BEFORE, ...shift });
    assert.ok(Math.abs(realised - before.realised) > 0.08, `the shift matters: ${realised}`);
    near(estimated, realised, 0.025, `centre ${shift.centre}`);
  }
});

Deno.test("estimate: a shift to where the model is unsure crosses the lower limit", () => {
  const { estimates } = both({ ...BEFORE, spread: 0.5 });
  assert.ok(estimates.every(({ state }) => state === "below"));
});

Deno.test("estimate: under concept drift it stays, while the realised accuracy falls", () => {
  const before = both(BEFORE), after = both({ ...BEFORE, border: 3 });
  near(after.estimated, before.estimated, 0.001, "the same inputs, the same votes");
  assert.ok(after.realised < before.realised - 0.15, `${before.realised} to ${after.realised}`);
  assert.ok(after.estimates.every(({ state }) => state === "within"), "blind, as its manual says");
});

Deno.test("estimate: the band covers the realised accuracy of nearly every window", () => {
  const covered = Array.from({ length: 200 }, (_, i) => {
    const window = windowFrom(BEFORE, 100, 1000 + i);
    const { band } = estimateAccuracy(ESTIMATOR, window);
    const { value } = realisedAccuracy(window, { floor: 0.5 }).accuracy;
    return value! >= band!.low && value! <= band!.high;
  });
  assert.ok(covered.filter(Boolean).length >= 196, `${covered.filter(Boolean).length} of 200`);
});

Deno.test("accuracyLimits() are what bootstrap chunks of the reference tend to", () => {
  const random = stream(5, "chunks"), { predicted, actual } = REFERENCE;
  for (const rows of [30, 150]) {
    const accuracies = Array.from({ length: 4000 }, () => {
      let right = 0;
      for (let i = 0; i < rows; i++) {
        const row = random.integer(actual.length);
        if (actual[row] === predicted[row]) right++;
      }
      return right / rows;
    });
    const half = 3 * standardDeviation(accuracies), centre = mean(accuracies);
    const { low, high } = accuracyLimits(ESTIMATOR, rows);
    near(low, Math.max(0, centre - half), 0.01, `low of ${rows}`);
    near(high, Math.min(1, centre + half), 0.01, `high of ${rows}`);
  }
  assert.throws(() => accuracyLimits(ESTIMATOR, 0), /rows must be a whole number above 0: 0/);
});

Deno.test("estimate: the same inputs give the same bytes, and survive JSON", () => {
  const again = fitEstimator(REFERENCE, { seed: 1 });
  assert.equal(JSON.stringify(again), JSON.stringify(ESTIMATOR));
  const window = windowFrom(BEFORE, 100, 3), stored = JSON.parse(JSON.stringify(ESTIMATOR));
  assert.deepEqual(estimateAccuracy(stored, window), estimateAccuracy(ESTIMATOR, window));
});

Deno.test("estimate: no rows and few rows are undecided; labels are not looked at", () => {
  const none = estimateAccuracy(ESTIMATOR, windowFrom(BEFORE, 0, 1));
  assert.deepEqual([none.value, none.band, none.limits, none.state], [
    null,
    null,
    null,
    "undecided",
  ]);
  const few = estimateAccuracy(ESTIMATOR, windowFrom(BEFORE, 10, 1));
  assert.equal(few.state, "undecided");
  assert.match(few.sentence, /10 of at least 30 rows/);
  const window = windowFrom(BEFORE, 100, 1);
  assert.deepEqual(
    estimateAccuracy(ESTIMATOR, { ...window, actual: new Int16Array(100).fill(-1) }),
    estimateAccuracy(ESTIMATOR, window),
  );
});

Deno.test("estimate: a reference without a mistake sets no limits, so it is undecided", () => {
  const perfect = { ...REFERENCE, actual: REFERENCE.predicted };
  const { state, sentence } = estimateAccuracy(
    fitEstimator(perfect, { seed: 1 }),
    windowFrom(BEFORE, 100, 1),
  );
  assert.equal(state, "undecided");
  assert.match(sentence, /the reference is never wrong, so no limits can be set/);
});

Deno.test("estimate: rows outside the seen region are counted, missing inputs are not outside", () => {
  const window = windowFrom(BEFORE, 100, 1), x = window.x.slice();
  x.set([99, -99, NaN]);
  const { outside, sentence } = estimateAccuracy(ESTIMATOR, { ...window, x });
  assert.equal(outside, 2);
  assert.match(sentence, /2 of 100 rows lie outside the region that was seen/);
});

Deno.test("estimate: other classes, other features and broken references are refused", () => {
  const window = windowFrom(BEFORE, 40, 1);
  assert.throws(
    () => estimateAccuracy(ESTIMATOR, { ...window, classes: ["b", "a"] }),
    /the classes a, b: 1 features, b, a/,
  );
  for (
    const broken of [
      { probabilities: new Float64Array(80).fill(NaN) },
      { probabilities: new Float64Array(3) },
      { predicted: new Uint8Array(40).fill(2) },
      { x: new Float64Array(39) },
    ]
  ) {
    assert.throws(
      () => estimateAccuracy(ESTIMATOR, { ...window, ...broken }),
      /each row must have/,
    );
  }
  assert.throws(() => estimateAccuracy(ESTIMATOR, window, { minRows: 0 }), /minRows must be/);
  assert.throws(
    () => fitEstimator({ ...REFERENCE, predicted: new Uint8Array(3) }, { seed: 1 }),
    /2000 rows, 2000 inputs, 3 labels, 4000 votes/,
  );
  const holes = REFERENCE.probabilities.map((share, i) => i === 7 ? NaN : share);
  assert.throws(
    () => fitEstimator({ ...REFERENCE, probabilities: holes }, { seed: 1 }),
    /2 probabilities, all finite/,
  );
});

Deno.test("estimateAccuracy() holds the estimate against what it usually is, where that is told", () => {
  const rows = Array.from({ length: 100 }, (_, i) => i);
  const scored = {
    features: [{ name: "length", unit: "cm", min: 0, max: 9 }],
    classes: ["a", "b"],
    x: Float64Array.from(rows, () => 1),
    predicted: Uint8Array.from(rows, () => 0),
    probabilities: Float64Array.from(rows.flatMap(() => [0.9, 0.1])),
  };
  const actual = Uint8Array.from(rows, () => 0); // never wrong: no room between its own limits
  const estimator = fitEstimator({ ...scored, actual }, { seed: 1 });
  const window: ScoredWindow = {
    ...{ ...scored, name: "w", from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" },
    actual: Int16Array.from(rows, () => -1),
    ...{ requests: { status: new Uint16Array(), ms: new Float64Array() }, refused: [] },
  };
  assert.equal(estimateAccuracy(estimator, window).state, "undecided");
  const { value } = estimateAccuracy(estimator, window);
  assert.equal(estimateAccuracy(estimator, window, { usual: value! - 0.02 }).state, "within");
  const drop = { ...window, predicted: Uint8Array.from(rows, (i) => i % 2) };
  assert.notEqual(estimateAccuracy(estimator, drop, { usual: 0.95 }).state, "within");
  assert.throws(() => estimateAccuracy(estimator, window, { usual: 2 }), /usual must be a share/);
});
