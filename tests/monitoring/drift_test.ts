/** The drift report: what it says of plain cases and at the edges. */

import assert from "node:assert/strict";
import { BadInput, canonicalJson, deviation, stream } from "lib/core/mod.ts";
import { drift, driftPower, mergeWindows } from "lib/monitoring/mod.ts";
import { irisRows, normalRows, profileOf, type Rows, summaryOf } from "./rows.ts";

const random = stream(7, "drift test");
const PROFILE = profileOf(irisRows({ n: 89, random }));
const SEED = { seed: 7 };

function head(rows: Rows, n: number): Rows {
  const { x, predicted, features } = rows;
  return { ...rows, x: x.slice(0, n * features.length), predicted: predicted.slice(0, n) };
}

Deno.test("a petal that has grown by 1.5 cm is found, alone among the lengths, and named", () => {
  const rows = irisRows({ n: 50, random, shift: { column: 2, by: 1.5 } });
  const { state, sentence, features } = drift(summaryOf(rows, PROFILE), PROFILE, SEED);
  assert.equal(state, "drift");
  assert.deepEqual(features.filter(({ drifted }) => drifted).map(({ name }) => name), [
    "petal_length",
  ]);
  assert.equal(sentence, "Drift in window 1, 50 rows: petal_length.");
  const { distance, distanceInUnit, unit } = features[2];
  assert.equal(unit, "cm");
  assert.ok(distanceInUnit! > 1 && distanceInUnit! < 2, `${distanceInUnit}`);
  const expected = distanceInUnit! / deviation(PROFILE.summaries[2].moments);
  assert.ok(Math.abs(distance! - expected) < 1e-12);
});

Deno.test("predictions of one class only are drift of the predictions", () => {
  const rows = irisRows({ n: 30, random });
  const window = summaryOf({ ...rows, predicted: new Uint8Array(30).fill(2) }, PROFILE);
  const { prediction, features } = drift(window, PROFILE, SEED);
  assert.equal(prediction.state, "drift");
  assert.deepEqual(prediction.window, [0, 0, 1]);
  assert.match(
    prediction.sentence,
    /^The predictions have moved: setosa \d+ % to 0 %, .*virginica \d+ % to 100 %/,
  );
  assert.ok(features.every(({ drifted }) => !drifted));
});

Deno.test("too few rows are undecided, whatever they say, and the report names how many it takes", () => {
  const rows = irisRows({ n: 40, random, shift: { column: 2, by: 3 } });
  const needed = driftPower(PROFILE, { rows: 1 }).rowsNeeded!;
  for (const n of [0, 1, needed - 1]) {
    const report = drift(summaryOf(head(rows, n), PROFILE), PROFILE, SEED);
    assert.equal(report.state, "undecided");
    assert.equal(report.rowsNeeded, needed);
    assert.match(
      report.sentence,
      new RegExp(`^Undecided in window 1, ${n} rows?: sepal_length.*; it takes ${needed} rows\\.$`),
    );
    for (const finding of [...report.features, report.prediction]) {
      assert.deepEqual([finding.pValue, finding.adjusted, finding.drifted], [null, null, false]);
      assert.equal(finding.distance === null, n === 0);
    }
    canonicalJson(report);
  }
  assert.equal(drift(summaryOf(head(rows, needed), PROFILE), PROFILE, SEED).state, "drift");
});

Deno.test("an input that is missing throughout is undecided, the others are judged", () => {
  const rows = irisRows({ n: 50, random });
  const x = rows.x.map((value, i) => i % 4 === 1 ? NaN : value);
  const report = drift(summaryOf({ ...rows, x }, PROFILE), PROFILE, SEED);
  const states = report.features.map(({ state }) => state);
  assert.deepEqual(states, ["none", "undecided", "none", "none"]);
  assert.equal(report.state, "undecided");
  assert.match(
    report.features[1].sentence,
    /^sepal_width: undecided, 0 values of the \d+ that it takes\.$/,
  );
  assert.equal(report.features[1].distance, null);
});

Deno.test("a reference of a few rows can never decide, and the report says so", () => {
  const profile = profileOf(irisRows({ n: 5, random }));
  const report = drift(summaryOf(irisRows({ n: 5000, random }), profile), profile, SEED);
  assert.deepEqual([report.state, report.rowsNeeded], ["undecided", null]);
  assert.match(report.sentence, /the reference is too small for any window/);
});

