import assert from "node:assert/strict";
import fc from "fast-check";
import { checkContract, clean, refusals } from "../../lib/data/mod.ts";
import { cleaned, GOOD_ROWS, PETS, pets, rowsOf, table } from "./pets.ts";

/** What a descriptor says when its CSV holds millimetres. */
const MM = [{ ...PETS.features[0], csvUnit: "mm" }, PETS.features[1]];

const rulesLeft = (rows: string, cleaning: Record<string, string>) => {
  const descriptor = pets({ cleaning });
  const contract = checkContract(rowsOf(GOOD_ROWS + rows), descriptor);
  return refusals(contract, descriptor).map(({ rule }) => rule);
};

Deno.test("refusals() leaves everything to the contract by default", () => {
  const rows = "abc,,cow\nNaN,99,\n";
  assert.deepEqual(rulesLeft(rows, {}), ["type", "missing", "class", "finite", "range", "missing"]);
});

Deno.test("refusals() lets missing values and ranges go where the policy drops them, nothing else", () => {
  const rows = "abc,,cow\nNaN,99,\n";
  assert.deepEqual(rulesLeft(rows, { missing: "drop" }), ["type", "class", "finite", "range"]);
  assert.deepEqual(rulesLeft(rows, { range: "drop" }), [
    "type",
    "missing",
    "class",
    "finite",
    "missing",
  ]);
  assert.deepEqual(rulesLeft(rows, { missing: "drop", range: "drop" }), [
    "type",
    "class",
    "finite",
  ]);
});

Deno.test("refusals() never lets the rules of whole columns go", () => {
  const descriptor = pets({ cleaning: { missing: "drop", range: "drop" } });
  const contract = checkContract(rowsOf("1,1,cat\n"), descriptor);
  assert.deepEqual(refusals(contract, descriptor).map(({ rule }) => rule), ["classes"]);
});

Deno.test("clean() uses a good table as it lies", () => {
  const { samples, lines, actions } = cleaned(rowsOf("1,2,dog\n3,4,cat\n"));
  assert.deepEqual([...samples.x], [1, 2, 3, 4]);
  assert.deepEqual([...samples.y], [1, 0]);
  assert.deepEqual(samples.features, PETS.features);
  assert.deepEqual(samples.classes, ["cat", "dog"]);
  assert.deepEqual(lines, [2, 3]);
  assert.deepEqual(actions, []);
});

Deno.test("clean() drops rows with an empty cell or class where the policy says so", () => {
  const descriptor = pets({ cleaning: { missing: "drop" } });
  const { lines, actions } = cleaned(rowsOf("1,2,dog\n,4,cat\n5,6,\n7,8,cat\n"), descriptor);
  assert.deepEqual(lines, [2, 5]);
  assert.deepEqual(actions, [
    { step: "missing", what: "dropped 2 rows with an empty cell", lines: [3, 4] },
  ]);
});

Deno.test("clean() drops rows out of range where the policy says so", () => {
  const descriptor = pets({ cleaning: { range: "drop" } });
  const { lines, actions } = cleaned(rowsOf("1,2,dog\n99,99,cat\n7,8,cat\n"), descriptor);
  assert.deepEqual(lines, [2, 4]);
  assert.deepEqual(actions, [
    { step: "range", what: "dropped 1 row with a value outside its range", lines: [3] },
  ]);
});

Deno.test("clean() counts a row once that is dropped for two reasons", () => {
  const descriptor = pets({ cleaning: { missing: "drop", range: "drop" } });
  const { actions } = cleaned(rowsOf(",99,dog\n1,99,cat\n1,2,cat\n"), descriptor);
  assert.deepEqual(actions.map(({ step, lines }) => [step, lines]), [["missing", [2]], ["range", [
    3,
  ]]]);
});

Deno.test("clean() drops rows equal to an earlier one in values and class", () => {
  const { lines, actions } = cleaned(rowsOf("1,2,dog\n3,4,cat\n1.0,2,dog\n1,2,cat\n1,2,dog\n"));
  assert.deepEqual(lines, [2, 3, 5]);
  assert.deepEqual(actions, [{
    step: "duplicates",
    what: "dropped 2 rows equal to an earlier one in every column",
    lines: [4, 6],
  }]);
});

Deno.test("clean() keeps equal rows where the policy says so", () => {
  const descriptor = pets({ cleaning: { duplicates: "keep" } });
  const { lines, actions } = cleaned(rowsOf("1,2,dog\n1,2,dog\n"), descriptor);
  assert.deepEqual([lines, actions], [[2, 3], []]);
});

Deno.test("clean() finds equal rows among those that other policies leave", () => {
  const descriptor = pets({ cleaning: { range: "drop", missing: "drop" } });
  const rows = "99,1,dog\n99,1,dog\n1,2,cat\n,2,cat\n1,2,cat\n3,4,dog\n";
  const { lines, actions } = cleaned(rowsOf(rows), descriptor);
  assert.deepEqual(lines, [4, 7]);
  assert.deepEqual(actions.map(({ step, lines }) => [step, lines]), [
    ["missing", [5]],
    ["range", [2, 3]],
    ["duplicates", [6]],
  ]);
});

