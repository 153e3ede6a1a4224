import assert from "node:assert/strict";
import { stream } from "../../lib/core/mod.ts";
import {
  gridSettings,
  judgeSweep,
  learningCurve,
  randomSettings,
  sweepForests,
} from "../../lib/training/mod.ts";
import { IRIS, WINE } from "./iris.ts";

Deno.test("gridSettings() has every combination once, randomSettings() some of them", () => {
  const space = { trees: [5, 10, 20], minRows: [1, 3], nodeColumns: [1, 2] };
  const all = gridSettings(space).map((setting) => JSON.stringify(setting));
  assert.equal(new Set(all).size, 12);
  const drawn = randomSettings(space, { seed: 7, count: 5 }).map((it) => JSON.stringify(it));
  assert.equal(new Set(drawn).size, 5);
  assert.ok(drawn.every((setting) => all.includes(setting)));
  assert.equal(randomSettings(space, { seed: 7, count: 50 }).length, 12);
  assert.throws(() => gridSettings({ trees: [] }), /trees must have values to try/);
  assert.throws(
    () => gridSettings({ trees: Array(201).fill(1) }),
    /combinations must be a whole number from 1 to 200/,
  );
});

Deno.test("a sweep of settings far apart is won, over the same folds, and says so", async () => {
  const settings = gridSettings({ trees: [30], maxDepth: [1, 8], featureShare: [1] });
  const sweep = await sweepForests(WINE, {
    settings: [{ trees: 1, maxDepth: 1 }, settings[1]],
    seed: 7,
  });
  assert.equal(sweep.won, true);
  assert.equal(sweep.sentence, "30 trees, depth 8 really won: proven better than the other");
  assert.deepEqual(sweep.settings.map(({ standing }) => standing), ["winner", "worse"]);
  const [winner, other] = sweep.settings;
  const mean = winner.scores.reduce((sum, score, i) => sum + score - other.scores[i], 0) / 20;
  assert.ok(Math.abs(other.lead!.mean - mean) < 1e-12 && other.lead!.pHolm < 0.05);
});

Deno.test("a sweep of near settings on iris is not won", async () => {
  const { won, sentence, pairs, settings } = await sweepForests(IRIS, {
    ...{ settings: gridSettings({ trees: [20, 40, 60] }), seed: 7, repeats: 2 },
  });
  assert.deepEqual([won, pairs, settings[0].lead], [false, 3, null]);
  assert.match(
    sentence,
    /^\d0 trees came first, but did not really win: all 2 others may be as good$/,
  );
});

Deno.test("a sweep repeats itself, and does not mind the order of its settings", async () => {
  const settings = gridSettings({ trees: [5, 20], minRows: [1, 30] });
  const options = { seed: 7, repeats: 1 };
  const one = await sweepForests(IRIS, { ...options, settings });
  assert.deepEqual(await sweepForests(IRIS, { ...options, settings }), one);
  const reversed = await sweepForests(IRIS, { ...options, settings: settings.toReversed() });
  const scores = (sweep: typeof one) =>
    new Map(sweep.settings.map(({ name, scores }) => [name, scores]));
  for (const [name, own] of scores(one)) assert.deepEqual(scores(reversed).get(name), own);
});

Deno.test("a sweep of one setting, or of the same one twice, is refused", async () => {
  const sweep = (settings: object[]) => sweepForests(IRIS, { settings, seed: 7 });
  await assert.rejects(sweep([{ trees: 5 }]), /settings must be at least 2: got 1/);
  await assert.rejects(sweep([{ trees: 100 }, {}]), /settings must all differ: got \{\}/);
});

Deno.test("of equal settings one in twenty sweeps at most has any of them proven worse", () => {
  const { normal } = stream(7, "equal settings"), folds = 5, runs = 600, s = 6;
  const settings = Array.from({ length: s }, (_, i) => ({ trees: i + 1 }));
  let falls = 0;
  for (let run = 0; run < runs; run++) {
    // each setting has an error of its own that all its folds share: correlation 1 / folds
    const scores = settings.map(() => {
      const shared = normal() * Math.sqrt(1 / folds);
      return Array.from({ length: 20 }, () => 0.8 + 0.02 * (shared + normal() * Math.sqrt(0.8)));
    });
    const judged = judgeSweep({ settings, scores, folds, repeats: 4, rows: 100 });
    if (judged.settings.some(({ standing }) => standing === "worse")) falls++;
  }
  assert.ok(falls / runs <= 0.05 + 2 * Math.sqrt(0.05 * 0.95 / runs), `${falls} of ${runs}`);
  assert.ok(falls > 0, "a test that never falls is none");
});

Deno.test("learningCurve() rises from a few rows of wine, and its last step is judged", async () => {
  let told = 0;
  const { points, rising, sentence } = await learningCurve(WINE, {
    ...{ seed: 7, trees: 15, repeats: 2, sizes: [3, 20, 140] },
    onFit: (done, total) => assert.deepEqual([done, total], [++told, 30]),
  });
  assert.deepEqual([points.map(({ rows }) => rows), told], [[3, 20, 140], 30]);
  const [first, middle, last] = points.map(({ accuracy }) => accuracy.mean);
  assert.ok(first < middle && middle < last && last > 0.95, `${[first, middle, last]}`);
  assert.ok(points[1].gain!.p < 0.01 && points[0].gain === null);
  assert.equal(rising, points[2].gain!.interval!.low > 0);
  assert.match(sentence, rising ? /^Still rising: \+/ : /^No proven gain from 20 to 140 rows/);
});

Deno.test("learningCurve() takes all rows at last, and refuses sizes that do not rise or do not fit", async () => {
  const options = { seed: 7, trees: 3, repeats: 1 };
  const { points } = await learningCurve(IRIS, options);
  assert.deepEqual(points.map(({ rows }) => rows), [15, 30, 60, 89, 119]);
  const curve = (sizes: number[]) => learningCurve(IRIS, { ...options, sizes });
  await assert.rejects(
    curve([2, 30]),
    /sizes, number 1, must be a whole number from 3 to 119: got 2/,
  );
  await assert.rejects(curve([30, 30]), /sizes must rise/);
  await assert.rejects(curve([]), /sizes must not be empty/);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(learningCurve(IRIS, { ...options, signal }), /enough/);
});
