import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { sha256 } from "../../lib/core/mod.ts";
import { parseDescriptor, parseRawTable, readRawTable } from "../../lib/data/mod.ts";
import { inFolder, PETS, pets, rowsOf, table } from "./pets.ts";

Deno.test("parseRawTable() gives cells as texts and as numbers, with their lines", () => {
  const csv = "length,weight,kind\n1.50,20,cat\n\n,x,dog\n";
  assert.deepEqual(table(csv), {
    file: "pets.csv",
    sha256: sha256(csv),
    separator: ",",
    ignored: [],
    lines: [2, 4],
    texts: { length: ["1.50", null], weight: ["20", "x"] },
    numbers: { length: [1.5, null], weight: [20, null] },
    labels: ["cat", "dog"],
  });
});

Deno.test("parseRawTable() reads these spellings as numbers and no others", () => {
  const spellings: [text: string, number: number | null][] = [
    ["1", 1],
    ["+1", 1],
    ["-1.50", -1.5],
    [".5", 0.5],
    ["5.", 5],
    ["1e3", 1000],
    ["1E-3", 0.001],
    ["007", 7],
    ["NaN", NaN],
    ["Infinity", Infinity],
    ["-inf", -Infinity],
    ["1e999", Infinity],
    ["1,5", null],
    ["1 5", null],
    ["1_000", null],
    ["0x10", null],
    ["- 1", null],
    ["−1", null], // a minus sign, not a hyphen
    ["١", null],
    ["abc", null],
    ["true", null],
    ["1cm", null],
    ["#1", null],
  ];
  const csv = "length;weight;kind\n" + spellings.map(([text]) => `${text};1;cat\n`).join("");
  const { texts, numbers } = table(csv);
  assert.deepEqual(texts.length, spellings.map(([text]) => text));
  assert.deepEqual(numbers.length, spellings.map(([, number]) => number));
});

Deno.test("parseRawTable() trims values and takes blank ones for empty", () => {
  const { texts, numbers, labels } = rowsOf(
    ' 1 ,\u00a02\t, cat\u2003\n  ,"",""\n" 3 ","4"," a b "\n',
  );
  assert.deepEqual(texts, { length: ["1", null, "3"], weight: ["2", null, "4"] });
  assert.deepEqual(numbers, { length: [1, null, 3], weight: [2, null, 4] });
  assert.deepEqual(labels, ["cat", null, "a b"]);
});

Deno.test("parseRawTable() reads a column without any value", () => {
  const { numbers, labels } = rowsOf(",1,\n,2,\n");
  assert.deepEqual([numbers.length, labels], [[null, null], [null, null]]);
});

Deno.test("parseRawTable() takes columns by name, wherever they stand, and reports the others", () => {
  const raw = table("note,kind,weight,,length,\nx,cat,2,,1,\ny,dog,4,,3,z\n");
  assert.deepEqual(raw.ignored, ["note", "", ""]);
  assert.deepEqual(raw.numbers, { length: [1, 3], weight: [2, 4] });
  assert.deepEqual(raw.labels, ["cat", "dog"]);
});

Deno.test("parseRawTable() lets columns come twice that the descriptor does not name", () => {
  assert.deepEqual(table("x,length,x,weight,kind\n7,1,8,2,cat\n").ignored, ["x", "x"]);
});

Deno.test("parseRawTable() refuses a column twice that the descriptor names", () => {
  for (
    const [name, header] of [["length", "length,weight,kind,length"], [
      "kind",
      "kind,length,weight, kind",
    ]]
  ) {
    assert.throws(() => table(`${header}\n1,2,3,4\n`), {
      name: "BadInput",
      message: `pets.csv column "${name}" must come once: got 2`,
    });
  }
});

Deno.test("parseRawTable() refuses a table without one of the columns", () => {
  assert.throws(() => table("Length;weight;kind\n1;2;cat\n"), {
    name: "BadInput",
    message: 'pets.csv must have the column "length": got "Length;weight;kind"',
  });
  assert.throws(() => table("length,weight\n1,2\n"), {
    name: "BadInput",
    message: 'pets.csv must have the column "kind": got "length,weight"',
  });
});

