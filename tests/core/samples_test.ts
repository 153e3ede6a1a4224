import assert from "node:assert/strict";
import fc from "fast-check";
import { classCounts, column, type Samples, take } from "../../lib/core/mod.ts";

const feature = (name: string) => ({ name, unit: "cm", min: 0, max: 9 });

/** Three rows of two columns: (1, 2, a), (3, 4, c), (5, 6, a). */
const rows: Samples = {
  features: [feature("length"), feature("width")],
  classes: ["a", "b", "c"],
  x: Float64Array.of(1, 2, 3, 4, 5, 6),
  y: Uint8Array.of(0, 2, 0),
};

Deno.test("take() gives rows in the order asked for, some of them twice", () => {
  const taken = take(rows, [2, 0, 2]);
  assert.deepEqual([...taken.x], [5, 6, 1, 2, 5, 6]);
  assert.deepEqual([...taken.y], [0, 0, 0]);
  assert.equal(taken.features, rows.features);
  assert.equal(taken.classes, rows.classes);
});

Deno.test("take() of no rows is empty, of all rows the same", () => {
  assert.deepEqual(take(rows, []).x.length, 0);
  assert.deepEqual(take(rows, [0, 1, 2]), rows);
});

Deno.test("take() copies: changing the copy leaves the rows alone", () => {
  take(rows, [0]).x.fill(99);
  assert.equal(rows.x[0], 1);
});

Deno.test("take() twice is take() of the places joined", () => {
  const places = fc.array(fc.nat(2), { minLength: 1, maxLength: 9 });
  fc.assert(
    fc.property(places, fc.array(fc.nat(), { maxLength: 9 }), (first, picks) => {
      const second = picks.map((pick) => pick % first.length);
      assert.deepEqual(take(take(rows, first), second), take(rows, second.map((i) => first[i])));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("take() refuses a place outside", () => {
  for (const place of [-1, 3, 0.5, NaN]) {
    assert.throws(() => take(rows, [0, place]), {
      name: "RangeError",
      message: `Cannot take a row as it must be from 0 to 2: ${place}`,
    });
  }
});

Deno.test("column() gives one column's values as a copy", () => {
  const width = column(rows, 1);
  assert.deepEqual([...width], [2, 4, 6]);
  width.fill(0);
  assert.equal(rows.x[1], 2);
});

Deno.test("classCounts() counts every class, the missing ones too", () => {
  assert.deepEqual(classCounts(rows), [2, 0, 1]);
  assert.deepEqual(classCounts(take(rows, [])), [0, 0, 0]);
});
