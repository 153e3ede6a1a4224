import assert from "node:assert/strict";
import { JUPYTER_DISPLAY, table } from "lib/view/mod.ts";
import { attributes, texts } from "./page_dom.ts";

const ROWS = [
  { name: "forest", error: 4.25, rows: 1500, ok: true },
  { name: "a <b> & co", error: -0.04, rows: null, ok: false },
];

Deno.test("table() of plain rows: a column for each field, in the order of the first row", () => {
  const { html } = table(ROWS);
  assert.deepEqual(texts(html, "th"), ["name", "error", "rows", "ok"]);
  assert.equal(texts(html, "tbody tr").length, 2);
});

Deno.test("table() writes numbers with the same decimals, units in the header", () => {
  const { html } = table(ROWS, {
    columns: [{ key: "error", label: "wrong", unit: "%", digits: 1 }, { key: "rows" }],
  });
  assert.deepEqual(texts(html, "th"), ["wrong (%)", "rows"]);
  assert.deepEqual(texts(html, "td"), ["4.3", "1500", "0.0", "–"]);
});

Deno.test("table() calls a column what the pictures call it, unless it is given a name", () => {
  const columns = [{ key: "petal_length", unit: "cm" }, {
    key: "petal_length",
    label: "a_b",
  }] as const;
  const { html } = table([{ petal_length: 1 }], { columns });
  assert.deepEqual(texts(html, "th"), ["petal length (cm)", "a_b"]);
});

Deno.test("table() aligns numbers right, other values left, and as it is told", () => {
  const aligned = (html: string) =>
    attributes(html, "td", "style").map((style) => /text-align:(\w+)/.exec(style!)![1]).slice(0, 4);
  assert.deepEqual(aligned(table(ROWS).html), ["left", "right", "right", "left"]);
  const { html } = table([{ a: 1 }], { columns: [{ key: "a", align: "center" }] });
  assert.deepEqual(aligned(html), ["center"]);
});

Deno.test("table() escapes headers, cells and caption", () => {
  const { html } = table([{ "<h>": "<script>alert(1)</script>" }], { caption: '"<c>"' });
  assert.doesNotMatch(html, /<script|<h>|<c>/);
  assert.deepEqual(texts(html, "td"), ["<script>alert(1)</script>"]);
  assert.deepEqual(texts(html, "caption"), ['"<c>"']);
});

Deno.test("table() names no colour, so it can be read on any ground", () => {
  const { html } = table(ROWS, { caption: "c", limit: 1 });
  assert.doesNotMatch(html, /#[0-9a-f]{3,6}\b|rgba?\(|:(?:black|white)\b/i);
  assert.match(html, /color:inherit;background:transparent/);
});

Deno.test("table() decides the decimals by the values, up to three", () => {
  const written = (values: number[]) => texts(table(values.map((v) => ({ v }))).html, "td");
  assert.deepEqual(written([1, 2]), ["1", "2"]);
  assert.deepEqual(written([1, 2.5]), ["1.0", "2.5"]);
  assert.deepEqual(written([0.1 + 0.2]), ["0.3"]);
  assert.deepEqual(written([1 / 3, 2]), ["0.333", "2.000"]);
  assert.deepEqual(written([Infinity, NaN, 0]), ["Infinity", "–", "0"]);
});

Deno.test("table() shows what is no number as people write it", () => {
  const { html } = table([{
    yes: true,
    no: false,
    big: 2n ** 60n,
    date: new Date("2026-01-02T03:04:05Z"),
    list: [1, 2],
    none: undefined,
  }]);
  assert.deepEqual(texts(html, "td"), [
    ...["yes", "no", "1152921504606846976", "2026-01-02T03:04:05Z", "[1,2]", "–"],
  ]);
});

Deno.test("table() cuts after the limit and says how many rows are missing", () => {
  const rows = Array.from({ length: 103 }, (_, i) => ({ i }));
  const { html, text } = table(rows);
  assert.equal(texts(html, "tbody tr").length, 100);
  assert.deepEqual(texts(html, "tfoot"), ["… 3 more rows"]);
  assert.ok(text.endsWith("\n… 3 more rows"));
  assert.ok(table(rows, { limit: 102 }).text.endsWith("… 1 more row"));
});

Deno.test("table() as text keeps its columns straight", () => {
  assert.deepEqual(table(ROWS, { caption: "Two models" }).text.split("\n"), [
    "Two models",
    "name        error  rows  ok",
    "──────────  ─────  ────  ───",
    "forest       4.25  1500  yes",
    "a <b> & co  -0.04     –  no",
  ]);
});

Deno.test("table() without rows still has its header", () => {
  const { html, text } = table([] as { a: number }[], { columns: [{ key: "a", unit: "cm" }] });
  assert.deepEqual(texts(html, "th"), ["a (cm)"]);
  assert.equal(text, "a (cm)\n──────");
  assert.ok(table([]).html.startsWith("<table"));
});

Deno.test("table() takes records declared as interfaces, and does not change them", () => {
  interface Row {
    readonly a: number;
  }
  const rows: readonly Row[] = Object.freeze([Object.freeze({ a: 1 })]);
  assert.deepEqual(texts(table(rows, { columns: [{ key: "a" }] }).html, "td"), ["1"]);
});

Deno.test("table() in Jupyter: HTML, and text for others", async () => {
  const made = table(ROWS);
  assert.deepEqual(await made[JUPYTER_DISPLAY](), {
    "text/html": made.html,
    "text/plain": made.text,
  });
});

Deno.test("table() refuses decimals and a limit that are none", () => {
  const columns = [{ key: "error" as const, digits: -1 }];
  assert.throws(() => table(ROWS, { columns }), /digits must be a whole number from 0 to 20: -1/);
  assert.throws(() => table(ROWS, { limit: 0 }), /limit must be above 0: 0/);
});
