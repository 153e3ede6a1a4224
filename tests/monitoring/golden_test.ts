/** The statistics of drift against scipy. */

import assert from "node:assert/strict";
import {
  benjaminiHochberg,
  type CountPair,
  hypergeometric,
  jensenShannon,
  kolmogorovSmirnov,
  permutationP,
  wasserstein,
} from "lib/monitoring/mod.ts";
import { stream } from "lib/core/mod.ts";
import golden from "./fixtures/drift.json" with { type: "json" };

/** A bin for each distinct value of two samples. */
function countsOf(
  { reference, window }: { reference: number[]; window: number[] },
): CountPair & { points: number[] } {
  const points = [...new Set([...reference, ...window])].sort((a, b) => a - b);
  const count = (values: number[]) =>
    points.map((point) => values.filter((value) => value === point).length);
  return { reference: count(reference), window: count(window), points };
}

function near(actual: number, expected: number, note: string) {
  assert.ok(Math.abs(actual - expected) <= 1e-12, `${note}: ${actual} is not ${expected}`);
}

Deno.test("wasserstein() and kolmogorovSmirnov() agree with scipy, ties or none", () => {
  golden.numeric.forEach((sample, i) => {
    const counts = countsOf(sample);
    near(wasserstein(counts, counts.points), sample.wasserstein, `wasserstein ${i}`);
    near(kolmogorovSmirnov(counts), sample.ks, `ks ${i}`);
  });
});

Deno.test("jensenShannon() agrees with scipy, base 2", () => {
  for (const { reference, window, distance } of golden.classes) {
    near(jensenShannon({ reference, window }), distance, `${reference} ${window}`);
  }
});

Deno.test("benjaminiHochberg() agrees with scipy", () => {
  for (const { pValues, adjusted } of golden.adjusted) {
    benjaminiHochberg(pValues).forEach((value, i) => near(value, adjusted[i], `${pValues}`));
  }
});

Deno.test("permutationP() agrees with scipy's permutation test, dealing rows or counts", () => {
  for (const { p, ...sample } of golden.permuted) {
    const { points, ...pair } = countsOf(sample);
    for (const deal of ["rows", "counts"] as const) {
      const options = { permutations: 20_000, enough: Infinity, random: stream(7, deal), deal };
      const found = permutationP(pair, (counts) => wasserstein(counts, points), options);
      const error = 5 * Math.sqrt(2 * p * (1 - p) / 20_000) + 1e-4; // both are estimates
      assert.ok(Math.abs(found - p) <= error, `${deal}: ${found} is not ${p} within ${error}`);
    }
  }
});

Deno.test("hypergeometric() draws what scipy says", () => {
  const draws = 20_000;
  for (const { chances, mean, variance, ...urn } of golden.urns) {
    const random = stream(7, `urn ${urn.all}`), note = JSON.stringify(urn);
    const drawn = Array.from({ length: draws }, () => hypergeometric(urn, random));
    const average = drawn.reduce((sum, x) => sum + x, 0) / draws;
    const error = 5 * Math.sqrt(variance / draws) + 1e-12;
    assert.ok(Math.abs(average - mean) <= error, `${note}: mean ${average} is not ${mean}`);
    for (const { x, below } of chances) {
      const share = drawn.filter((value) => value <= x).length / draws;
      const error = 5 * Math.sqrt(below * (1 - below) / draws) + 1e-9;
      assert.ok(Math.abs(share - below) <= error, `${note}: ${share} at most ${x}, not ${below}`);
    }
  }
});
