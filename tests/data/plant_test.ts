import assert from "node:assert/strict";
import { checkContract, plantMistakes } from "../../lib/data/mod.ts";
import { found, GOOD_ROWS, PETS, pets, rowsOf, table } from "./pets.ts";

/** Six of each class, so that one row of a class may be spoilt. */
const ROWS = GOOD_ROWS + "6,6,cat\n6,40,dog\n";

Deno.test("plantMistakes() plants one mistake of each kind, and the contract finds each in its place", () => {
  const { raw, planted } = plantMistakes(rowsOf(ROWS), pets());
  assert.deepEqual(found(raw), [
    [2, "length", "type", "abc"],
    [3, "length", "missing", null],
    [4, "weight", "finite", "NaN"],
    [5, "weight", "range", "101"],
    [6, "kind", "class", "no such class"],
  ]);
  assert.deepEqual(
    planted.map(({ row, column, rule, value }) => [row, column, rule, value]),
    found(raw),
  );
});

Deno.test("plantMistakes() leaves the table alone that it is given", () => {
  const before = rowsOf(ROWS), raw = rowsOf(ROWS);
  plantMistakes(raw, pets());
  assert.deepEqual(raw, before);
});

Deno.test("plantMistakes() plants values out of range in the CSV's own unit and below zero", () => {
  const [length, weight] = PETS.features;
  const lists = [
    [length, { ...weight, csvUnit: "g" }],
    [length, { ...weight, csvUnit: "t" }],
    [length, { ...weight, min: -60, max: -5 }],
    [length, { ...weight, min: -60, max: 0 }],
    [{ ...length, csvUnit: "mm" }],
  ];
  for (const features of lists) {
    const descriptor = pets({ features });
    const columns = features.map(({ name }) => name).join(), row = features.map(() => 1).join();
    const rows = `${row},cat\n${row},dog\n`.repeat(6);
    const { raw, planted } = plantMistakes(
      table(`${columns},kind\n${rows}`, descriptor),
      descriptor,
    );
    const ranges = checkContract(raw, descriptor).violations.filter(({ row }) =>
      row === planted[3].row
    );
    assert.deepEqual(ranges.map(({ column, rule, value }) => [column, rule, value]), [
      [planted[3].column, "range", planted[3].value],
    ]);
  }
});

Deno.test("plantMistakes() refuses a table without room for them", () => {
  assert.throws(() => plantMistakes(rowsOf("1,1,cat\n".repeat(4)), pets()), {
    name: "RangeError",
    message: "Cannot plant mistakes as there must be 5 rows or more: 4",
  });
});
