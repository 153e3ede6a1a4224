import assert from "node:assert/strict";
import { type RunMetric, runMetricPicture } from "lib/view/mod.ts";
import { assertSnapshot } from "./snapshot.ts";

const curve = (name: string, rate: number): RunMetric => ({
  name,
  points: Array.from({ length: 40 }, (_, step) => ({ step, value: Math.exp(-rate * step) + 0.05 })),
});
const once = (name: string, value: number | null) => ({ name, points: [{ step: 0, value }] });

Deno.test("runMetricPicture() draws curves over steps, with a gap where a value is none", () => {
  const holed = curve("25 trees", 0.05);
  const points = holed.points.map((point) => point.step === 20 ? { ...point, value: null } : point);
  const runs = [{ ...holed, points }, curve("50 trees", 0.1), curve("100 trees", 0.2)];
  const { svg, title } = runMetricPicture(runs, { metric: "loss" });
  assert.equal(title, "loss ends highest in 25 trees (0.1923) and lowest in 100 trees (0.05041)");
  assertSnapshot("run_metric_curves", svg);
});

Deno.test("runMetricPicture() draws bars for values that were logged once, below 0 too", () => {
  const long = "a run with a name that is much too long to stand at the left of a bar";
  const runs = [once("25 trees", 0.94), once(long, -0.2), once("none", null), once("x", 0.97)];
  const { svg, alt } = runMetricPicture(runs, { metric: "score" });
  assert.equal(alt, `score. 25 trees: 0.94. ${long}: −0.2. x: 0.97`);
  assertSnapshot("run_metric_bars", svg);
});

Deno.test("runMetricPicture() says when all are the same, and when there is one", () => {
  const same = runMetricPicture([once("a", 1), once("b", 1)], { metric: "acc" });
  assert.equal(same.title, "acc is the same in all 2 runs: 1");
  assert.equal(runMetricPicture([once("a", 0)], { metric: "acc" }).title, "acc is at 0 in a");
});

Deno.test("runMetricPicture() refuses what it cannot draw", () => {
  const many = Array.from({ length: 11 }, (_, i) => once(`${i}`, i));
  assert.throws(() => runMetricPicture(many, { metric: "acc" }), /more than 10 runs/);
  assert.throws(() => runMetricPicture([once("a", null)], { metric: "acc" }), /no run has a value/);
  assert.throws(() => runMetricPicture([], { metric: "acc" }), RangeError);
});
