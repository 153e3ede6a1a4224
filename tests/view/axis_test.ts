import assert from "node:assert/strict";
import { extent, tickFormat } from "../../lib/view/axis.ts";

Deno.test("extent() skips what is no number and moves equal ends apart", () => {
  assert.deepEqual(extent(Float64Array.of(3, NaN, -1, Infinity)), [-1, 3]);
  assert.deepEqual(extent(Float64Array.of(2, 2)), [1.5, 2.5]);
  assert.deepEqual(extent(Float64Array.of(NaN)), [0, 1]);
});

Deno.test("tickFormat() shortens large and tiny numbers, and leaves the rest to Plot", () => {
  assert.equal(tickFormat([1, 99_999]), "~s");
  assert.equal(tickFormat([-0.001, 0.002]), ".2~e");
  assert.equal(tickFormat([0.1, 20]), undefined);
  assert.equal(tickFormat([0, NaN]), undefined);
});
