/** What a cell calls (publish, ensure), outside a kernel; and cells counted and titled. */

import assert from "node:assert/strict";
import { codeCells, ensure, parseNotebook, publish, RECORD_MIME } from "lib/notebook/mod.ts";
import { recordHtml } from "lib/notebook/record_table.ts";
import { notebookText, outputsOf, runCells, textOf } from "./fixtures.ts";

Deno.test("publish: carries the record, a table for people, and a text", async () => {
  const digest = "a".repeat(64);
  const run = await runCells([
    'import { publish } from "lib/notebook/mod.ts";\n' +
    `await publish({ model: { digest: "${digest}", trees: 5 }, note: "<b> & co" });`,
  ]);
  const [output] = outputsOf(run, 2);
  assert.ok("data" in output);
  assert.deepEqual(Object.keys(output.data).sort(), [RECORD_MIME, "text/html", "text/plain"]);
  assert.deepEqual(output.data[RECORD_MIME], run.records);
  assert.equal(
    output.data["text/html"],
    '<table><tr><th style="text-align:left">model.digest</th>' +
      `<td style="text-align:left" title="${digest}">aaaaaaaaaaaa…</td></tr>` +
      '<tr><th style="text-align:left">model.trees</th><td style="text-align:right">5</td></tr>' +
      '<tr><th style="text-align:left">note</th>' +
      '<td style="text-align:left">&lt;b&gt; &amp; co</td></tr></table>',
  );
});

Deno.test("publish: refuses what is no plain data or too large, also outside a kernel", async () => {
  await publish({ fine: [1, "a", null, { b: true }] });
  const refused: [Record<string, unknown>, RegExp][] = [
    [{ a: { b: NaN } }, /\/a\/b must be plain data: NaN/],
    [{ n: 1n }, /\/n must be plain data: 1/],
    [{ when: new Date(0) }, /\/when must be plain data: Date/],
    [{ text: "x".repeat(300_000) }, /at most 250000 characters: current value is 300011/],
  ];
  for (const [record, message] of refused) {
    await assert.rejects(publish(record), message);
  }
});

Deno.test("recordHtml: shortens a long text, and keeps the whole in the title", () => {
  const html = recordHtml({ reason: 'because "it" '.repeat(20), empty: {}, list: [1, 2] });
  assert.match(html, /title="(because &quot;it&quot; ){20}"/);
  assert.match(html, /…<\/td>/);
  assert.match(html, /<td style="text-align:left">\{\}<\/td>/);
  assert.match(html, /<td style="text-align:left">1, 2<\/td>/);
});

Deno.test("ensure: finds or builds, and says which in one line", async () => {
  const run = await runCells([
    'import { ensure } from "lib/notebook/mod.ts";\nconst store = new Map<string, number>();',
    'const one = { what: "the model", find: () => store.get("m"), build: () => (store.set("m", 5), 5) };\n' +
    "const first = await ensure(one);",
    "const again = await ensure(one);\n[first, again]",
  ]);
  assert.match(textOf(run, 3), /^built the model \(0\.0 s\) because it was not there\n$/);
  assert.equal(textOf(run, 4), "found the model\n[ 5, 5 ]");
});

Deno.test("ensure: null, 0 and false are things too; a build that fails says so itself", async () => {
  const log = console.log;
  console.log = () => {};
  try {
    for (const thing of [null, 0, false]) {
      const build = () => assert.fail("must not build");
      assert.equal(await ensure<unknown>({ what: "it", find: () => thing, build }), thing);
    }
    const find = () => undefined, build = () => Promise.reject(new RangeError("no data"));
    await assert.rejects(ensure({ what: "it", find, build }), RangeError);
  } finally {
    console.log = log;
  }
});

Deno.test("codeCells: numbers and titles, a heading for one cell only", () => {
  const injected = { code: "const n = 2;", metadata: { tags: ["injected-parameters"] } };
  const notebook = parseNotebook(
    notebookText([
      { prose: "# Book\n\n## Chapter ##\n\n```sh\n# no heading\n```" },
      "first();\nsecond();",
      injected,
      { prose: "no heading" },
      `  const ${"long".repeat(30)} = 1;`,
    ]),
    "a.ipynb",
  );
  assert.deepEqual(codeCells(notebook).map(({ number, at, title }) => [number, at, title]), [
    [1, 1, "Chapter"],
    [1, 2, "const n = 2;"],
    [2, 4, `const ${"long".repeat(18)}l…`],
  ]);
});

Deno.test("codeCells: a claim in bold names the cell below it, a stressed word does not", () => {
  const cells = [
    { cell_type: "markdown", source: "It lists **every** one.\n**Claim: no row\nis lost.**" },
    { cell_type: "code", source: "assert.ok(true);" },
    { cell_type: "markdown", source: "It lists **every** one." },
    { cell_type: "code", source: "rows" },
  ];
  const notebook = parseNotebook(JSON.stringify({ nbformat: 4, cells }), "a.ipynb");
  assert.deepEqual(codeCells(notebook).map(({ title }) => title), [
    "Claim: no row is lost.",
    "rows",
  ]);
});
