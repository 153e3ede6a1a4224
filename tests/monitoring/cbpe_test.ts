/** Isotonic curves and estimates against scikit-learn and NannyML. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { stream } from "lib/core/mod.ts";
import {
  calibrate,
  estimateAccuracy,
  fitCalibrator,
  fitEstimator,
  fitIsotonic,
  isotonicAt,
} from "lib/monitoring/mod.ts";
import golden from "./fixtures/cbpe.json" with { type: "json" };
import { near, windowOf } from "./performance_windows.ts";

const CLASSES = ["a", "b", "c"];

/** Numbers of one line of the fixture. */
const numbers = (text: string) => text.split(" ").map(Number);

Deno.test("fitIsotonic() agrees with scikit-learn, also where many scores are the same", () => {
  for (const { scores, targets, asked, values } of golden.isotonic) {
    const curve = fitIsotonic({ scores: numbers(scores), targets: numbers(targets) });
    numbers(asked).forEach((score, i) =>
      near(isotonicAt(curve, score), values[i], 1e-9, `at ${score}`)
    );
  }
});

Deno.test("fitIsotonic(): the curve never falls, keeps the mean, and does not mind the order", () => {
  const points = fc.array(
    fc.tuple(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 1 })),
    {
      minLength: 1,
      maxLength: 60,
    },
  );
  fc.assert(fc.property(points, (pairs) => {
    const split = (some: typeof pairs) => ({
      scores: some.map(([score]) => score / 20),
      targets: some.map(([, target]) => target),
    });
    const curve = fitIsotonic(split(pairs));
    assert.ok(curve.value.every((value, i) => i === 0 || value >= curve.value[i - 1]));
    assert.ok(curve.at.every((at, i) => i === 0 || at > curve.at[i - 1]));
    const sum = pairs.reduce((sum, [score]) => sum + isotonicAt(curve, score / 20), 0);
    near(sum, pairs.reduce((sum, [, target]) => sum + target, 0), 1e-9, "sum");
    assert.deepEqual(fitIsotonic(split(pairs.toReversed())), curve);
  }));
});

Deno.test("fitIsotonic() wants points that are numbers", () => {
  assert.throws(() => fitIsotonic({ scores: [], targets: [] }), /there must be points.*0 scores/);
  assert.throws(() => fitIsotonic({ scores: [1], targets: [1, 0] }), /1 scores, 2 targets/);
  assert.throws(() => fitIsotonic({ scores: [NaN], targets: [1] }), /a finite score/);
});

/** One of NannyML's references, as ours. */
function referenceOf({ votes, predicted, actual }: typeof golden.estimates[0]["reference"]) {
  return {
    features: [],
    classes: CLASSES,
    x: new Float64Array(),
    predicted: Uint8Array.from(numbers(predicted)),
    probabilities: Float64Array.from(numbers(votes)),
    actual: Uint8Array.from(numbers(actual)),
  };
}

Deno.test("fitCalibrator() calibrates the classes that NannyML calibrates, whatever the seed", () => {
  for (const { reference, used } of golden.estimates) {
    for (const seed of [1, 2, 3]) {
      const calibrator = fitCalibrator(referenceOf(reference), { seed });
      assert.deepEqual(calibrator.map(({ curve }) => curve !== null), used);
    }
  }
});

Deno.test("estimateAccuracy() agrees with NannyML's value, error and band", () => {
  for (const { reference, windows } of golden.estimates) {
    const estimator = fitEstimator(referenceOf(reference), { seed: 1 });
    for (const [w, expected] of windows.entries()) {
      const found = estimateAccuracy(
        estimator,
        windowOf({
          classes: CLASSES,
          predicted: numbers(expected.predicted),
          probabilities: numbers(expected.votes),
        }),
      );
      near(found.value!, expected.value, 1e-9, `value ${w}`);
      near(found.standardError!, expected.standardError, 1e-12, `error ${w}`);
      near(found.band!.low, expected.low, 1e-9, `low ${w}`);
      near(found.band!.high, expected.high, 1e-9, `high ${w}`);
      // theirs are the spread over 30 chunks, ours what that tends to
      near(found.limits!.low, expected.lowerLimit, 0.06, `lower limit ${w}`);
      near(found.limits!.high, expected.upperLimit, 0.06, `upper limit ${w}`);
    }
  }
});

Deno.test("calibrate() brings rows back to 1, and a row of nothing to equal shares", () => {
  const curve = { at: [0.5, 1], value: [0, 0.5] };
  const one = { curve, before: 0, after: 0, sentence: "" };
  const calibrator = [{ class: "a", ...one }, { class: "b", ...one }];
  assert.deepEqual([...calibrate(calibrator, [0.75, 0.25, 0.5, 0.5])], [1, 0, 0.5, 0.5]);
});

Deno.test("fitCalibrator() keeps votes where it cannot judge a curve, and says why", () => {
  const reference = {
    classes: ["a", "b"],
    probabilities: Float64Array.of(0.9, 0.1, 0.2, 0.8, 0.6, 0.4),
    actual: Uint8Array.of(0, 0, 0),
  };
  const calibrator = fitCalibrator(reference, { seed: 1 });
  assert.deepEqual(calibrator.map(({ curve }) => curve), [null, null]);
  assert.match(calibrator[1].sentence, /0 of 3 rows are b/);
  assert.throws(
    () => fitCalibrator(reference, { seed: 1, bins: 0 }),
    /bins must be a whole number/,
  );
});

/** Rows of two classes: the vote for the second, and how often such a row is of it. */
function twoClasses(n: number, chance: (vote: number) => number) {
  const random = stream(1, "two classes");
  const votes = Array.from({ length: n }, () => random.next());
  return {
    classes: ["a", "b"],
    probabilities: Float64Array.from(votes.flatMap((vote) => [1 - vote, vote])),
    actual: Uint8Array.from(votes, (vote) => random.next() < chance(vote) ? 1 : 0),
  };
}

Deno.test("fitCalibrator() keeps votes that are right as often as they say", () => {
  const honest = twoClasses(400, (vote) => vote);
  const found = [1, 2, 3, 4].flatMap((seed) => fitCalibrator(honest, { seed }));
  assert.ok(found.every(({ curve, before, after }) => (curve !== null) === (after! < before!)));
  assert.ok(found.some(({ curve }) => curve === null), "noise is not always an improvement");
  assert.match(found.find(({ curve }) => curve === null)!.sentence, /Votes as they are/);
  const unsure = twoClasses(400, (vote) => vote ** 3);
  assert.ok(fitCalibrator(unsure, { seed: 1 }).every(({ curve }) => curve !== null));
});

Deno.test("fitCalibrator() makes no certainty of classes that the votes tell apart", () => {
  const apart = twoClasses(200, (vote) => vote > 0.5 ? 1 : 0);
  for (const { curve, sentence } of fitCalibrator(apart, { seed: 1 })) {
    assert.equal(curve, null);
    assert.match(sentence, /tell the class apart without fault/);
  }
});
