import assert from "node:assert/strict";
import fc from "fast-check";
import type { Samples } from "../../lib/core/mod.ts";
import { thirdsOf } from "../../lib/model/mod.ts";

function rows(values: readonly number[], unit = "cm"): Samples {
  const idle = { name: "idle", unit: "", min: 0, max: 1 };
  return {
    features: [idle, { name: "length", unit, min: 0, max: 9 }],
    classes: ["a"],
    x: Float64Array.from(values.flatMap((value) => [0, value])),
    y: new Uint8Array(values.length),
  };
}

Deno.test("thirdsOf() cuts at the thirds of a feature's values and says where", () => {
  const [low, middle, high] = thirdsOf(rows([6, 1, 5, 2, 4, 3]), 1);
  assert.deepEqual(low, { name: "length below 2.67 cm", rows: [1, 3] });
  assert.deepEqual(middle, { name: "length 2.67 cm to 4.33 cm", rows: [4, 5] });
  assert.deepEqual(high, { name: "length above 4.33 cm", rows: [0, 2] });
});

Deno.test("thirdsOf() writes no unit for a pure number", () => {
  assert.equal(thirdsOf(rows([1, 2, 3], ""), 1)[0].name, "length below 1.67");
});

Deno.test("thirdsOf() keeps equal values together, even if a third is empty", () => {
  const [low, middle, high] = thirdsOf(rows([5, 5, 5, 5]), 1);
  assert.deepEqual([low.rows, middle.rows, high.rows], [[], [0, 1, 2, 3], []]);
});

Deno.test("thirdsOf() puts every row into one third, by rising values", () => {
  const values = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(values, (values) => {
      const ascending = (numbers: number[]) => numbers.toSorted((a, b) => a - b);
      const thirds = thirdsOf(rows(values), 1);
      assert.deepEqual(ascending(thirds.flatMap((third) => third.rows)), [...values.keys()]);
      const [low, middle, high] = thirds.map((third) => third.rows.map((row) => values[row]));
      const joined = [low, middle, high].flatMap(ascending);
      assert.deepEqual(joined, ascending(values));
      const distinct = [low, middle, high].reduce((sum, third) => sum + new Set(third).size, 0);
      assert.equal(distinct, new Set(values).size);
      assert.ok(low.length <= values.length / 3 + 1 && high.length <= values.length / 3 + 1);
    }),
    { seed: 1, numRuns: 200 },
  );
});
