import assert from "node:assert/strict";
import fc from "fast-check";
import { majority, spreads } from "../../lib/monitoring/neighbours.ts";

const features = ["a", "b"].map((name) => ({ name, unit: "", min: 0, max: 9 }));
const classes = ["x", "y", "z"];

/** Rows of small whole numbers, so that equal distances occur. */
const rows = fc.array(fc.tuple(fc.nat(4), fc.nat(4), fc.nat(2)), { minLength: 8, maxLength: 30 })
  .map((all) => ({
    ...{ features, classes, x: Float64Array.from(all.flatMap(([a, b]) => [a, b])) },
    y: Uint8Array.from(all, ([, , label]) => label),
  }));

Deno.test("majority() is that of a sort of all distances, the row itself left out", () => {
  fc.assert(
    fc.property(rows, fc.integer({ min: 1, max: 6 }), (samples, k) => {
      const scale = spreads(samples);
      for (const i of samples.y.keys()) {
        const gap = (j: number) =>
          [0, 1].reduce(
            (sum, f) => sum + ((samples.x[2 * i + f] - samples.x[2 * j + f]) / scale[f]) ** 2,
            0,
          );
        const near = [...samples.y.keys()].filter((j) => j !== i)
          .sort((a, b) => gap(a) - gap(b)).slice(0, k).map((j) => samples.y[j]);
        const votes = (label: number) => near.filter((one) => one === label).length;
        const expected = near.find((one) => near.every((other) => votes(one) >= votes(other)));
        assert.equal(majority(samples, { samples, i, self: i, k, scale }), expected);
      }
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("spreads() is the standard deviation, and 1 where nothing changes", () => {
  const samples = { features, classes, x: Float64Array.of(1, 7, 3, 7), y: Uint8Array.of(0, 0) };
  assert.deepEqual(spreads(samples), [1, 1]);
});