Deno.test("clean() sees rows that extra columns tell apart as equal", () => {
  const { lines } = cleaned(table("id,length,weight,kind\n1,5,5,cat\n2,5,5,cat\n"));
  assert.deepEqual(lines, [2]);
});

Deno.test("clean() converts units exactly and says so", () => {
  const descriptor = pets({ features: MM });
  const { samples, actions } = cleaned(
    rowsOf("14,1,cat\n3,2,dog\n0.7,3,dog\n90,4,cat\n"),
    descriptor,
  );
  assert.deepEqual([...samples.x].filter((_, i) => i % 2 === 0), [1.4, 0.3, 0.07, 9]);
  assert.deepEqual(samples.features, PETS.features);
  assert.deepEqual(actions, [{ step: "units", what: "converted length from mm to cm", lines: [] }]);
});

Deno.test("clean() gives each row in, but for the lines that it reports, exactly once", () => {
  const cell = fc.constantFrom("1", "2", "3", "99", "");
  const rows = fc.array(fc.tuple(cell, cell, fc.constantFrom("cat", "dog", "")), { minLength: 1 });
  const descriptor = pets({ cleaning: { missing: "drop", range: "drop" } });
  fc.assert(
    fc.property(rows, (rows) => {
      const raw = rowsOf(rows.map((row) => row.join() + "\n").join(""));
      const { lines, actions, samples } = cleaned(raw, descriptor);
      const reported = actions.flatMap(({ lines }) => lines);
      assert.deepEqual([...lines, ...reported].sort((a, b) => a - b), raw.lines);
      assert.equal(samples.y.length, lines.length);
    }),
    { seed: 1, numRuns: 200 },
  );
});

Deno.test("clean() refuses a row that still breaks the contract", () => {
  for (
    const [row, column] of [["abc,1,cat", "length"], ["1,99,cat", "weight"], ["1,1,cow", "kind"]]
  ) {
    assert.throws(() => cleaned(rowsOf(`${GOOD_ROWS}${row}\n`)), {
      name: "RangeError",
      message: `Cannot clean pets.csv as line 12 must keep the contract in ${column}`,
    });
  }
});

Deno.test("clean() refuses a bad row even if it is handed the report of another table", () => {
  const contract = { passed: true, rows: 1, violations: [] };
  for (
    const [row, column] of [["abc,1,cat", "length"], ["1,,cat", "weight"], ["1,1,cow", "kind"]]
  ) {
    assert.throws(() => clean(rowsOf(`${row}\n`), { descriptor: pets(), contract }), {
      name: "RangeError",
      message: `Cannot clean pets.csv as line 2 must keep the contract in ${column}`,
    });
  }
});

Deno.test("clean() gives one digest for every spelling of the same rows", () => {
  const { digest } = cleaned(table("length,weight,kind\n1.5,20,cat\n0,4,dog\n"));
  const spellings = [
    "\uFEFFlength,weight,kind\r\n1.5,20,cat\r\n0,4,dog\r\n",
    "length;weight;kind\n1.50;2e1;cat\n0.0;4;dog",
    "kind,note,weight,length\ncat,x,20,1.5\n\ndog,y,4,0\n",
    '"length","weight","kind"\n"1.5"," 20 ",cat\n-0,+4,dog\n',
    "length,weight,kind\n1.5,20,cat\n0,4,dog\n1.5,20,cat\n", // a duplicate, dropped
  ];
  for (const text of spellings) assert.equal(cleaned(table(text)).digest, digest, text);
  const features = [{ ...PETS.features[0], csvUnit: "mm" }, PETS.features[1]];
  assert.equal(cleaned(rowsOf("15,20,cat\n0,4,dog\n"), pets({ features })).digest, digest);
  assert.equal(
    cleaned(rowsOf("1.5,20,cat\n0,4,dog\n"), pets({ name: "zoo", title: "Zoo" })).digest,
    digest,
  );
});

Deno.test("clean() gives another digest for another value, class, row, order, unit, range or list", () => {
  const rows = "1.5,20,cat\n0,4,dog\n", [length, weight] = PETS.features;
  const digest = (rows: string, changes = {}, header = "length,weight,kind") =>
    cleaned(table(`${header}\n${rows}`, pets(changes)), pets(changes)).digest;
  const digests = [
    digest(rows),
    digest("1.5000000000000002,20,cat\n0,4,dog\n"),
    digest("1.5,20,dog\n0,4,dog\n"),
    digest(rows + "0,5,dog\n"),
    digest("0,4,dog\n1.5,20,cat\n"),
    digest(rows, { features: [{ ...length, unit: "dm" }, weight] }),
    digest(rows, { features: [{ ...length, max: 10 }, weight] }),
    digest(rows, { features: [weight, length] }),
    digest(rows, { classes: ["dog", "cat"] }),
    digest(rows, { classes: ["cat", "dog", "emu"] }),
    digest(rows, { features: [{ ...length, name: "size" }, weight] }, "size,weight,kind"),
  ];
  assert.equal(new Set(digests).size, digests.length);
});
