import assert from "node:assert/strict";
import fc from "fast-check";
import { mean, quantile, standardDeviation, wilsonInterval, Z_95 } from "../../lib/core/mod.ts";
import golden from "./fixtures/statistics.json" with { type: "json" };

const numbers = fc.array(fc.double({ min: -1e6, max: 1e6, noNaN: true }), { minLength: 1 });

/** Equal to within 1e-12 of the larger of the value and `scale`. */
function near(actual: number, expected: number, scale = 0, note = "") {
  const limit = 1e-12 * Math.max(Math.abs(expected), scale);
  assert.ok(Math.abs(actual - expected) <= limit, `${note} ${actual} is not ${expected}`);
}

Deno.test("mean() and standardDeviation() agree with numpy", () => {
  for (const { values, mean: center, standardDeviation: spread } of golden.samples) {
    near(mean(values), center);
    // numpy sums in pairs: for a million deviations away from 0 the two differ in the 10th digit
    assert.ok(Math.abs(standardDeviation(values) - spread) <= 1e-8 * spread);
  }
});

Deno.test("quantile() agrees with numpy at every share", () => {
  for (const { values, quantiles } of golden.samples) {
    for (const [share, value] of quantiles) near(quantile(values, share), value, 1e-12);
  }
});

Deno.test("wilsonInterval() agrees with scipy", () => {
  for (const { successes, trials, low, high } of golden.wilson) {
    const found = wilsonInterval({ successes, trials }), note = `${successes} of ${trials}`;
    near(found.low, low, 1, note);
    near(found.high, high, 1, note);
  }
});

Deno.test("wilsonInterval() keeps inside 0 and 1 for small counts", () => {
  for (let trials = 1; trials <= 40; trials++) {
    for (let successes = 0; successes <= trials; successes++) {
      const { low, high } = wilsonInterval({ successes, trials }), share = successes / trials;
      assert.ok(0 <= low && low <= share && share <= high && high <= 1, `${successes}/${trials}`);
      assert.equal(low === 0, successes === 0);
      assert.equal(high === 1, successes === trials);
    }
  }
});

Deno.test("wilsonInterval() has the closed form z²/(n + z²) where nothing succeeds", () => {
  near(wilsonInterval({ successes: 0, trials: 12 }).high, Z_95 ** 2 / (12 + Z_95 ** 2));
});

Deno.test("wilsonInterval() of failures mirrors that of successes", () => {
  fc.assert(
    fc.property(fc.nat(500), fc.nat(500), (successes, failures) => {
      fc.pre(successes + failures > 0);
      const trials = successes + failures;
      const one = wilsonInterval({ successes, trials });
      const other = wilsonInterval({ successes: failures, trials });
      near(one.low, 1 - other.high, 1);
      near(one.high, 1 - other.low, 1);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("wilsonInterval() holds the true share about 95 times in 100", () => {
  // exact coverage: the binomial chances of the counts whose interval holds the share
  for (const share of [0.05, 0.3, 0.5, 0.96]) {
    const trials = 60;
    let chance = (1 - share) ** trials, coverage = 0;
    for (let successes = 0; successes <= trials; successes++) {
      const { low, high } = wilsonInterval({ successes, trials });
      if (low <= share && share <= high) coverage += chance;
      chance *= (trials - successes) / (successes + 1) * share / (1 - share);
    }
    assert.ok(coverage > 0.925 && coverage < 0.985, `share ${share}: ${coverage}`);
  }
});

Deno.test("wilsonInterval() refuses counts that make no share", () => {
  for (const [successes, trials] of [[0, 0], [2, 1], [-1, 5], [NaN, 5], [1, NaN]]) {
    assert.throws(() => wilsonInterval({ successes, trials }), {
      name: "RangeError",
      message:
        "Cannot make an interval as successes must be from 0 to trials, trials at least 1: " +
        `${successes} of ${trials}`,
    });
  }
});

Deno.test("mean() and standardDeviation() move and stretch with their values", () => {
  fc.assert(
    fc.property(numbers, fc.integer({ min: -9, max: 9 }), (values, factor) => {
      const moved = values.map((value) => value * factor + 5);
      near(mean(moved), mean(values) * factor + 5, 1e7);
      near(standardDeviation(moved), standardDeviation(values) * Math.abs(factor), 1e7);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("standardDeviation() of one value is 0", () => {
  assert.equal(standardDeviation([4]), 0);
});

Deno.test("quantile() does not care about the order and leaves its argument alone", () => {
  const values = [3, 10, 2, 1];
  assert.equal(quantile(values, 0.5), 2.5);
  assert.deepEqual(values, [3, 10, 2, 1]);
  assert.equal(quantile(Float64Array.of(10, 9, 2), 0), 2);
  assert.equal(quantile([10, 9, 2], 1), 10);
});

Deno.test("quantile() rises with its share and stays between the ends", () => {
  const shares = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(numbers, shares, shares, (values, a, b) => {
      const low = quantile(values, Math.min(a, b)), high = quantile(values, Math.max(a, b));
      assert.ok(low <= high + 1e-9);
      assert.ok(low >= Math.min(...values) && high <= Math.max(...values) + 1e-9);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("quantile() refuses a share outside 0 to 1", () => {
  for (const share of [-0.1, 1.1, NaN]) {
    assert.throws(() => quantile([1, 2], share), {
      name: "RangeError",
      message: `Cannot take a quantile as share must be from 0 to 1: ${share}`,
    });
  }
});

Deno.test("mean(), standardDeviation() and quantile() refuse no values", () => {
  const message = (what: string) => `Cannot take a ${what} as there are no values`;
  assert.throws(() => mean([]), { name: "RangeError", message: message("mean") });
  assert.throws(() => standardDeviation([]), { name: "RangeError", message: message("mean") });
  assert.throws(() => quantile([], 0.5), { name: "RangeError", message: message("quantile") });
});
