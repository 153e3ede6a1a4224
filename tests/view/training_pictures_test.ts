/** Pictures of what a training tells about itself. */

import assert from "node:assert/strict";
import {
  calibrationPicture,
  estimatesPicture,
  learningCurvePicture,
  type Picture,
  sweepPicture,
} from "lib/view/mod.ts";
import { CALIBRATION } from "./fixtures.ts";
import { assertSnapshot } from "./snapshot.ts";

const accuracy = (mean: number) => ({
  mean,
  interval: { low: mean - 0.06, high: Math.min(1, mean + 0.04) },
});

const SWEEP = {
  settings: [
    { name: "100 trees, 2 columns a split", accuracy: accuracy(0.961), standing: "winner" },
    { name: "25 trees, 2 columns a split", accuracy: accuracy(0.953), standing: "tied" },
    { name: "1 tree, 1 column a split", accuracy: accuracy(0.81), standing: "worse" },
  ],
  sentence:
    "100 trees, 2 columns a split came first, but did not really win: 1 of the 2 others may be as good",
  ...{ pairs: 3, folds: 5, repeats: 4 },
} as const;

const CURVE = {
  points: [[9, 0.85], [18, 0.9], [36, 0.93], [53, 0.95], [71, 0.952]].map(([rows, mean]) => ({
    ...{ rows, accuracy: accuracy(mean) },
  })),
  sentence: "No proven gain from 53 to 71 rows (+0.2 points): more rows like these may not help",
};

const ESTIMATES = [
  { name: "out of bag", value: 0.95, interval: { low: 0.86, high: 0.98 } },
  { name: "cross-validation", value: 0.96, interval: null },
  { name: "holdout", value: 0.93, interval: { low: 0.84, high: 0.97 }, isReference: true },
];

const INTERVALS = {
  ece: { low: 0, high: 0.08 },
  brier: { value: 0.1, low: 0.05, high: 0.15 },
  ifCalibrated: { high: 0.07 },
};

const PICTURES: Record<string, () => Picture> = {
  sweep_picture: () => sweepPicture(SWEEP),
  learning_curve_picture: () => learningCurvePicture(CURVE),
  estimates_picture: () => estimatesPicture(ESTIMATES),
  calibration_intervals_picture: () => calibrationPicture(CALIBRATION, { intervals: INTERVALS }),
};

for (const [name, draw] of Object.entries(PICTURES)) {
  Deno.test(`${name}: as stored, and the same the second time`, () => {
    const { svg, width } = draw();
    assert.equal(draw().svg, svg);
    assert.equal(width, 760);
    assertSnapshot(name, svg);
  });
}

Deno.test("sweepPicture() tells standings by shape and colour, and only those that there are", () => {
  const { svg, title, alt } = sweepPicture(SWEEP);
  assert.equal(title, SWEEP.sentence);
  assert.ok(
    svg.includes("proven worse") && alt.includes("1 tree, 1 column a split: 81 % (proven worse)"),
  );
  const two = sweepPicture({ ...SWEEP, settings: SWEEP.settings.slice(0, 2) });
  assert.ok(!two.svg.includes("proven worse"));
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ ...SWEEP.settings[1], name: `setting ${i}` }),
  );
  const text = sweepPicture({ ...SWEEP, settings: many }).svg.replace(/<[^>]*>/g, " ").replace(
    /\s+/g,
    " ",
  );
  assert.ok(text.includes("4 settings further down") && !text.includes("setting 16 "));
  assert.throws(() => sweepPicture({ ...SWEEP, settings: [] }), /there are no settings/);
});

Deno.test("learningCurvePicture() draws points without interval and a single one, and refuses none", () => {
  const bare = [{ rows: 10, accuracy: { mean: 1, interval: null } }];
  assert.ok(learningCurvePicture({ ...CURVE, points: bare }).svg.includes("100.0 %"));
  assert.ok(learningCurvePicture(CURVE).alt.includes("After 71 rows 95 %"));
  assert.throws(() => learningCurvePicture({ ...CURVE, points: [] }), /there are no points/);
});

Deno.test("estimatesPicture() names the estimates whose interval misses the reference", () => {
  assert.equal(
    estimatesPicture(ESTIMATES).title,
    "The interval of each estimate holds what the holdout showed",
  );
  const [first, second, holdout] = ESTIMATES;
  const off = estimatesPicture([first, second, { ...holdout, value: 0.8 }]);
  assert.equal(off.title, "The holdout lies outside the interval of: out of bag");
  assert.throws(() => estimatesPicture([]), /there are none/);
});

Deno.test("calibrationPicture() with intervals says them, in points", () => {
  const text = calibrationPicture(CALIBRATION, { intervals: INTERVALS }).svg.replace(
    /<[^>]*>/g,
    " ",
  )
    .replace(/\s+/g, " ");
  assert.ok(
    text.includes("95 % interval 0.0 to 8.0, true confidences show up to 7.0"),
    text.slice(0, 600),
  );
});
