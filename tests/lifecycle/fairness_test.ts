import assert from "node:assert/strict";
import { checkFairness, expectedCost, shareWithInterval } from "lib/lifecycle/mod.ts";

const classes = ["a", "b"];

Deno.test("checkFairness() says so where the dataset declares no group", () => {
  const outcome = { actual: Uint8Array.of(0), labels: Uint8Array.of(0) };
  const { column, groups, gap, sentence } = checkFairness(outcome, { classes });
  assert.deepEqual([column, groups, gap], [null, [], null]);
  assert.match(sentence, /names no group column/);
});

Deno.test("checkFairness() tells a gap that may be chance from one that is more", () => {
  const of = (rows: number, wrong: number) => {
    const n = 2 * rows, actual = new Uint8Array(n), labels = new Uint8Array(n).fill(1, 0, wrong);
    const groups = Array.from({ length: n }, (_, i) => i < rows ? "north" : "south");
    return checkFairness({ actual, labels }, { classes, column: "site", groups });
  };
  const few = of(10, 2), many = of(200, 40);
  assert.equal(few.gap!.toFixed(2), "0.20");
  assert.match(few.sentence, /Between north and south of site .* 20\.0 points; .* may be chance/);
  assert.match(many.sentence, /more than chance/);
  assert.deepEqual(many.groups[0].said, [
    { class: "a", predicted: 0.8, actual: 1 },
    { class: "b", predicted: 0.2, actual: 0 },
  ]);
});

Deno.test("checkFairness() draws no conclusion from one group, and wants one for each row", () => {
  const outcome = { actual: Uint8Array.of(0, 1), labels: Uint8Array.of(0, 1) };
  const one = checkFairness(outcome, { classes, column: "site", groups: ["x", "x"] });
  assert.deepEqual([one.gap, one.sentence], [
    null,
    "All rows that were asked are of one group of site.",
  ]);
  const wrong = () => checkFairness(outcome, { classes, column: "site", groups: ["x"] });
  assert.throws(wrong, /there must be 2: 1/);
});

Deno.test("expectedCost() weighs mistakes, and names the cheapest answer that is always the same", () => {
  const confusion = [[90, 10], [5, 5]];
  assert.equal(expectedCost(confusion, { classes }).mean.toFixed(4), "0.1364");
  const costs = [[0, 1], [20, 0]], from = "From the policy.";
  const dear = expectedCost(confusion, { classes, costs, from });
  assert.equal(dear.mean.toFixed(4), "1.0000"); // (10 × 1 + 5 × 20) / 110
  assert.equal(dear.constant.class, "b");
  assert.equal(dear.constant.mean.toFixed(4), "0.9091"); // 100 × 1 / 110: cheaper than the model
  assert.throws(() => expectedCost(confusion, { classes, costs: [[0]] }), /costs must be 2 × 2/);
});

Deno.test("shareWithInterval() of nothing is nothing", () => {
  assert.equal(shareWithInterval(0, 0), null);
  assert.equal(shareWithInterval(19, 20)!.low.toFixed(3), "0.764");
});
