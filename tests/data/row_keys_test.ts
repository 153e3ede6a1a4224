import assert from "node:assert/strict";
import fc from "fast-check";
import { take } from "../../lib/core/mod.ts";
import { rowKeys } from "../../lib/data/mod.ts";
import { samplesOf } from "./pets.ts";

const pair = (x: number[], y: number[], classes = ["a", "b"]) => {
  const feature = { name: "length", unit: "cm", min: 0, max: 9 };
  return { features: [feature, feature], classes, x: Float64Array.from(x), y: Uint8Array.from(y) };
};

Deno.test("rowKeys() are frozen: holdouts on disk are made of them", () => {
  // SHA-256 of "5.1,3.5:a" and of "0,1e-7:b", by Python's hashlib
  assert.deepEqual(rowKeys(pair([5.1, 3.5, 0, 1e-7], [0, 1])), [
    "90a07c9d69bffdaf",
    "cfc1280c8fc326a2",
  ]);
});

Deno.test("rowKeys() tell rows apart by each value and by the class", () => {
  const keys = rowKeys(pair([1, 2, 1, 3, 3, 2, 1, 2, 2, 1, 12, 0], [0, 0, 0, 1, 0, 0]));
  assert.equal(new Set(keys).size, 6);
});

Deno.test("rowKeys() name a class, not its place in the list", () => {
  assert.deepEqual(rowKeys(pair([1, 2], [0], ["a", "b"])), rowKeys(pair([1, 2], [1], ["b", "a"])));
});

Deno.test("rowKeys() of a row do not depend on where it stands", () => {
  const rows = samplesOf([0, 1, 0, 1, 1]), keys = rowKeys(rows);
  fc.assert(
    fc.property(fc.array(fc.nat(4)), (places) => {
      assert.deepEqual(rowKeys(take(rows, places)), places.map((place) => keys[place]));
    }),
    { seed: 1, numRuns: 100 },
  );
});
