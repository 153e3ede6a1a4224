import assert from "node:assert/strict";
import {
  confusionPicture,
  JUPYTER_DISPLAY,
  type NotebookCell,
  type NotebookOutput,
  notebookPage,
  table,
} from "lib/view/mod.ts";
import { CONFUSION } from "./fixtures.ts";
import { attributes, parsed, texts } from "./page_dom.ts";

function code(outputs: readonly NotebookOutput[], more: Partial<NotebookCell> = {}): NotebookCell {
  return { cell_type: "code", source: "f()", execution_count: 1, metadata: {}, outputs, ...more };
}

function shown(data: Record<string, unknown>): NotebookOutput {
  return { output_type: "display_data", data, metadata: {} };
}

function page(...cells: NotebookCell[]): string {
  return notebookPage({ cells }, { title: "Test" });
}

const SVG = '<svg width="40" height="20"><text>→</text></svg>';

Deno.test("notebookPage() is a whole document: language, viewport, title, one main", () => {
  const html = notebookPage({ cells: [] }, { title: "A <b> & c" });
  assert.equal(html.slice(0, 15), "<!doctype html>");
  assert.deepEqual(attributes(html, "html", "lang"), ["en"]);
  assert.deepEqual(attributes(html, "meta[name=viewport]", "content"), [
    "width=device-width, initial-scale=1",
  ]);
  assert.deepEqual(texts(html, "title"), ["A <b> & c"]);
  assert.deepEqual(texts(html, "main h1"), ["A <b> & c"]);
});

Deno.test("notebookPage() loads nothing: every address is inside, or a link", async () => {
  const picture = await confusionPicture(CONFUSION)[JUPYTER_DISPLAY]();
  const html = page(
    { cell_type: "markdown", source: "# A\n\n![x](https://a.example/x.png)" },
    code([shown(picture), shown({ "text/html": table([{ a: 1 }]).html })]),
  );
  for (const element of parsed(html).querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      const loads = ["src", "srcset", "poster", "data"].includes(name) ||
        (name === "href" && element.tagName !== "A");
      if (loads) assert.match(value, /^data:/, element.outerHTML.slice(0, 100));
    }
  }
  assert.deepEqual(texts(html, "script"), []);
  assert.doesNotMatch(texts(html, "style").join(""), /@import|url\(/);
});

Deno.test("notebookPage() takes the richest output that it knows", () => {
  const all = {
    "text/plain": "plain",
    "application/json": { a: [1] },
    "text/markdown": "*md*",
    "text/html": "<i>html</i>",
    "image/png": "AAAA",
    "image/svg+xml": SVG,
  };
  const order = ["image/svg+xml", "image/png", "text/html", "text/markdown", "application/json"];
  const marks = [
    /<img src="data:image\/svg\+xml;base64,[^"]*" alt="plain"/,
    /<img src="data:image\/png;base64,AAAA" alt="plain"/,
    /<div class="html scroll"><i>html<\/i><\/div>/,
    /<em>md<\/em>/,
    /hljs-attr">&quot;a&quot;/,
    /<pre class="text"[^>]*>plain<\/pre>/,
  ];
  const data: Record<string, unknown> = { ...all };
  for (const [i, mark] of marks.entries()) {
    assert.match(page(code([shown(data)])), mark);
    delete data[order[i]];
  }
});

Deno.test("notebookPage() shows a published record by its HTML and skips what nobody can show", () => {
  const record = { "application/vnd.mlops.record+json": { secret: 1 } };
  const html = page(code([
    shown({ ...record, "text/html": "<p>published</p>" }),
    shown(record),
  ]));
  assert.deepEqual(texts(html, ".html"), ["published"]);
  assert.ok(!html.includes("secret"));
});

Deno.test("notebookPage() shows an SVG as a picture of its own: sized, with xmlns, without [picture:]", () => {
  const html = page(code([shown({ "image/svg+xml": SVG, "text/plain": "[picture: two → dots]" })]));
  const [image] = parsed(html).querySelectorAll(".figure img");
  assert.equal(image.getAttribute("alt"), "two → dots");
  assert.deepEqual([image.getAttribute("width"), image.getAttribute("height")], ["40", "20"]);
  const bytes = Uint8Array.fromBase64(image.getAttribute("src")!.split(",")[1]);
  const svg = new TextDecoder().decode(bytes);
  assert.ok(
    svg.startsWith('<svg xmlns="http://www.w3.org/2000/svg" width="40"') && svg.includes("→"),
  );
});

Deno.test("notebookPage() gives a PNG the width that its metadata says", () => {
  const output = {
    ...shown({ "image/png": "AA\nAA" }),
    metadata: { "image/png": { width: 380.4 } },
  };
  const html = page(code([output]));
  assert.deepEqual(attributes(html, ".figure img", "width"), ["380"]);
  assert.deepEqual(attributes(html, ".figure img", "src"), ["data:image/png;base64,AAAA"]);
});

