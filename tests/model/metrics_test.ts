import assert from "node:assert/strict";
import fc from "fast-check";
import { stream, wilsonInterval } from "../../lib/core/mod.ts";
import { measure, measureSlices, type Outcome } from "../../lib/model/mod.ts";
import { GOLDEN, isNear } from "./golden.ts";

for (const { name, names, outcome, ...expected } of GOLDEN) {
  Deno.test(`measure() agrees with scikit-learn on ${name}`, () => {
    const found = measure(outcome, names);
    assert.ok(isNear(found.accuracy.value, expected.accuracy));
    assert.ok(isNear(found.macroF1, expected.macroF1), `macro F1 ${found.macroF1}`);
    assert.ok(isNear(found.logLoss, expected.logLoss), `log loss ${found.logLoss}`);
    assert.ok(isNear(found.brier, expected.brier), `Brier ${found.brier}`);
    assert.deepEqual(found.confusion.map((row) => row.join(" ")), expected.confusion);
    assert.deepEqual(found.perClass.map(({ rows }) => rows), expected.rows);
    for (const key of ["precision", "recall", "f1"] as const) {
      found.perClass.forEach((own, c) => {
        const value = own[key], golden = expected[key][c];
        const same = value === null || golden === null ? value === golden : isNear(value, golden);
        assert.ok(same, `${key} of class ${c}: ${value}, not ${golden}`);
      });
    }
  });
}

/** Four rows of two classes, three right. */
const FOUR: Outcome = {
  actual: Uint8Array.of(0, 0, 1, 1),
  labels: Uint8Array.of(0, 1, 1, 1),
  probabilities: Float64Array.of(1, 0, 0.25, 0.75, 0.5, 0.5, 0, 1),
};

Deno.test("measure() of four rows, worked by hand", () => {
  const { accuracy, macroF1, logLoss, brier, confusion, perClass } = measure(FOUR, ["a", "b"]);
  assert.deepEqual(accuracy, {
    value: 0.75,
    correct: 3,
    rows: 4,
    ...wilsonInterval({ successes: 3, trials: 4 }),
  });
  assert.deepEqual(confusion, [[1, 1], [0, 2]]);
  assert.deepEqual(perClass, [
    { class: "a", rows: 2, precision: 1, recall: 0.5, f1: 2 / 3 },
    { class: "b", rows: 2, precision: 2 / 3, recall: 1, f1: 0.8 },
  ]);
  assert.ok(isNear(macroF1, (2 / 3 + 0.8) / 2));
  assert.ok(isNear(logLoss, (Math.log(4) + Math.log(2)) / 4));
  assert.ok(isNear(brier, (2 * 0.75 ** 2 + 2 * 0.5 ** 2) / 4));
});

Deno.test("measure() has no share of nothing: a class never predicted, never there, or neither", () => {
  const outcome = {
    actual: Uint8Array.of(0, 1),
    labels: Uint8Array.of(0, 2),
    probabilities: Float64Array.of(1, 0, 0, 0, 0, 0, 1, 0),
  };
  const { perClass, macroF1 } = measure(outcome, ["a", "unsaid", "absent", "ghost"]);
  assert.deepEqual(perClass.map(({ precision, recall, f1 }) => [precision, recall, f1]), [
    [1, 1, 1],
    [null, 0, 0],
    [0, null, 0],
    [null, null, null],
  ]);
  assert.equal(macroF1, 0.5); // over the two classes that are there
});

Deno.test("measure() charges 36 nats for a class that was held to be impossible", () => {
  const outcome = {
    actual: Uint8Array.of(0),
    labels: Uint8Array.of(1),
    probabilities: Float64Array.of(0, 1),
  };
  const { logLoss, brier } = measure(outcome, ["a", "b"]);
  assert.ok(isNear(logLoss, 52 * Math.LN2));
  assert.equal(brier, 2);
});

