/** The statistics against scipy and statsmodels. */

import assert from "node:assert/strict";
import { betaln, fixedPairs, fixedRows, logEvidence, srmEvidence } from "lib/experiment/mod.ts";
import { logCapital } from "../../lib/experiment/betting.ts";
import golden from "./fixtures/experiment.json" with { type: "json" };

function near(actual: number, expected: number, note: string, limit: number) {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  assert.ok(error <= limit, `${note}: ${actual} is not ${expected}`);
}

Deno.test("betaln() agrees with scipy, from a thousandth to a hundred million", () => {
  for (const { a, b, value } of golden.betaln) {
    near(betaln(a, b), value, `${a} ${b}`, 1e-13);
    near(betaln(b, a), value, `${b} ${a}`, 1e-13);
  }
  assert.throws(() => betaln(0, 1), /must be above 0: 0, 1/);
  assert.throws(() => betaln(1, NaN), RangeError);
});

Deno.test("logEvidence() agrees with Lindon and Malek's formula on scipy's betaln", () => {
  for (const { q, a, b, c, value } of golden.split) {
    const arm = (errors: number) => ({ rows: 10_000, errors });
    const counts = { kind: "split", shareB: q, a: arm(a), b: arm(b) } as const;
    near(logEvidence(counts, { concentration: c }), value, `${q} ${a} ${b}`, 1e-10);
    if (q !== 0.5) continue;
    const pairs = { kind: "paired", rows: 20_000, onlyAWrong: a, onlyBWrong: b } as const;
    near(logEvidence(pairs, { concentration: c }), value, `pairs ${a} ${b}`, 1e-10);
  }
});

Deno.test("srmEvidence() agrees with the Dirichlet-multinomial on scipy's gammaln", () => {
  for (const { counts, shares, c, value } of golden.srm) {
    near(srmEvidence({ counts, shares }, { concentration: c }), value, String(counts), 1e-8);
  }
});

Deno.test("fixedRows() agrees with statsmodels, fixedPairs() with Connor's formula on scipy", () => {
  for (const { rows, pairs, disagreement, ...options } of golden.power) {
    near(fixedRows(options) / rows, 1, `rows ${options.difference}`, 1e-8);
    near(fixedPairs({ ...options, disagreement }) / pairs, 1, `pairs ${options.difference}`, 1e-8);
  }
});

Deno.test("logCapital() agrees with the same mixture of bets on numpy", () => {
  for (const { counts, limit, lowest, value } of golden.capital) {
    const own = counts.map(([value, count]) => ({ value, count }));
    near(logCapital(own, { limit, lowest }), value, JSON.stringify(counts), 1e-10);
  }
});
