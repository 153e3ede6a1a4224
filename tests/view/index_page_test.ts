import assert from "node:assert/strict";
import { formatSeconds, indexPage } from "lib/view/mod.ts";
import { attributes, texts } from "./page_dom.ts";

const ITEMS = [
  { title: "00 Start", href: "00.html", status: "ok", seconds: 2.4, line: "11 cells ran" },
  { title: "01 <b>", href: '01".html', status: "failed", seconds: 71, line: "cell 3: a < b" },
  { title: "02", href: "02.html", status: "not run" },
] as const;

Deno.test("indexPage() links every notebook with status, time and a line", () => {
  const html = indexPage(ITEMS);
  assert.deepEqual(attributes(html, "li a", "href"), ITEMS.map(({ href }) => href));
  assert.deepEqual(texts(html, "li .row"), [
    ...["00 Start✓ ok2.4 s", "01 <b>✗ failed1 min 11 s", "02– not run"],
  ]);
  assert.deepEqual(texts(html, "li p"), ["11 cells ran", "cell 3: a < b"]);
});

Deno.test("indexPage() adds up", () => {
  assert.deepEqual(texts(indexPage(ITEMS), ".meta"), [
    "1 of 3 ran without an error · 1 failed · 1 min 13 s",
  ]);
  assert.deepEqual(texts(indexPage([], { title: "None" }), "h1, .meta"), [
    ...["None", "0 of 0 ran without an error"],
  ]);
});

Deno.test("formatSeconds() never says 60 s", () => {
  assert.deepEqual(
    [0, 9.94, 9.96, 59.4, 59.6, 119.7].map(formatSeconds),
    ["0.0 s", "9.9 s", "10 s", "59 s", "1 min 0 s", "2 min 0 s"],
  );
});
