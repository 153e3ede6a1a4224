import assert from "node:assert/strict";
import { take } from "../../lib/core/mod.ts";
import { forestJson } from "../../lib/model/mod.ts";
import {
  type BehaviourCheck,
  checkBehaviour,
  majorityBaseline,
  oneSplitBaseline,
  trainForest,
} from "../../lib/training/mod.ts";
import { IRIS, modelOf, parts } from "./iris.ts";

const { train, holdout } = parts(1);
const good = modelOf((await trainForest(train, { seed: 1, trees: 50 })).json);
const ROWS = { known: train, cases: holdout };

/** The findings by their kind. */
function check(model = good, rows = ROWS): Record<BehaviourCheck["kind"], BehaviourCheck> {
  const checks = checkBehaviour(model, rows, { seed: 7 });
  assert.deepEqual(checks.map(({ kind }) => kind), ["minimum", "invariance", "direction"]);
  const [minimum, invariance, direction] = checks;
  return { minimum, invariance, direction };
}

Deno.test("checkBehaviour() passes a good model, with its cases and shares", () => {
  const { minimum, invariance, direction } = check();
  assert.deepEqual([minimum.passed, invariance.passed, direction.passed], [true, true, true]);
  assert.deepEqual([minimum.cases, invariance.cases, direction.cases], [3, 60, 120]);
  assert.deepEqual([minimum.limit, invariance.limit, direction.limit], [1, 0.9, 0.9]);
  assert.equal(minimum.value, 1);
  for (const { value, limit, expectation } of [minimum, invariance, direction]) {
    assert.ok(value >= limit && value <= 1 && expectation.length > 20);
  }
});

Deno.test("checkBehaviour() fails a constant model at minimum: it knows one class of three", () => {
  const { minimum, invariance } = check(modelOf(majorityBaseline(train).json));
  assert.equal(minimum.passed, false);
  assert.ok(Math.abs(minimum.value - 1 / 3) < 1e-12);
  assert.equal(invariance.value, 1); // nothing moves a constant model
});

Deno.test("checkBehaviour() fails a model of two classes out of three at minimum", () => {
  const { minimum } = check(modelOf(oneSplitBaseline(train).json));
  assert.deepEqual([minimum.passed, minimum.value.toFixed(3)], [false, "0.667"]);
});

Deno.test("checkBehaviour() fails a model with swapped classes at direction and at minimum", async () => {
  const turned = { ...train, y: train.y.map((label) => (label + 1) % 3) };
  const swapped = modelOf((await trainForest(turned, { seed: 1, trees: 50 })).json);
  const { minimum, direction, invariance } = check(swapped);
  assert.deepEqual([minimum.value, minimum.passed], [0, false]);
  assert.equal(direction.passed, false);
  assert.ok(direction.value < 0.8, `${direction.value}`);
  assert.equal(invariance.passed, true); // it is wrong, and steadily so
});

Deno.test("checkBehaviour() fails a model that changes its mind within a measuring step at invariance", () => {
  // splits on the very values: iris is measured to 0.1 cm, so half the rows fall to either side
  const leaf = (label: number) => ({ distribution: [[0, 1, 2].map((c) => c === label ? 1 : 0)] });
  const comb = [...Array(60).keys()].reduceRight(
    (right, i) => ({
      splitColumn: 0,
      splitValue: Number((4 + i / 10).toFixed(1)),
      left: leaf(i % 3),
      right,
    }),
    leaf(0) as Parameters<typeof forestJson>[0][number],
  );
  const { invariance } = check(modelOf(forestJson([comb], 4)));
  assert.equal(invariance.passed, false);
  assert.ok(invariance.value < 0.8, `${invariance.value}`);
});

Deno.test("checkBehaviour() errs by half a measuring step and no more", () => {
  // 0 to 9, measured to 1, two hundred rows of each
  const x = Float64Array.from({ length: 2000 }, (_, i) => i % 10);
  const features = [{ name: "length", unit: "cm", min: 0, max: 9 }], classes = ["a", "b"];
  const rows = { features, classes, x, y: Uint8Array.from(x, (value) => value < 5 ? 0 : 1) };
  const value = (splitValue: number) => {
    const left = { distribution: [[1, 0]] }, right = { distribution: [[0, 1]] };
    const forest = forestJson([{ splitColumn: 0, splitValue, left, right }], 1);
    return check(modelOf(forest, rows), { known: rows, cases: rows }).invariance.value;
  };
  assert.equal(value(4.5), 1); // between two values: out of reach from either side
  // on a value: half of its rows, 5 % of all, with deviation 0.35 %
  assert.ok(Math.abs(value(5) - 0.95) < 4 * 0.0035, `${value(5)}`);
});

Deno.test("checkBehaviour() repeats itself for a seed and leaves the rows alone", () => {
  const before = structuredClone(ROWS);
  assert.deepEqual(check(), check());
  assert.deepEqual(ROWS, before);
});

Deno.test("checkBehaviour() moves no value of a column that is constant", () => {
  // without any measuring step the rows stay where they are
  const still = { ...train, x: train.x.map((_, i) => i % 4) };
  const { invariance } = check(good, { known: still, cases: holdout });
  assert.equal(invariance.value, 1);
});

Deno.test("checkBehaviour() passes nothing where there was nothing to try", () => {
  const { invariance, direction } = check(good, { known: train, cases: take(IRIS, []) });
  for (const { cases, value, passed } of [invariance, direction]) {
    assert.deepEqual([cases, value, passed], [0, 0, false]);
  }
  const { minimum } = check(good, { known: take(IRIS, []), cases: holdout });
  assert.deepEqual([minimum.cases, minimum.passed], [0, false]);
});
