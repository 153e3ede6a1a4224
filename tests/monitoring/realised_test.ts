import assert from "node:assert/strict";
import fc from "fast-check";
import { stream, wilsonInterval } from "lib/core/mod.ts";
import { realisedAccuracy } from "lib/monitoring/mod.ts";
import { near } from "./performance_windows.ts";

const CLASSES = ["a", "b", "c"];

function windowOf(predicted: number[], actual: number[]) {
  return {
    name: "window 1",
    classes: CLASSES,
    predicted: Uint8Array.from(predicted),
    actual: Int16Array.from(actual),
  };
}

Deno.test("realisedAccuracy(): worked by hand", () => {
  const found = realisedAccuracy(
    windowOf([0, 0, 0, 1, 1, 2, 2, 2], [0, 0, 1, 1, -1, -1, 2, 0]),
    { floor: 0.8 },
  );
  assert.deepEqual([found.accuracy.count, found.accuracy.total], [4, 6]);
  assert.deepEqual(found.accuracy.interval, wilsonInterval({ successes: 4, trials: 6 }));
  assert.equal(found.coverage.value, 0.75);
  assert.deepEqual(found.perClass.map(({ recall: { count, total } }) => [count, total]), [
    [2, 3],
    [1, 2],
    [1, 1],
  ]);
  assert.deepEqual(found.perClass.map(({ coverage: { count, total } }) => [count, total]), [
    [3, 3],
    [1, 2],
    [2, 3],
  ]);
  assert.equal(found.state, "undecided");
  // 3/8 of the rows at 2/3, 2/8 at 1, 3/8 at 1/2
  near(found.weighted!, 3 / 8 * 2 / 3 + 2 / 8 + 3 / 8 / 2, 1e-12);
});

Deno.test("realisedAccuracy(): no labels, no rows, and one class are findings", () => {
  const none = realisedAccuracy(windowOf([0, 1], [-1, -1]), { floor: 0.9 });
  assert.deepEqual([none.state, none.needed, none.weighted], ["undecided", 35, null]);
  assert.equal(none.accuracy.interval, null);
  assert.match(none.sentence, /no label has come; 35 would decide at best/);
  const empty = realisedAccuracy(windowOf([], []), { floor: 0.9 });
  assert.deepEqual([empty.coverage.value, empty.selective, empty.weighted], [null, false, null]);
  const one = realisedAccuracy(windowOf(Array(60).fill(0), Array(60).fill(0)), { floor: 0.9 });
  assert.deepEqual([one.state, one.needed, one.weighted], ["kept", 60, 1]);
  assert.deepEqual(one.perClass.map(({ recall }) => recall.value), [1, null, null]);
});

Deno.test("realisedAccuracy(): kept, missed, and the labels that would decide", () => {
  const rights = (right: number, n: number) =>
    realisedAccuracy(
      windowOf(Array(n).fill(0), Array.from({ length: n }, (_, i) => +(i >= right))),
      {
        floor: 0.9,
      },
    );
  assert.equal(rights(98, 100).state, "kept");
  assert.equal(rights(70, 100).state, "missed");
  const even = rights(90, 100);
  assert.deepEqual([even.state, even.needed], ["undecided", null]);
  assert.match(even.sentence, /just what is asked for/);
});

Deno.test("realisedAccuracy(): the number needed decides, and one less does not", () => {
  const percent = fc.integer({ min: 5, max: 95 });
  fc.assert(fc.property(percent, fc.integer({ min: 0, max: 20 }), (percent, right) => {
    const floor = percent / 100;
    const { needed, state } = realisedAccuracy(
      windowOf(Array(20).fill(0), Array.from({ length: 20 }, (_, i) => +(i >= right))),
      { floor },
    );
    if (state !== "undecided" || needed === null) return;
    const share = right / 20;
    const decides = (n: number) => {
      const { low, high } = wilsonInterval({ successes: share * n, trials: n });
      return low > floor - 1e-9 || high < floor + 1e-9;
    };
    assert.ok(decides(needed) && needed > 20, `${needed} labels`);
    assert.ok(needed === 21 || !decides(needed - 1), `${needed - 1} labels`);
  }));
});

Deno.test("realisedAccuracy(): labels chosen by predicted class are noticed, and weighed back", () => {
  const random = stream(3, "labels");
  const predicted = Array.from({ length: 900 }, (_, i) => i % 3);
  const truth = predicted.map((c) => random.next() < [0.99, 0.9, 0.6][c] ? c : (c + 1) % 3);
  const all = realisedAccuracy(windowOf(predicted, truth), { floor: 0.7 });
  assert.equal(all.selective, false);
  near(all.weighted!, all.accuracy.value!, 1e-12, "with all labels weights change nothing");
  const asked = truth.map((label, i) => random.next() < [0.1, 0.3, 0.9][predicted[i]] ? label : -1);
  const some = realisedAccuracy(windowOf(predicted, asked), { floor: 0.7 });
  assert.equal(some.selective, true);
  assert.ok(
    some.accuracy.value! < all.accuracy.value! - 0.08,
    "the weak class is over-represented",
  );
  near(some.weighted!, all.accuracy.value!, 0.04, "weighed back");
});

Deno.test("realisedAccuracy(): labels that come at random are seldom called selective", () => {
  const random = stream(4, "labels");
  const called = Array.from({ length: 500 }, () => {
    const predicted = Array.from({ length: 150 }, (_, i) => i % 3);
    const actual = predicted.map((c) => random.next() < 0.5 ? c : -1);
    return realisedAccuracy(windowOf(predicted, actual), { floor: 0.7 }).selective;
  }).filter(Boolean).length;
  assert.ok(called <= 20, `${called} of 500`); // three pairs of classes, 6 of 1,000 each
});

Deno.test("realisedAccuracy() refuses a floor that is none, and labels that are no class", () => {
  assert.throws(() => realisedAccuracy(windowOf([0], [0]), { floor: 1 }), /floor must be above 0/);
  assert.throws(() => realisedAccuracy(windowOf([0], [3]), { floor: 0.5 }), /one of them 3/);
  assert.throws(() => realisedAccuracy(windowOf([0, 1], [0]), { floor: 0.5 }), /2 predictions, 1/);
});
