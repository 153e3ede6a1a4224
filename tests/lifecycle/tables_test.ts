import assert from "node:assert/strict";
import type { ContractReport, Violation } from "../../lib/data/mod.ts";
import { clean, parseDescriptor, parseRawTable } from "../../lib/data/mod.ts";
import { measure } from "../../lib/model/mod.ts";
import {
  accuracyTable,
  behaviourTable,
  cleaningTable,
  contractTable,
  machineTable,
  perClassTable,
  prepare,
  rowsTable,
  sliceTable,
  splitTable,
} from "../../lib/lifecycle/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });

/** The lines of a table, each as its cells. */
function cells({ text }: { text: string }): string[][] {
  return text.split("\n").map((line) => line.trim().split(/ {2,}/));
}

const violation = (row: number | null, value: string | null): Violation => ({
  row,
  column: "length",
  rule: "type",
  expected: "must be a number",
  value,
});

Deno.test("rowsTable() shows some rows of each class with their lines and units", () => {
  const [[caption], header, , ...rows] = cells(rowsTable(prepared.dataset, { each: 1 }));
  assert.match(caption, /149 rows in all/);
  assert.match(header.slice(0, 2).join("; "), /^CSV line; sepal.length \(cm\)$/);
  assert.deepEqual(rows, [
    ["2", "5.1", "3.5", "1.4", "0.2", "setosa"],
    ["52", "7.0", "3.2", "4.7", "1.4", "versicolor"],
    ["102", "6.3", "3.3", "6.0", "2.5", "virginica"],
  ]);
});

Deno.test("rowsTable() is not confused by a feature that is called line", () => {
  const descriptor = parseDescriptor({
    name: "lines",
    csv: "lines.csv",
    target: "kind",
    classes: ["a", "b"],
    features: [{ name: "line", unit: "", min: 0, max: 99 }],
  });
  const raw = parseRawTable(new TextEncoder().encode("line,kind\n77,a\n88,b\n"), descriptor);
  const contract = { passed: true, rows: 2, violations: [] };
  const table = clean(raw, { descriptor, contract });
  const { holdout } = prepared.dataset,
    dataset = { ...table, raw, contract, descriptor, holdout, frozen: false };
  assert.deepEqual(cells(rowsTable(dataset)).slice(3), [["2", "77", "a"], ["3", "88", "b"]]);
});

Deno.test("contractTable() shows the first violations and tells how many there are", () => {
  const report: ContractReport = {
    passed: false,
    rows: 20,
    violations: [violation(2, "abc"), violation(3, null), violation(null, "x")],
  };
  const [[caption], , , ...rows] = cells(contractTable(report, { most: 2 }));
  assert.equal(caption, "Data contract: 20 rows checked, 3 violations, the first 2 are shown");
  assert.deepEqual(rows, [
    ["2", "length", "type", "must be a number", "abc"],
    ["3", "length", "type", "must be a number", "nothing"],
  ]);
  const [[all], , , , , last] = cells(contractTable(report));
  assert.equal(all, "Data contract: 20 rows checked, 3 violations");
  assert.deepEqual(last[0], "all");
  assert.match(
    contractTable({ ...report, violations: report.violations.slice(1, 2) }).text,
    /, 1 violation\n/,
  );
});

Deno.test("contractTable() shows what is in a cell and runs none of it", () => {
  const report = {
    passed: false,
    rows: 1,
    violations: [violation(2, "<script>alert(1)</script>")],
  };
  assert.doesNotMatch(contractTable(report).html, /<script/);
  assert.match(contractTable(report).html, /&lt;script/);
});

Deno.test("cleaningTable() tells each action with its lines, many of them cut short", () => {
  const actions = [
    { step: "units", what: "converted length from mm to cm", lines: [] },
    { step: "range", what: "dropped 9 rows", lines: [2, 3, 4, 5, 6, 7, 8, 9, 10] },
  ] as const;
  const [[caption], , , ...rows] = cells(cleaningTable({ ...prepared.dataset, actions }));
  assert.equal(caption, "Cleaning: 150 rows in, 149 out");
  assert.deepEqual(rows, [
    ["units", "converted length from mm to cm", "all"],
    ["range", "dropped 9 rows", "2, 3, 4, 5, 6, 7, 8, 9 …"],
  ]);
});

Deno.test("splitTable() counts each class in each part, and all", () => {
  assert.deepEqual(cells(splitTable(prepared)).slice(3), [
    ["setosa", "20", "10", "20"],
    ["versicolor", "20", "10", "20"],
    ["virginica", "19", "10", "20"],
    ["all", "59", "30", "60"],
  ]);
});

/** Three of four right, one class never predicted. */
const metrics = measure({
  actual: Uint8Array.of(0, 0, 0, 1),
  labels: Uint8Array.of(0, 0, 0, 0),
  probabilities: Float64Array.of(1, 0, 1, 0, 1, 0, 0.5, 0.5),
}, ["a", "b"]);

Deno.test("accuracyTable() shows count, share and interval beside the other scores", () => {
  const table = accuracyTable([{ name: "m", metrics }], { caption: "on these rows" });
  const [[caption], , , row] = cells(table);
  assert.equal(caption, "on these rows");
  // log loss ln 2 / 4, Brier 0.5 / 4, calibration |3/3 - 1| and |0/1 - 0.5|
  assert.deepEqual(row, ["m", "3 of 4", "75.0", "30.1 to 95.4", "0.173", "0.125", "12.5"]);
});

Deno.test("perClassTable() shows percent, and no number where there is none", () => {
  const [, , , a, b] = cells(perClassTable(metrics));
  assert.deepEqual(a, ["a", "3", "75.0", "100.0", "85.7"]);
  assert.equal(b[0], "b");
  assert.doesNotMatch(b.join(" "), /NaN|null/);
});

Deno.test("sliceTable() shows the weakest slices first and leaves out empty ones", () => {
  const slice = (name: string, correct: number) => ({
    name,
    accuracy: { value: correct / 10, low: 0, high: 1, correct, rows: 10 },
  });
  const slices = [
    slice("good", 9),
    slice("bad", 2),
    { name: "none", accuracy: null },
    slice("fair", 5),
  ];
  const rows = cells(sliceTable(slices, { most: 2 })).slice(3);
  assert.deepEqual(rows.map(([name, right]) => [name, right]), [["bad", "2 of 10"], [
    "fair",
    "5 of 10",
  ]]);
  assert.deepEqual(slices.map(({ name }) => name), ["good", "bad", "none", "fair"]);
});

Deno.test("behaviourTable() says in a word whether a test was passed", () => {
  const check = {
    kind: "minimum",
    expectation: "something",
    cases: 3,
    value: 2 / 3,
    limit: 1,
  } as const;
  const [, , , failed, passed] = cells(behaviourTable([
    { ...check, passed: false },
    { ...check, value: 1, passed: true },
  ]));
  assert.deepEqual(failed, ["minimum", "something", "3", "66.7", "100", "failed"]);
  assert.deepEqual(passed.at(-1), "passed");
});

Deno.test("machineTable() shows what mends a thing, nothing where all is well", () => {
  const [, , , disk, deno] = cells(machineTable([
    { name: "disk", status: "missing", found: "0.1 GB free", fix: "make room" },
    { name: "deno", status: "ok", found: "2.9.6", fix: null },
  ]));
  assert.deepEqual(disk, ["disk", "missing", "0.1 GB free", "make room"]);
  assert.deepEqual(deno.slice(0, 3), ["deno", "ok", "2.9.6"]);
});
