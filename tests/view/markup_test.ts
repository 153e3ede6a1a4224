import assert from "node:assert/strict";
import { base64, escapeMarkup, stripAnsi } from "lib/view/mod.ts";

Deno.test("escapeMarkup() takes every character that means something in HTML", () => {
  assert.equal(
    escapeMarkup(`<a href='x'>"&"</a>`),
    "&lt;a href=&#39;x&#39;&gt;&quot;&amp;&quot;&lt;/a&gt;",
  );
});

Deno.test("escapeMarkup() leaves out what XML forbids, and mends half a surrogate pair", () => {
  assert.equal(escapeMarkup("a\u0000\u001b\u0008b\tc\n\uD800"), "ab\tc\n\uFFFD");
});

Deno.test("escapeMarkup() takes what is no text", () => {
  assert.deepEqual([1, null, undefined, true].map(escapeMarkup), [
    "1",
    "null",
    "undefined",
    "true",
  ]);
});

Deno.test("stripAnsi() takes colours, cursor moves and links, and nothing else", () => {
  assert.equal(stripAnsi("\u001b[1;31mred\u001b[0m [2K] \u001b[2K\u001b[?25lx"), "red [2K] x");
  assert.equal(stripAnsi("\u001b]8;;http://x\u0007link\u001b]8;;\u001b\\"), "link");
});

Deno.test("base64() is that of UTF-8", () => {
  assert.equal(base64("→ é"), "4oaSIMOp");
});
