import assert from "node:assert/strict";
import fc from "fast-check";
import type { Samples } from "../../lib/core/mod.ts";
import { majorityBaseline, oneSplitBaseline } from "../../lib/training/mod.ts";
import { IRIS, rightOf } from "./iris.ts";

function rows(columns: number[][], labels: number[], classes = ["a", "b", "c"]): Samples {
  const d = columns.length;
  return {
    features: columns.map((_, f) => ({ name: `f${f}`, unit: "cm", min: 0, max: 9 })),
    classes,
    x: Float64Array.from(
      { length: labels.length * d },
      (_, at) => columns[at % d][Math.floor(at / d)],
    ),
    y: Uint8Array.from(labels),
  };
}

/** Most rows that any question "is column f below t?" can get right, by trying every column and value. */
function bruteForce({ features, classes, x, y }: Samples): number {
  const d = features.length;
  const commonest = (labels: readonly number[]) =>
    Math.max(0, ...classes.map((_, c) => labels.filter((label) => label === c).length));
  const questions = [...y.keys()].flatMap((i) => features.map((_, f) => ({ f, t: x[i * d + f] })));
  return Math.max(
    commonest([...y]),
    ...questions.map(({ f, t }) =>
      commonest([...y].filter((_, i) => x[i * d + f] < t)) +
      commonest([...y].filter((_, i) => !(x[i * d + f] < t)))
    ),
  );
}

const tables = fc.record({
  d: fc.integer({ min: 1, max: 3 }),
  labels: fc.array(fc.nat(2), { minLength: 1, maxLength: 14 }),
}).chain(({ d, labels }) => {
  const values = fc.array(fc.integer({ min: -3, max: 3 }), {
    minLength: labels.length,
    maxLength: labels.length,
  });
  return fc.array(values, { minLength: d, maxLength: d }).map((columns) => rows(columns, labels));
});

Deno.test("oneSplitBaseline() gets as many rows right as the best question there is", () => {
  fc.assert(
    fc.property(tables, (samples) => {
      assert.equal(rightOf(oneSplitBaseline(samples).json, samples), bruteForce(samples));
    }),
    { seed: 1, numRuns: 400 },
  );
});

Deno.test("oneSplitBaseline() keeps its word between neighbouring doubles", () => {
  for (const low of [1, 1 + 2 ** -52, 0.1, -1, 1e300]) {
    const high = [...neighbours(low)][1], samples = rows([[low, low, high, high]], [0, 0, 1, 1]);
    assert.equal(rightOf(oneSplitBaseline(samples).json, samples), 4, `${low}`);
  }
});

Deno.test("oneSplitBaseline() of iris asks for the petals, and says its rule", () => {
  const { name, rule, json } = oneSplitBaseline(IRIS);
  assert.equal(name, "one split");
  assert.match(rule, /^petal_(length|width) below [\d.]+ cm: \w+, else \w+$/);
  assert.equal(rightOf(json, IRIS), bruteForce(IRIS));
});

Deno.test("oneSplitBaseline() takes the first column and the lowest threshold on a tie", () => {
  const { rule } = oneSplitBaseline(rows([[1, 2, 3, 4], [1, 2, 3, 4]], [0, 0, 1, 1]));
  assert.equal(rule, "f0 below 2.5 cm: a, else b");
  // below 1.5 and below 3.5 get three of four right; so would column f1
  const tie = oneSplitBaseline(rows([[1, 2, 3, 4], [4, 3, 2, 1]], [0, 1, 0, 1]));
  assert.equal(tie.rule, "f0 below 1.5 cm: a, else b");
});

Deno.test("oneSplitBaseline() is the majority class where no question helps", () => {
  for (const samples of [rows([[1, 2, 3]], [1, 1, 1]), rows([[5, 5, 5]], [0, 1, 1])]) {
    const { name, rule, json } = oneSplitBaseline(samples);
    assert.deepEqual([name, rule], ["one split", "always b"]);
    assert.deepEqual(json, majorityBaseline(samples).json);
  }
});

Deno.test("oneSplitBaseline() does not care about the order of the rows", () => {
  fc.assert(
    fc.property(tables, (samples) => {
      const { features, x, y } = samples, d = features.length;
      const columns = features.map((_, f) => [...y.keys()].map((i) => x[i * d + f]).reverse());
      assert.deepEqual(
        oneSplitBaseline(rows(columns, [...y].reverse())),
        oneSplitBaseline(samples),
      );
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("majorityBaseline() always says the commonest class, the first on a tie", () => {
  const rule = (...labels: number[]) => majorityBaseline(rows([labels], labels)).rule;
  assert.equal(rule(0, 1, 1), "always b");
  assert.equal(rule(2, 1, 2, 1), "always b");
  assert.equal(rule(2, 2, 0), "always c");
  const { json } = majorityBaseline(rows([[1, 2, 3]], [2, 0, 2]));
  assert.equal(rightOf(json, rows([[9, -9, 0]], [2, 2, 0])), 2);
});

Deno.test("majorityBaseline() keeps the shares of the classes in its leaf", () => {
  const { json } = majorityBaseline(rows([[1, 2, 3, 4]], [0, 1, 1, 1]));
  assert.deepEqual(json.baseModel.estimators[0].root, { distribution: [[0.25, 0.75, 0]] });
});

/** A double and the next larger one. */
function neighbours(value: number): [number, number] {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] += value < 0 ? -1n : 1n;
  return [value, new Float64Array(bits.buffer)[0]];
}
