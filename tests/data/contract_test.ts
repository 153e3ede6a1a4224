import assert from "node:assert/strict";
import { checkContract, CONTRACT_RULES } from "../../lib/data/mod.ts";
import { found, GOOD_ROWS, PETS, pets, rowsOf } from "./pets.ts";

Deno.test("checkContract() passes rows that keep it, the limits themselves included", () => {
  const raw = rowsOf(GOOD_ROWS + "0,1,cat\n9,50,dog\n9.0,5e1,cat\n-0,1.00,dog\n");
  assert.deepEqual(checkContract(raw, pets()), { passed: true, rows: 14, violations: [] });
});

Deno.test("checkContract() finds each kind of bad cell with its value", () => {
  const bad: [cell: string, rule: string][] = [
    ["abc", "type"],
    ["1;5", "type"],
    ["NaN", "finite"],
    ["Infinity", "finite"],
    ["-inf", "finite"],
    ["1e999", "finite"],
    ["-0.01", "range"],
    ["9.0000001", "range"],
    ["-1e300", "range"],
  ];
  for (const [cell, rule] of bad) {
    assert.deepEqual(found(rowsOf(`${GOOD_ROWS}${cell},1,cat\n`)), [[12, "length", rule, cell]]);
  }
  for (const cell of ["", "  ", '""']) {
    assert.deepEqual(found(rowsOf(`${GOOD_ROWS}${cell},1,cat\n`)), [[
      12,
      "length",
      "missing",
      null,
    ]]);
  }
});

Deno.test("checkContract() finds classes that are not in the list, spelling included", () => {
  const raw = rowsOf(GOOD_ROWS + "1,1,cow\n1,1,Cat\n1,1,\n");
  assert.deepEqual(found(raw), [
    [12, "kind", "class", "cow"],
    [13, "kind", "class", "Cat"],
    [14, "kind", "missing", null],
  ]);
});

Deno.test("checkContract() says each rule in words, with its limits", () => {
  const features = [PETS.features[0], { name: "weight", unit: "", min: -1, max: 0.5 }];
  const raw = rowsOf("x,,cat\nNaN,2,cow\n10,0,\n");
  const expected = checkContract(raw, pets({ features })).violations.map(({ expected }) =>
    expected
  );
  assert.deepEqual(expected, [
    CONTRACT_RULES.type,
    CONTRACT_RULES.missing,
    CONTRACT_RULES.finite,
    "must be from -1 to 0.5",
    "must be one of cat, dog",
    "must be from 0 to 9 cm",
    CONTRACT_RULES.missing,
    CONTRACT_RULES.classes,
  ]);
});

Deno.test("checkContract() reports every violation at once, by row, then column, whole columns last", () => {
  const raw = rowsOf("99,abc,cow\n1,1,cat\n,,\n");
  assert.deepEqual(found(raw), [
    [2, "length", "range", "99"],
    [2, "weight", "type", "abc"],
    [2, "kind", "class", "cow"],
    [4, "length", "missing", null],
    [4, "weight", "missing", null],
    [4, "kind", "missing", null],
    [null, "kind", "classes", "cat"],
  ]);
});

Deno.test("checkContract() gives the line of the file, blank lines and quoted line ends counted", () => {
  const raw = rowsOf('\n"1\n",1,cat\n\nabc,1,cat\n');
  assert.deepEqual(found(raw)[0], [6, "length", "type", "abc"]);
});

Deno.test("checkContract() wants two classes and names the one that there is", () => {
  assert.deepEqual(found(rowsOf("1,1,cat\n".repeat(9))), [[null, "kind", "classes", "cat"]]);
  assert.deepEqual(found(rowsOf("1,1,cow\n")), [
    [2, "kind", "class", "cow"],
    [null, "kind", "classes", ""],
  ]);
});

Deno.test("checkContract() wants five rows of each class, of missing ones too", () => {
  const descriptor = pets({ classes: ["cat", "dog", "emu", "fox"] });
  const { violations } = checkContract(
    rowsOf(GOOD_ROWS + "1,1,emu\n".repeat(4), descriptor),
    descriptor,
  );
  assert.deepEqual(
    violations,
    [["emu", 4], ["fox", 0]].map(([name, count]) => ({
      row: null,
      column: "kind",
      rule: "class-rows",
      expected:
        `class "${name}" must have at least 5 rows, so that each part of the split gets some`,
      value: count,
    })),
  );
});

Deno.test("checkContract() checks a range in the model's unit, its limits included", () => {
  const features = [
    { name: "length", unit: "cm", min: 0.1, max: 0.3, csvUnit: "mm" },
    PETS.features[1],
  ];
  // 3 × 0.1 is 0.30000000000000004 in binary: the limit itself must pass
  const raw = rowsOf("3,1,cat\n1,1,dog\n3.01,1,cat\n0.99,1,cat\n0.3,1,dog\n");
  const violations = found(raw, pets({ features })).filter(([row]) => row !== null);
  assert.deepEqual(violations, [
    [4, "length", "range", "3.01"],
    [5, "length", "range", "0.99"],
    [6, "length", "range", "0.3"],
  ]);
});
