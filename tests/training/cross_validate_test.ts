import assert from "node:assert/strict";
import fc from "fast-check";
import { classCounts, type Samples, stream, take } from "../../lib/core/mod.ts";
import {
  crossValidate,
  foldDifference,
  foldMean,
  stratifiedFolds,
  trainForest,
} from "../../lib/training/mod.ts";
import { scoreSettings, shareRight } from "../../lib/training/cross_validate.ts";
import { IRIS } from "./iris.ts";

/** The first rows of each class of iris. */
function few(...counts: number[]): Samples {
  return take(
    IRIS,
    counts.flatMap((count, label) =>
      [...IRIS.y.keys()].filter((i) => IRIS.y[i] === label).slice(0, count)
    ),
  );
}

Deno.test("stratifiedFolds() tests each row once a repeat, and each fold has the shares of the whole", () => {
  const classes = fc.array(fc.integer({ min: 5, max: 40 }), { minLength: 2, maxLength: 3 });
  fc.assert(
    fc.property(classes, fc.integer({ min: 2, max: 5 }), fc.nat(), (counts, folds, seed) => {
      const rows = few(...counts), dealt = stratifiedFolds(rows, { seed, folds, repeats: 2 });
      assert.equal(dealt.length, 2 * folds);
      for (const repeat of [0, 1]) {
        const tested = dealt.filter((fold) => fold.repeat === repeat).flatMap(({ test }) => test);
        assert.deepEqual(tested.sort((a, b) => a - b), [...rows.y.keys()]);
      }
      for (const { train, test } of dealt) {
        assert.equal(train.length + test.length, rows.y.length);
        assert.ok(!train.some((row) => test.includes(row)));
        classCounts(take(rows, test)).forEach((count, label) =>
          assert.ok(Math.abs(count - (counts[label] ?? 0) / folds) < 1)
        );
        assert.ok(Math.abs(test.length - rows.y.length / folds) < 1);
      }
    }),
    { numRuns: 50 },
  );
});

Deno.test("repeats deal out anew, and the seed repeats them", () => {
  const tests = (seed: number) => stratifiedFolds(IRIS, { seed }).map(({ test }) => test);
  assert.deepEqual(tests(7), tests(7));
  assert.notDeepEqual(tests(7)[0], tests(7)[5]);
  assert.notDeepEqual(tests(7), tests(8));
});

Deno.test("a class with fewer rows than folds is named, and so is a single class", async () => {
  await assert.rejects(
    crossValidate(few(20, 20, 3), { seed: 7 }),
    /^BadInput: class virginica must have at least 5 rows, one for each fold: got 3/,
  );
  await assert.rejects(
    crossValidate(few(20), { seed: 7 }),
    /^BadInput: rows must have at least two classes to tell apart: got 1/,
  );
  await assert.rejects(crossValidate(IRIS, { seed: 7, folds: 1 }), /folds must be .* 2 to 50/);
  await assert.rejects(crossValidate(IRIS, { seed: 7, trees: 0 }), /trees must be/);
});

Deno.test("a class without any row stands in nobody's way", async () => {
  const { scores } = await crossValidate(few(20, 20), { seed: 7, trees: 5, repeats: 1 });
  assert.equal(scores.length, 5);
});

Deno.test("columns that are constant are learnt from like any other: only the commonest class is left", async () => {
  const constant = { ...few(30, 10), x: new Float64Array(160).fill(3) };
  const { accuracy } = await crossValidate(constant, { seed: 7, trees: 15, repeats: 2 });
  assert.equal(accuracy.mean, 0.75);
  assert.equal(accuracy.interval, null, "no spread, no interval");
});

Deno.test("crossValidate() is what training and testing fold by fold by hand gives", async () => {
  const options = { seed: 7, folds: 3, repeats: 1 };
  const [byHand] = stratifiedFolds(IRIS, options);
  const { scores } = await crossValidate(IRIS, { ...options, trees: 9, trainer: "package" });
  const { json } = await trainForest(take(IRIS, byHand.train), {
    ...{ trees: 9, trainer: "package", seed: (7 + 0x9e3779b9) % 2 ** 32 },
  });
  assert.equal(scores[0], shareRight(json, take(IRIS, byHand.test)));
});

Deno.test("settings that differ in trees only share them, and score as if each had its own", async () => {
  const options = { seed: 7, folds: 4, repeats: 1 };
  let fits = 0;
  const together = await scoreSettings(IRIS, {
    ...options,
    settings: [{ trees: 3 }, { trees: 12 }, { trees: 12, minRows: 20 }],
    onFit: (done, total) => assert.deepEqual([done, total], [++fits, 8]),
  });
  assert.equal(fits, 8);
  for (const [s, setting] of [{ trees: 3 }, { trees: 12 }, { trees: 12, minRows: 20 }].entries()) {
    assert.deepEqual(together[s], (await crossValidate(IRIS, { ...options, ...setting })).scores);
  }
});

Deno.test("crossValidate() ends with the signal's reason", async () => {
  const end = new AbortController();
  const ended = crossValidate(IRIS, {
    ...{ seed: 7, trees: 20, signal: end.signal },
    onFit: (done) => done === 2 && end.abort(new Error("enough")),
  });
  await assert.rejects(ended, /enough/);
});

Deno.test("foldMean() keeps to the ends of its score, and needs two folds", () => {
  const { interval } = foldMean([1, 1, 0.8], { testShare: 0.25, range: { low: 0, high: 1 } });
  assert.equal(interval?.high, 1);
  assert.throws(() => foldMean([0.9], { testShare: 0.25 }), /scores must be at least 2: got 1/);
  assert.throws(() => foldMean([0.9, 1], { testShare: 0 }), /testShare must be above 0/);
  assert.throws(() => foldDifference([1, 1], [1], { testShare: 0.25 }), /as many/);
});

Deno.test("foldDifference() of equals is no evidence, and of a constant lead without spread it is", () => {
  assert.equal(foldDifference([0.9, 0.8], [0.9, 0.8], { testShare: 0.25 }).p, 1);
  assert.equal(foldDifference([1, 1, 1], [0.5, 0.5, 0.5], { testShare: 0.25 }).p, 0);
});

Deno.test("the corrected interval holds what it promises where the textbook's does not", () => {
  // scores of folds that share a part of their error, as those of cross-validation do: correlation
  // ρ = test / all rows, for which the correction is exact
  const { normal } = stream(7, "coverage"), folds = 5, j = 20, rho = 1 / folds, runs = 2000;
  let corrected = 0, textbook = 0;
  for (let run = 0; run < runs; run++) {
    const shared = normal() * Math.sqrt(rho);
    const scores = Array.from({ length: j }, () => shared + normal() * Math.sqrt(1 - rho));
    const { mean, interval, deviation } = foldMean(scores, { testShare: 1 / (folds - 1) });
    if (interval!.low <= 0 && interval!.high >= 0) corrected++;
    if (Math.abs(mean) <= 2.093 * deviation / Math.sqrt(j)) textbook++;
  }
  assert.ok(Math.abs(corrected / runs - 0.95) < 0.02, `${corrected / runs}`);
  assert.ok(textbook / runs < 0.75, `${textbook / runs}`);
});