Deno.test("a constant reference has no deviations, and a window that leaves it is drift all the same", () => {
  const constant = (value: number) => {
    const rows = normalRows({ n: 40, random, d: 2 });
    return { ...rows, x: rows.x.map((x, i) => i % 2 === 0 ? value : x) };
  };
  const profile = profileOf(constant(3));
  const same = drift(summaryOf(constant(3), profile), profile, SEED);
  assert.deepEqual([same.features[0].state, same.features[0].distance], ["none", null]);
  const moved = drift(summaryOf(constant(3.5), profile), profile, SEED).features[0];
  assert.deepEqual([moved.state, moved.distance, moved.distanceInUnit], ["drift", null, 0.5]);
  assert.equal(moved.smallestShift, null);
});

Deno.test("same inputs, same bytes; another seed moves p-values and no distance", () => {
  const window = summaryOf(irisRows({ n: 50, random }), PROFILE);
  const one = drift(window, PROFILE, SEED), other = drift(window, PROFILE, { seed: 8 });
  assert.equal(canonicalJson(one), canonicalJson(drift(window, PROFILE, SEED)));
  assert.notDeepEqual(
    one.features.map(({ pValue }) => pValue),
    other.features.map(({ pValue }) => pValue),
  );
  assert.deepEqual(
    one.features.map(({ distance }) => distance),
    other.features.map(({ distance }) => distance),
  );
});

Deno.test("profile and window survive JSON, and drift is the same after it", () => {
  const window = summaryOf(irisRows({ n: 50, random }), PROFILE);
  const [again, profile] = [window, PROFILE].map((record) => JSON.parse(canonicalJson(record)));
  assert.deepEqual(drift(again, profile, SEED), drift(window, PROFILE, SEED));
});

Deno.test("a window summarised in two parts gives the same report", () => {
  const rows = irisRows({ n: 60, random }), d = rows.features.length;
  const parts = [head(rows, 25), {
    ...rows,
    x: rows.x.slice(25 * d),
    predicted: rows.predicted.slice(25),
  }];
  const refused = [{ input: "petal_width", rule: "must be a number", rows: 2 }];
  const [a, b] = parts.map((part) => summaryOf(part, PROFILE, { refused }));
  const merged = mergeWindows(a, b), whole = drift(summaryOf(rows, PROFILE), PROFILE, SEED);
  assert.deepEqual(merged.refused, [{ ...refused[0], rows: 4 }]);
  const found = drift(merged, PROFILE, SEED);
  found.features.forEach((feature, f) => {
    assert.equal(feature.pValue, whole.features[f].pValue);
    assert.ok(Math.abs(feature.distance! - whole.features[f].distance!) < 1e-12);
  });
});

Deno.test("binning loses little: the distance is near that of the very values", () => {
  const reference = normalRows({ n: 2000, random }), profile = profileOf(reference);
  for (const by of [0, 0.3, 2, 100]) {
    const window = normalRows({ n: 500, random, shift: { column: 0, by } });
    const found = drift(summaryOf(window, profile), profile, SEED).features[0].distanceInUnit!;
    const exact = exactWasserstein(reference.x, window.x);
    assert.ok(Math.abs(found - exact) < 0.02 + 0.01 * exact, `${by}: ${found} ${exact}`);
  }
});

/** Area between the two quantile functions, on a fine grid. */
function exactWasserstein(a: Float64Array, b: Float64Array): number {
  const [one, other] = [a, b].map((values) => values.slice().sort()), steps = 2000;
  let area = 0;
  for (let i = 0; i < steps; i++) {
    const share = (i + 0.5) / steps;
    area += Math.abs(one[Math.floor(share * a.length)] - other[Math.floor(share * b.length)]) /
      steps;
  }
  return area;
}

Deno.test("many inputs get the permutations that they need; too few by hand are refused", () => {
  const rows = normalRows({ n: 40, random, d: 40 }), profile = profileOf(rows);
  assert.equal(drift(summaryOf(rows, profile), profile, SEED).permutations, 4 * 820 - 1);
  const window = summaryOf(irisRows({ n: 20, random }), PROFILE);
  for (
    const options of [{ permutations: 98 }, { permutations: 99.5 }, { level: 0 }, { level: 0.6 }, {
      noticeable: 0,
    }, { seed: -1 }]
  ) {
    assert.throws(() => drift(window, PROFILE, { ...SEED, ...options }), BadInput);
  }
});

Deno.test("a window of other inputs or classes is refused by name", () => {
  const rows = irisRows({ n: 3, random });
  assert.throws(
    () => summaryOf({ ...rows, classes: ["a", "b", "c"] }, PROFILE),
    {
      name: "BadInput",
      message:
        'window 1, classes must be those of the reference (setosa,versicolor,virginica): got "a,b,c"',
    },
  );
  assert.throws(() => profileOf(head(rows, 0)), /reference must have at least one row/);
  assert.throws(
    () => profileOf({ ...rows, x: rows.x.map(() => NaN) }),
    /sepal_length must have at least one value/,
  );
});