Deno.test("parseRawTable() reads the same from every spelling of a file", () => {
  const rows = [["length", "weight", "kind"], ["1.5", "20", "cat"], ["3", "4", "dog"]];
  const spell = (separator: string, end = "\n") =>
    rows.map((row) => row.join(separator) + end).join("");
  const { sha256: _, separator: __, ...plain } = table(spell(","));
  const spellings = [
    spell(";"),
    spell("\t"),
    spell(",", "\r\n"),
    "\uFEFF" + spell(";", "\r\n"),
    spell(",").trimEnd(),
    rows.map((row) => row.map((field) => `"${field}"`).join(",") + "\n").join(""),
    rows.map((row) => row.join(" , ") + "\n").join(""),
  ];
  for (const text of spellings) {
    const { sha256: _, separator: __, ...read } = table(text);
    assert.deepEqual(read, plain, JSON.stringify(text));
  }
});

Deno.test("parseRawTable() refuses bytes that are not UTF-8", () => {
  const bytes = Uint8Array.of(...new TextEncoder().encode("length,weight,kind\n1,2,k"), 0xe4, 0x74);
  assert.throws(() => parseRawTable(bytes, pets()), {
    name: "BadInput",
    message: "pets.csv must be UTF-8 text",
  });
});

Deno.test("parseRawTable() keeps texts and lines together, whatever stands in the fields", () => {
  // polars and our own reader of records must agree on where each record begins
  const field = fc.string({ unit: fc.constantFrom("a", "1", '"', ",", "\n", " ", "é", "#") });
  const rows = fc.array(fc.tuple(field, field, field), { minLength: 1, maxLength: 8 });
  fc.assert(
    fc.property(rows, (rows) => {
      const quote = (text: string) =>
        /^[^",\n]*$/.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
      const raw = rowsOf(rows.map((row) => row.map(quote).join(",") + "\n").join(""));
      const cell = (text: string) => text.trim() === "" ? null : text.trim();
      assert.deepEqual(raw.texts.length, rows.map(([length]) => cell(length)));
      assert.deepEqual(raw.texts.weight, rows.map(([, weight]) => cell(weight)));
      assert.deepEqual(raw.labels, rows.map(([, , kind]) => cell(kind)));
      assert.equal(raw.lines.length, rows.length);
    }),
    { seed: 1, numRuns: 300 },
  );
});

Deno.test("parseRawTable() reads numbers to the last digit", () => {
  const numbers = fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, (values) => {
      const raw = rowsOf(values.map((value) => `${value},1,cat\n`).join(""));
      assert.deepEqual(raw.numbers.length.map((value) => value! + 0), values.map((v) => v + 0));
    }),
    { seed: 1, numRuns: 100 },
  );
});

Deno.test("readRawTable() reads the file that the descriptor names", async () => {
  const csv = "length,weight,kind\n1,2,cat\n";
  await inFolder({ "pets.csv": csv }, async (folder) => {
    const descriptor = parseDescriptor(PETS, join(folder, "pets.dataset.json"));
    assert.deepEqual(await readRawTable(descriptor), table(csv));
  });
});

Deno.test("readRawTable() refuses a file that is not there, by the descriptor's key", async () => {
  const descriptor = parseDescriptor({ ...PETS, csv: "/no/such.csv" }, "/x/pets.dataset.json");
  await assert.rejects(readRawTable(descriptor), {
    name: "BadInput",
    message: 'pets.dataset.json /csv must name a file that can be read: got "/no/such.csv"',
  });
});

Deno.test("readRawTable() refuses an empty file", async () => {
  await inFolder({ "pets.csv": "" }, async (folder) => {
    await assert.rejects(
      readRawTable(parseDescriptor({ ...PETS, csv: join(folder, "pets.csv") })),
      {
        name: "BadInput",
        message: 'pets.csv must have a header line and rows: got ""',
      },
    );
  });
});