Deno.test("measure() does not care about the order of rows, nor about the order of classes", () => {
  for (const { outcome, names } of GOLDEN) {
    const { actual, labels, probabilities } = outcome,
      k = names.length,
      found = measure(outcome, names);
    const rows = stream(7, "rows").shuffle([...actual.keys()]);
    const shuffled = measure({
      actual: actual.map((_, i) => actual[rows[i]]),
      labels: labels.map((_, i) => labels[rows[i]]),
      probabilities: probabilities.map((_, at) =>
        probabilities[rows[Math.floor(at / k)] * k + at % k]
      ),
    }, names);
    const turn = (label: number) => k - 1 - label;
    const turned = measure({
      actual: actual.map(turn),
      labels: labels.map(turn),
      probabilities: probabilities.map((_, at) =>
        probabilities[Math.floor(at / k) * k + turn(at % k)]
      ),
    }, [...names].reverse());
    assert.deepEqual(shuffled.confusion, found.confusion);
    assert.deepEqual(turned.perClass, [...found.perClass].reverse());
    for (const other of [shuffled, turned]) {
      assert.deepEqual(other.accuracy, found.accuracy);
      for (const key of ["macroF1", "logLoss", "brier"] as const) {
        assert.ok(isNear(other[key], found[key]), key);
      }
    }
  }
});

Deno.test("measure() keeps its numbers in their ranges and its counts in agreement", () => {
  const row = fc.record({
    actual: fc.nat(3),
    votes: fc.array(fc.nat(9), { minLength: 4, maxLength: 4 }),
  });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1 }), (rows) => {
      const shares = rows.map(({ votes }) => {
        const total = votes.reduce((a, b) => a + b, 0);
        return total === 0 ? [0.25, 0.25, 0.25, 0.25] : votes.map((count) => count / total);
      });
      const found = measure({
        actual: Uint8Array.from(rows, ({ actual }) => actual),
        labels: Uint8Array.from(shares, (own) => own.indexOf(Math.max(...own))),
        probabilities: Float64Array.from(shares.flat()),
      }, ["a", "b", "c", "d"]);
      assert.ok(found.macroF1 >= 0 && found.macroF1 <= 1);
      assert.ok(found.brier >= 0 && found.brier <= 2);
      assert.ok(found.logLoss >= -1e-12 && found.logLoss <= 52 * Math.LN2 + 1e-9);
      assert.equal(found.confusion.flat().reduce((a, b) => a + b), rows.length);
      assert.equal(
        found.confusion.reduce((sum, own, c) => sum + own[c], 0),
        found.accuracy.correct,
      );
      assert.equal(found.perClass.reduce((sum, own) => sum + own.rows, 0), rows.length);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("measure() refuses no rows and arrays that do not fit", () => {
  const message = (n: number, labels: number, shares: number) =>
    "Cannot measure as there must be rows, each with a label and 2 probabilities: " +
    `${n} rows, ${labels} labels, ${shares} probabilities`;
  const none = {
    actual: new Uint8Array(),
    labels: new Uint8Array(),
    probabilities: new Float64Array(),
  };
  const broken: [outcome: Outcome, message: string][] = [
    [none, message(0, 0, 0)],
    [{ ...FOUR, labels: Uint8Array.of(0) }, message(4, 1, 8)],
    [{ ...FOUR, probabilities: new Float64Array(4) }, message(4, 4, 4)],
  ];
  for (const [outcome, text] of broken) {
    assert.throws(() => measure(outcome, ["a", "b"]), { name: "RangeError", message: text });
  }
});

Deno.test("measure() refuses a label that is no class", () => {
  for (const key of ["actual", "labels"] as const) {
    const outcome = { ...FOUR, [key]: Uint8Array.of(0, 1, 2, 1) };
    assert.throws(() => measure(outcome, ["a", "b"]), {
      name: "RangeError",
      message: "Cannot measure row 2 as labels must be below 2: 2",
    });
  }
});

Deno.test("measureSlices() measures each part by itself, null where it is empty", () => {
  const slices = [
    { name: "all", rows: [0, 1, 2, 3] },
    { name: "weak", rows: [1] },
    { name: "twice", rows: [1, 2, 3] },
    { name: "none", rows: [] },
  ];
  const found = measureSlices(FOUR, slices);
  assert.deepEqual(found.map(({ name, accuracy }) => [name, accuracy?.correct, accuracy?.rows]), [
    ["all", 3, 4],
    ["weak", 0, 1],
    ["twice", 2, 3],
    ["none", undefined, undefined],
  ]);
  assert.equal(found[3].accuracy, null);
  assert.deepEqual(found[0].accuracy, measure(FOUR, ["a", "b"]).accuracy);
  assert.deepEqual(found[1].accuracy?.low, 0);
});
