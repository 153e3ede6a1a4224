import assert from "node:assert/strict";
import fc from "fast-check";
import { checkInput } from "../../lib/model/mod.ts";

const signature = {
  inputs: [
    { name: "length", unit: "cm", min: 0, max: 9 },
    { name: "ratio", unit: "", min: -1, max: 1 },
  ],
  classes: ["a", "b"],
};

const NUMBER = "must be a finite number";

/** Row, input, rule and value of each violation. */
function violations(rows: unknown) {
  const checked = checkInput(rows, signature);
  assert.ok(!checked.ok, "the rows were taken");
  return checked.violations.map(({ row, input, rule, value }) => [row, input, rule, value]);
}

function values(rows: unknown) {
  const checked = checkInput(rows, signature);
  assert.ok(checked.ok, "the rows were refused");
  return { x: [...checked.x], unusual: checked.unusual };
}

Deno.test("checkInput() takes rows as arrays and as objects in any order, mixed", () => {
  const { x, unusual } = values([[1, 0.5], { ratio: -0.5, length: 2 }, [9, 1], {
    length: 0,
    ratio: -1,
  }]);
  assert.deepEqual(x, [1, 0.5, 2, -0.5, 9, 1, 0, -1]);
  assert.deepEqual(unusual, []);
});

Deno.test("checkInput() gives the same values for arrays and for objects", () => {
  const number = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(number, number), { minLength: 1 }), (rows) => {
      const objects = rows.map(([length, ratio]) => ({ ratio, length }));
      assert.deepEqual(values(objects), values(rows));
      assert.deepEqual(values(rows).x, rows.flat());
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("checkInput() refuses what is no list of rows", () => {
  for (const rows of [[], {}, null, undefined, "rows", 3, { 0: [1, 2], length: 1 }]) {
    assert.deepEqual(violations(rows), [[
      null,
      null,
      "must be an array of at least one row",
      rows,
    ]]);
  }
});

Deno.test("checkInput() guesses at no number", () => {
  for (
    const value of ["1.5", "", null, undefined, NaN, Infinity, -Infinity, true, [1], { v: 1 }, 1n]
  ) {
    assert.deepEqual(violations([[value, 0]]), [[0, "length", NUMBER, value]]);
    assert.deepEqual(violations([{ length: 1, ratio: value }]), [[0, "ratio", NUMBER, value]]);
  }
});

Deno.test("checkInput() lists every violation at once, by row and input", () => {
  const rows = [[1, 2, 3], ["a", null], [1, 0], { length: NaN }, 7, [NaN, 0]];
  assert.deepEqual(violations(rows), [
    [0, null, "must have 2 values: length, ratio", [1, 2, 3]],
    [1, "length", NUMBER, "a"],
    [1, "ratio", NUMBER, null],
    [3, null, "must have ratio", { length: NaN }],
    [4, null, "must be an array of numbers or an object by input name", 7],
    [5, "length", NUMBER, NaN],
  ]);
});

Deno.test("checkInput() refuses rows of another length", () => {
  for (const row of [[], [1], [1, 2, 3]]) {
    assert.deepEqual(violations([row]), [[0, null, "must have 2 values: length, ratio", row]]);
  }
});

Deno.test("checkInput() names missing keys and extra ones, both for a key that is spelt wrongly", () => {
  const wrong = { lenght: 1, ratio: 0 };
  assert.deepEqual(violations([{}]), [[0, null, "must have length, ratio", {}]]);
  assert.deepEqual(violations([wrong]), [
    [0, null, "must have length", wrong],
    [0, null, "must not have lenght", wrong],
  ]);
  const extra = { length: 1, ratio: 0, colour: "red", size: 1 };
  assert.deepEqual(violations([extra]), [[0, null, "must not have colour, size", extra]]);
});

Deno.test("checkInput() does not take what an object inherits", () => {
  const row = Object.create({ length: 1, ratio: 0 });
  assert.deepEqual(violations([row])[0][2], "must have length, ratio");
});

Deno.test("checkInput() refuses holes in the list and in a row", () => {
  const rule = "must be an array of numbers or an object by input name";
  assert.deepEqual(violations(new Array(1)), [[0, null, rule, undefined]]);
  assert.deepEqual(violations([new Array(2)]), [
    [0, "length", NUMBER, undefined],
    [0, "ratio", NUMBER, undefined],
  ]);
});

Deno.test("checkInput() answers a value outside its range and reports it as unusual", () => {
  const { x, unusual } = values([[9.1, 1], [-0.1, -1.01]]);
  assert.deepEqual(x, [9.1, 1, -0.1, -1.01]);
  assert.deepEqual(unusual, [
    { row: 0, input: "length", rule: "is usually from 0 to 9 cm", value: 9.1 },
    { row: 1, input: "length", rule: "is usually from 0 to 9 cm", value: -0.1 },
    { row: 1, input: "ratio", rule: "is usually from -1 to 1", value: -1.01 },
  ]);
});

Deno.test("checkInput() says value, not values, where there is one", () => {
  const one = { inputs: signature.inputs.slice(0, 1), classes: ["a"] };
  const checked = checkInput([[]], one);
  assert.ok(!checked.ok);
  assert.equal(checked.violations[0].rule, "must have 1 value: length");
});
