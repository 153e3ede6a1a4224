/** The committed form: what goes, what stays, and that it is stable. */

import assert from "node:assert/strict";
import { join } from "node:path";
import fc from "fast-check";
import { stripNotebook } from "lib/notebook/mod.ts";
import { inFolder, notebookText } from "./fixtures.ts";

const DIRTY = {
  cells: [
    {
      cell_type: "markdown",
      id: "intro",
      metadata: { slideshow: { slide_type: "slide" }, editable: true },
      source: "# Title\n\ntext with <b> and é",
      attachments: { "a.png": { "image/png": "AA==" } },
    },
    {
      cell_type: "code",
      execution_count: 12,
      id: "train",
      metadata: {
        tags: ["parameters"],
        timeout: 30,
        mlops_role: "gate",
        execution: { "iopub.status.busy": "2026-01-01" },
        collapsed: false,
      },
      outputs: [{ output_type: "stream", name: "stdout", text: ["1\n"] }],
      source: ["const trees = 50;\n", "trees;"],
    },
    { cell_type: "code", metadata: { tags: [] }, source: "", outputs: [], execution_count: null },
  ],
  metadata: {
    kernelspec: { display_name: "Deno (mine)", language: "typescript", name: "deno-mine" },
    language_info: { name: "typescript", version: "6.0.3", mimetype: "text/x.typescript" },
    widgets: {},
    mlops: { order: 1 },
  },
  nbformat: 4,
  nbformat_minor: 4,
};

Deno.test("stripNotebook: takes outputs, counts and volatile metadata out, and keeps the rest", () => {
  const { cells, metadata, ...version } = JSON.parse(stripNotebook(JSON.stringify(DIRTY)));
  const [prose, code, empty] = cells;
  assert.deepEqual(prose, {
    attachments: { "a.png": { "image/png": "AA==" } },
    cell_type: "markdown",
    id: "intro",
    metadata: { slideshow: { slide_type: "slide" } },
    source: ["# Title\n", "\n", "text with <b> and é"],
  });
  assert.deepEqual(code, {
    cell_type: "code",
    execution_count: null,
    id: "train",
    metadata: { tags: ["parameters"], timeout: 30, mlops_role: "gate" },
    outputs: [],
    source: ["const trees = 50;\n", "trees;"],
  });
  assert.deepEqual([empty.id, empty.metadata, empty.source], ["cell-3", {}, []]);
  assert.deepEqual(metadata, {
    kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
    language_info: { name: "typescript" },
    mlops: { order: 1 },
  });
  assert.deepEqual(version, { nbformat: 4, nbformat_minor: 5 });
});

Deno.test("stripNotebook: doing it twice changes nothing, whatever the cells say", () => {
  const cell = fc.record({
    cell_type: fc.constantFrom("code", "markdown", "raw"),
    id: fc.option(fc.stringMatching(/^[\w-]{0,5}$/), { nil: undefined }),
    source: fc.oneof(fc.string(), fc.array(fc.string())),
    metadata: fc.dictionary(
      fc.constantFrom("tags", "slideshow", "mlops_x", "junk"),
      fc.jsonValue(),
    ),
    outputs: fc.array(fc.jsonValue()),
    execution_count: fc.option(fc.nat(9)),
  });
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 4 }), (cells) => {
      const once = stripNotebook(JSON.stringify({ cells, nbformat: 4 }));
      assert.equal(stripNotebook(once), once);
    }),
    { numRuns: 200 },
  );
});

Deno.test("stripNotebook: its form is stable under deno fmt, and that of deno fmt under it", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    const messy = notebookText([
      { prose: "*  one\n*  two" },
      { code: "const a=1\nlet   b = 'x'", metadata: { tags: ["a", "b"], timeout: 3 } },
      "",
    ]);
    await Deno.writeTextFile(path, stripNotebook(messy));
    await fmt(path, []);
    const formatted = await Deno.readTextFile(path), stripped = stripNotebook(formatted);
    assert.match(formatted, /const a = 1;/);
    assert.deepEqual(JSON.parse(stripped), JSON.parse(stripNotebook(stripped)));
    await Deno.writeTextFile(path, stripped);
    await fmt(path, ["--check"]);
    assert.equal(stripNotebook(await Deno.readTextFile(path)), stripped);
  });
});

async function fmt(path: string, options: string[]): Promise<void> {
  const args = ["fmt", "--no-config", ...options, path];
  const { success, stderr } = await new Deno.Command(Deno.execPath(), { args }).output();
  assert.ok(success, new TextDecoder().decode(stderr));
}