Deno.test("notebookPage() escapes code, text, streams and errors", () => {
  const evil = "<script>alert(1)</script>";
  const html = page(
    code([
      shown({ "text/plain": evil }),
      { output_type: "stream", name: "stdout", text: [evil, "\n"] },
      { output_type: "stream", name: "stderr", text: evil },
      { output_type: "error", ename: evil, evalue: evil, traceback: [evil] },
      shown({ "image/png": "AAAA", "text/plain": `"><script>x</script>` }),
      shown({ "text/markdown": evil }),
    ], { source: evil }),
    { cell_type: "raw", source: evil },
    { cell_type: "markdown", source: evil },
  );
  assert.deepEqual(texts(html, "script"), []);
  assert.ok(texts(html, "pre.code")[0].includes(evil));
});

Deno.test("notebookPage() marks stderr and errors, strips colours of the terminal", () => {
  const html = page(code([
    { output_type: "stream", name: "stderr", text: "\u001b[33mwarning\u001b[0m\n" },
    {
      output_type: "error",
      ename: "RangeError",
      evalue: "too far",
      traceback: ["RangeError: too far", "    at f (<anonymous>:1:1)"],
    },
    { output_type: "error", ename: "Error", evalue: "bare", traceback: [] },
  ]));
  assert.deepEqual(texts(html, ".stderr"), ["stderrwarning"]);
  const errors = texts(html, ".error");
  assert.equal(errors[0], "errorRangeError: too far\n    at f (<anonymous>:1:1)");
  assert.equal(errors[1].trimEnd(), "errorError: bare");
});

Deno.test("notebookPage() says how many cells ran, how long, and where an error is", () => {
  const error = { output_type: "error", ename: "E", evalue: "x", traceback: [] };
  const html = page(
    code([], { metadata: { execution: { seconds: 1.25 } } }),
    code([error], { metadata: { tags: ["raises-exception"], execution: { seconds: 60 } } }),
    code([error], { metadata: { execution: { seconds: 4 } } }),
    code([], { execution_count: null }),
  );
  assert.match(
    texts(html, ".meta")[0],
    /^3 of 4 code cells ran in 1 min 5 s · an error in cell 3$/,
  );
  assert.deepEqual(attributes(html, ".meta a", "href"), ["#cell-3"]);
  assert.ok(parsed(html).querySelector("#cell-3"));
});

Deno.test("notebookPage() writes the number and the seconds of each cell", () => {
  const html = page(
    code([], { execution_count: 7, metadata: { execution: { seconds: 0.42 } } }),
    code([], { execution_count: null, metadata: { tags: ["injected-parameters"] } }),
  );
  assert.deepEqual(texts(html, ".about"), ["[7]0.4 s", "[ ]set for this run"]);
});

Deno.test("notebookPage() lists headings of three depths, each leading to its place", () => {
  const html = page({ cell_type: "markdown", source: "# A\n## B & C\n### D\n#### E" });
  assert.deepEqual(texts(html, "nav.side a"), ["A", "B & C", "D"]);
  for (const href of attributes(html, "nav.side a", "href")) {
    assert.ok(parsed(html).querySelector(`[id="${href!.slice(1)}"]`), href!);
  }
  assert.deepEqual(texts(html, "details.contents a"), ["A", "B & C", "D"]);
  assert.equal(parsed(page({ cell_type: "markdown", source: "# A" })).querySelector("nav"), null);
});

Deno.test("notebookPage() keeps the headings of an output out of the list, but its ids apart", () => {
  const html = page(
    { cell_type: "markdown", source: "# A\n\n## B" },
    code([shown({ "text/markdown": "# A" })]),
  );
  assert.deepEqual(texts(html, "nav.side a"), ["A", "B"]);
  assert.deepEqual(attributes(html, "h1", "id"), ["a", "a-2"]);
});

Deno.test("notebookPage() leads home if told, and leaves out empty cells", () => {
  const html = notebookPage({ cells: [code([], { source: " " })] }, {
    title: "x",
    home: "index.html",
  });
  assert.deepEqual(attributes(html, ".home a", "href"), ["index.html"]);
  assert.equal(parsed(html).querySelector(".cell"), null);
});

Deno.test("notebookPage() gives the same page for the same notebook, and refuses what is none", () => {
  const cells = [code([shown({ "text/plain": "x" })])];
  assert.equal(page(...cells), page(...cells));
  assert.throws(
    () => notebookPage({} as never, { title: "a.ipynb" }),
    /Cannot make a page of a\.ipynb as it is no notebook/,
  );
});
