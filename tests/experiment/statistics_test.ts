/** What each statistic promises, by simulation. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { stream } from "lib/core/mod.ts";
import {
  binomialDraw,
  checkEvidence,
  difference,
  differenceSequence,
  type Evidence,
  evidenceLooks,
  logEvidence,
  logNonInferior,
  lowerBound,
  pointsAgainstB,
  rowsNeeded,
  srmEvidence,
} from "lib/experiment/mod.ts";
import { everShare, pairedExperiment, splitExperiment } from "./arms.ts";

const GOAL = Math.log(20);

Deno.test("logEvidence(): equal arms differ in at most 5 of 100 experiments, at any of 40 looks", () => {
  for (const shareB of [0.5, 0.1]) {
    for (const a of [0.98, 0.9, 0.5]) {
      const random = stream(7, `size ${shareB} ${a}`);
      const called = everShare(
        1_000,
        () => splitExperiment(random, { a, b: a, shareB }),
        (counts) => logEvidence(counts) >= GOAL,
      );
      assert.ok(called <= 0.05, `${shareB} ${a}: ${called}`);
    }
  }
});

Deno.test("logEvidence() on pairs: equals differ in at most 5 of 100 experiments", () => {
  for (const each of [0.02, 0.2, 0.5]) {
    const random = stream(7, `pairs ${each}`);
    const called = everShare(
      1_000,
      () => pairedExperiment(random, { onlyA: each, onlyB: each }),
      (counts) => logEvidence(counts) >= GOAL,
    );
    assert.ok(called <= 0.05, `${each}: ${called}`);
  }
});

Deno.test("logEvidence() finds ten points in 2,000 rows nearly always, in the right direction", () => {
  const random = stream(7, "found"), start = () => splitExperiment(random, { a: 0.95, b: 0.85 });
  const found = everShare(300, start, (c) => logEvidence(c) >= GOAL && pointsAgainstB(c));
  assert.ok(found > 0.99, String(found));
});

Deno.test("difference(): the truth is inside at all of 20 looks in 95 of 100 experiments or more", () => {
  const worlds = [[0.95, 0.95, 0.5], [0.99, 0.97, 0.1], [0.9, 0.6, 0.5], [0.5, 0.55, 0.1]];
  for (const [a, b, shareB] of worlds) {
    const random = stream(7, `coverage ${a} ${b}`);
    const missed = everShare(100, () => splitExperiment(random, { a, b, shareB }), (counts) => {
      const { low, high } = difference(counts);
      return low > b - a || high < b - a;
    }, { looks: 20, rows: 100 });
    assert.ok(missed <= 0.05, `${a} ${b} ${shareB}: ${missed}`);
  }
});

Deno.test("logNonInferior(): who loses just the margin passes in at most 5 of 100 experiments", () => {
  const margin = 0.05;
  for (const [a, shareB] of [[0.95, 0.5], [1, 0.5], [0.95, 0.1], [0.6, 0.5]]) {
    const random = stream(7, `margin ${a} ${shareB}`);
    const start = () => splitExperiment(random, { a, b: a - margin, shareB });
    const passed = everShare(500, start, (counts) => logNonInferior(counts, margin) >= GOAL);
    assert.ok(passed <= 0.05, `${a} ${shareB}: ${passed}`);
  }
  for (const onlyA of [0, 0.03]) {
    const random = stream(7, `paired margin ${onlyA}`);
    const start = () => pairedExperiment(random, { onlyA, onlyB: onlyA + margin });
    const passed = everShare(500, start, (counts) => logNonInferior(counts, margin) >= GOAL);
    assert.ok(passed <= 0.05, `pairs ${onlyA}: ${passed}`);
  }
});

Deno.test("srmEvidence(): a sound split is called off in at most 1 of 100, one of 60 : 40 always", () => {
  const random = stream(7, "split"), shares = [0.9, 0.1];
  const called = everShare(
    1_500,
    () => splitExperiment(random, { a: 1, b: 1, shareB: 0.1 }),
    (c) => {
      const counts = c.kind === "split" ? [c.a.rows, c.b.rows] : [];
      return srmEvidence({ counts, shares }) >= Math.log(100);
    },
  );
  assert.ok(called <= 0.01, String(called));
  const off = everShare(200, () => splitExperiment(random, { a: 1, b: 1, shareB: 0.4 }), (c) => {
    const counts = c.kind === "split" ? [c.a.rows, c.b.rows] : [];
    return srmEvidence({ counts, shares: [0.5, 0.5] }) >= Math.log(100);
  });
  assert.equal(off, 1);
});

Deno.test("srmEvidence() wants shares that are some", () => {
  for (const shares of [[1], [0.5, 0.6], [1, 0], [0.5, 0.25, 0.25]]) {
    assert.throws(() => srmEvidence({ counts: [5, 5], shares }), { name: "BadInput" });
  }
  assert.throws(() => srmEvidence({ counts: [5, -1], shares: [0.5, 0.5] }), /whole numbers from 0/);
});

const pairs = fc.record({ right: fc.nat(500), onlyA: fc.nat(60), onlyB: fc.nat(60) }).map(
  ({ right, onlyA, onlyB }): Evidence => ({
    kind: "paired",
    rows: right + onlyA + onlyB,
    onlyAWrong: onlyA,
    onlyBWrong: onlyB,
  }),
);

Deno.test("difference(): exchanging the arms turns it over; more confidence is wider", () => {
  fc.assert(
    fc.property(pairs, (counts) => {
      if (counts.kind !== "paired") return;
      const { rows, onlyAWrong, onlyBWrong } = counts;
      const one = difference(counts);
      const other = difference({
        kind: "paired",
        rows,
        onlyAWrong: onlyBWrong,
        onlyBWrong: onlyAWrong,
      });
      assert.ok(Math.abs(one.low + other.high) < 1e-9 && one.value + other.value === 0);
      assert.ok(one.low <= one.value + 1e-9 && one.high >= one.value - 1e-9);
      const wide = difference(counts, { alpha: 0.01 });
      assert.ok(wide.low <= one.low && wide.high >= one.high);
    }),
    { numRuns: 50 },
  );
});

Deno.test("lowerBound() is where the evidence for non-inferiority reaches 1/α", () => {
  fc.assert(
    fc.property(pairs, (counts) => {
      const low = lowerBound(counts);
      if (low === -1) return;
      assert.ok(logNonInferior(counts, -(low - 1e-6)) >= GOAL);
      assert.ok(logNonInferior(counts, -(low + 1e-6)) < GOAL);
    }),
    { numRuns: 50 },
  );
});

Deno.test("difference() without rows is everything, and without errors has a width", () => {
  const none = difference({ kind: "paired", rows: 0, onlyAWrong: 0, onlyBWrong: 0 });
  assert.deepEqual(none, { value: 0, low: -1, high: 1 });
  const arm = { rows: 20, errors: 0 };
  const few = difference({ kind: "split", shareB: 0.5, a: arm, b: arm });
  assert.ok(few.low < -0.1 && few.high > 0.1);
});

Deno.test("rowsNeeded() is right: with so many more rows of the same kind it is found, with fewer not", () => {
  const wanted = { finding: "difference", alpha: 0.05, margin: 0.02 } as const;
  const at = (times: number): Evidence => ({
    kind: "split",
    shareB: 0.5,
    a: { rows: 100 * times, errors: 5 * times },
    b: { rows: 100 * times, errors: 8 * times },
  });
  const missing = rowsNeeded(at(1), wanted)!;
  assert.ok(missing > 0);
  assert.ok(logEvidence(at(1 + (missing + 1) / 200)) >= GOAL);
  assert.ok(logEvidence(at(1 + (missing - 2) / 200)) < GOAL);
  assert.equal(rowsNeeded(at(30), wanted), 0);
  assert.equal(
    rowsNeeded({ kind: "paired", rows: 50, onlyAWrong: 2, onlyBWrong: 2 }, wanted),
    null,
  );
});

Deno.test("evidenceLooks(): p never rises", () => {
  const random = stream(7, "looks"), grow = splitExperiment(random, { a: 0.9, b: 0.8 });
  const looks = evidenceLooks(Array.from({ length: 30 }, () => grow(30)));
  looks.slice(1).forEach(({ p }, i) => assert.ok(p <= looks[i].p && p > 0));
  assert.equal(differenceSequence([grow(1), grow(1)]).length, 2);
});

Deno.test("checkEvidence() names the field", () => {
  const arm = { rows: 5, errors: 1 };
  const bad: [Evidence, RegExp][] = [
    [{ kind: "split", shareB: 1, a: arm, b: arm }, /^shareB must be above 0 and below 1: got 1/],
    [
      { kind: "split", shareB: 0.5, a: arm, b: { rows: 5, errors: 6 } },
      /^b\.errors must be at most 5/,
    ],
    [
      { kind: "split", shareB: 0.5, a: { rows: NaN, errors: 0 }, b: arm },
      /^a\.rows must be a number/,
    ],
    [{ kind: "paired", rows: -1, onlyAWrong: 0, onlyBWrong: 0 }, /^rows must be a number from 0/],
  ];
  for (const [evidence, message] of bad) assert.throws(() => checkEvidence(evidence), { message });
});

Deno.test("binomialDraw() has the mean and the variance of the binomial distribution", () => {
  const random = stream(7, "binomial");
  for (const [trials, share] of [[100, 0.05], [10_000, 0.5], [7, 0.9]]) {
    const draw = binomialDraw({ trials, share }), n = 20_000;
    let sum = 0, squares = 0;
    for (let i = 0; i < n; i++) {
      const count = draw(random);
      sum += count;
      squares += (count - trials * share) ** 2;
    }
    const variance = trials * share * (1 - share);
    assert.ok(Math.abs(sum / n - trials * share) < 4 * Math.sqrt(variance / n), `mean ${trials}`);
    assert.ok(Math.abs(squares / n / variance - 1) < 0.05, `variance ${trials}`);
  }
  assert.equal(binomialDraw({ trials: 5, share: 1 })(random), 5);
  assert.throws(() => binomialDraw({ trials: 0, share: 0.5 }), RangeError);
});
