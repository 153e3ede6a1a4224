/** Notebooks that run well: outputs, records, events, parameters, the executed copy. */

import assert from "node:assert/strict";
import { join } from "node:path";
import {
  failureLine,
  type Notebook,
  type Output,
  readNotebook,
  type RunEvent,
  runNotebook,
  writeExecuted,
} from "lib/notebook/mod.ts";
import { assertGone, inFolder, outputsOf, runCells, textOf, write } from "./fixtures.ts";

const BOTH = (i: number) => `console.log("line ${i}");\n${i} * 2;`;

Deno.test("runNotebook: 200 of 200 outputs of 100 cells are kept, each under its cell", async () => {
  const run = await runCells(Array.from({ length: 100 }, (_, i) => BOTH(i)));
  assert.equal(run.error, undefined);
  let kept = 0;
  for (let i = 0; i < 100; i++) {
    const shown = outputsOf(run, i + 2).map((output) =>
      output.output_type === "stream"
        ? [output.text].flat().join("")
        : "data" in output && output.data["text/plain"]
    );
    assert.deepEqual(shown, [`line ${i}\n`, String(i * 2)]);
    kept += shown.length;
  }
  assert.equal(kept, 200);
});

Deno.test("runNotebook: outputs stay with their cells when the notebook imports the setup", async () => {
  const setup = 'import "lib/notebook/setup.ts";';
  const run = await runCells([setup, ...Array.from({ length: 20 }, (_, i) => BOTH(i))]);
  for (let i = 0; i < 20; i++) assert.equal(textOf(run, i + 3), `line ${i}\n${i * 2}`);
});

Deno.test("runNotebook: runs in the notebook's folder, without colours, with the given variables", async () => {
  const run = await runCells(
    ["[Deno.cwd().split('/').at(-2), Deno.noColor, Deno.env.get('MARK')]"],
    {
      env: { MARK: "here" },
    },
  );
  assert.equal(textOf(run, 2), '[ "out", true, "here" ]');
});

Deno.test("runNotebook: merges what is printed in one go and keeps stdout from stderr", async () => {
  const run = await runCells(["console.log(1); console.log(2); console.error(3); console.log(4);"]);
  assert.deepEqual(outputsOf(run, 2), [
    { output_type: "stream", name: "stdout", text: ["1\n", "2\n"] },
    { output_type: "stream", name: "stderr", text: ["3\n"] },
    { output_type: "stream", name: "stdout", text: ["4\n"] },
  ]);
});

Deno.test("runNotebook: an update changes the display, also one of an earlier cell", async () => {
  const show = (text: string, update: boolean) =>
    `await Deno.jupyter.display({ "text/plain": "${text}" }, { raw: true, display_id: "a", update: ${update} });`;
  const run = await runCells([show("0/2", false) + show("1/2", true), show("2/2", true)]);
  assert.equal(textOf(run, 2), "2/2");
  assert.deepEqual(outputsOf(run, 3), []);
});

Deno.test("runNotebook: clear_output takes back what the cell has shown", async () => {
  const clear = (wait: boolean) =>
    `await Deno.jupyter.broadcast("clear_output", { wait: ${wait} });`;
  const run = await runCells([
    `console.log("old"); ${clear(false)} console.log("new");`,
    `console.log("old"); ${clear(true)} console.log("new");`,
    `console.log("stays"); ${clear(true)}`,
  ]);
  assert.deepEqual([2, 3, 4].map((n) => textOf(run, n)), ["new\n", "new\n", "stays\n"]);
});

Deno.test("runNotebook: skip-execution and empty cells are not run", async () => {
  const skipped = { code: "throw new Error('run')", metadata: { tags: ["skip-execution"] } };
  const run = await runCells([skipped, "", "'ran'"]);
  assert.equal(run.error, undefined);
  assert.deepEqual(run.cells.map(({ status }) => status), ["ok", "skipped", "skipped", "ok"]);
});

Deno.test("runNotebook: hands over the published records, merged", async () => {
  const run = await runCells([
    'import { publish } from "lib/notebook/mod.ts";\nawait publish({ runId: "r1", trees: 5 });',
    'await publish({ trees: 50, gate: { promote: true }, apiKey: "abcdefgh" });',
  ]);
  assert.equal(failureLine(run), "");
  const records = { runId: "r1", trees: 50, gate: { promote: true }, apiKey: "[redacted]" };
  assert.deepEqual(run.records, records);
  assert.match(textOf(run, 3), /^trees +50\ngate\.promote +true\napiKey +\[redacted\]$/);
});

Deno.test("runNotebook: a record comes through, however much its cell has shown", async () => {
  const run = await runCells([
    'import { publish } from "lib/notebook/mod.ts";\n' +
    "console.log('x'.repeat(2_000_000));\nawait publish({ kept: true });",
  ]);
  assert.deepEqual(run.records, { kept: true });
});

Deno.test("runNotebook: a record that is no plain data fails the cell", async () => {
  const run = await runCells([
    'import { publish } from "lib/notebook/mod.ts";\nawait publish({ accuracy: NaN });',
  ]);
  assert.match(failureLine(run), /TypeError: .*\/accuracy must be plain data: NaN$/);
  assert.deepEqual(run.records, {});
});

Deno.test("runNotebook: tells what happens as it happens", async () => {
  const events: RunEvent[] = [];
  const run = await runCells([{ prose: "## Greet" }, "console.log('hello');"], {
    onEvent: (event) => events.push(event),
  });
  const told = events.filter(({ kind }) => kind !== "kernel-log").slice(2);
  assert.deepEqual(told.map(({ kind }) => kind), [
    "cell-start",
    "cell-output",
    "cell-end",
    "notebook-end",
  ]);
  assert.deepEqual(told[0], { kind: "cell-start", number: 2, total: 2, title: "Greet" });
  assert.deepEqual(told[1], {
    kind: "cell-output",
    number: 2,
    output: { output_type: "stream", name: "stdout", text: "hello\n" },
  });
  assert.deepEqual(told[2], { kind: "cell-end", total: 2, ...run.cells[1] });
  assert.ok(run.cells[1].seconds > 0 && run.cells[1].seconds < run.seconds);
});

Deno.test("runNotebook: parameters replace the notebook's own", async () => {
  await inFolder(async (folder) => {
    const parameters = {
      code: "const trees = 50;\nlet name = 'iris';",
      metadata: { tags: ["parameters"] },
    };
    const path = await write(folder, "a.ipynb", [{ prose: "# A" }, parameters, "[trees, name]"]);
    const run = await runNotebook(path, { parameters: { trees: 5 } });
    assert.equal(textOf(run, 3), '[ 5, "iris" ]');
    assert.deepEqual(run.cells.map(({ number, title }) => [number, title]), [
      [1, "A"],
      [2, "[trees, name]"],
    ]);
    const [, , injected] = run.notebook.cells;
    assert.deepEqual(injected.source, ["// Parameters\n", "const trees = 5;"]);
    assert.deepEqual(injected.metadata, { tags: ["injected-parameters"] });

    const again = join(folder, "again.ipynb"); // an executed copy can be run with others
    await Deno.writeTextFile(again, JSON.stringify(run.notebook));
    const second = await runNotebook(again, { parameters: { name: "wine" } });
    assert.equal(textOf(second, 3), '[ 50, "wine" ]');
  });
});

Deno.test("runNotebook: a wrong parameter is one clear line, before any kernel starts", async () => {
  await inFolder(async (folder) => {
    const metadata = { tags: ["parameters"] };
    const path = await write(folder, "a.ipynb", [{
      code: "const trees = 50, x = 1;\nconst seed = 7;\nconst on = true;",
      metadata,
    }]);
    const cases: [Record<string, never>, string][] = [
      [{ sed: 1 }, 'parameter must be one of seed, on: got "sed"'],
      [{ seed: "abc" }, 'parameter seed must be a finite number: got "abc"'],
      [{ seed: NaN }, "parameter seed must be a finite number: got NaN"],
      [{ on: 1 }, "parameter on must be true or false: got 1"],
    ] as unknown as [Record<string, never>, string][];
    for (const [parameters, message] of cases) {
      await assert.rejects(runNotebook(path, { parameters }), { name: "BadInput", message });
    }
  });
});

Deno.test("runNotebook: a file that is no notebook is one clear line", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb");
    const message = (text: string) => ({ name: "BadInput", message: `${text}` });
    await assert.rejects(
      runNotebook(path),
      message(`notebook must be an existing file: got "${path}"`),
    );
    const cases = [
      ["{", 'must be JSON: got "{"'],
      ["[]", "must be a JSON object: got []"],
      ["{}", "cells must be an array: got undefined"],
      ['{"cells": [], "nbformat": 3}', "nbformat must be 4: got 3"],
      ['{"cells": [7], "nbformat": 4}', "cells/0 must be an object: got 7"],
      [
        '{"cells": [{"cell_type": "heading", "source": ""}], "nbformat": 4}',
        'cells/0/cell_type must be code, markdown or raw: got "heading"',
      ],
      [
        '{"cells": [{"cell_type": "code", "source": 7}], "nbformat": 4}',
        "cells/0/source must be a text or an array of texts: got 7",
      ],
      [
        '{"cells": [{"cell_type": "code", "source": "", "metadata": {"timeout": "9"}}], "nbformat": 4}',
        'cells/0/metadata/timeout must be a number of seconds above 0: got "9"',
      ],
    ];
    for (const [text, rule] of cases) {
      await Deno.writeTextFile(path, text);
      await assert.rejects(runNotebook(path), message(`${path} ${rule}`));
    }
  });
});

Deno.test("runNotebook: output beyond 1 MB is cut with a note, and the notebook goes on", async () => {
  const run = await runCells([
    "Deno.jupyter.html`${'x'.repeat(12_000_000)}`",
    "Array.from({ length: 2000 }, () => 'q'.repeat(20_000))",
    "console.log('y'.repeat(9_000_000)); console.log('more');",
    "for (let i = 0; i < 30; i++) console.log('z'.repeat(100_000));",
    'await Deno.jupyter.display({ "text/plain": "[chart]", "image/png": "A".repeat(11_000_000) }, { raw: true });',
    'await Deno.jupyter.broadcast("display_data", { data: { "text/html": "B".repeat(8_000_000) }, metadata: {}, transient: {} });',
    "'as before'",
  ]);
  assert.equal(failureLine(run), "");
  const texts = [2, 3, 4, 5, 6, 7, 8].map((number) => textOf(run, number));
  const note = "a cell may show 1 MB]";
  assertShort(texts[0], new RegExp(`^\\[text/html of 12000 kB left out: ${note}$`));
  assertShort(texts[1], new RegExp(`^[^]{1000}\n\\[text cut: ${note}$`));
  assertShort(texts[2], new RegExp(`^y{1000000}\n\\[the rest is left out: ${note}\n$`));
  assertShort(texts[3], new RegExp(`^(z{100000}\n){10}\\[the rest is left out: ${note}\n$`));
  assertShort(texts[4], new RegExp(`^\\[chart]\n\\[image/png of 11000 kB left out: ${note}$`));
  assertShort(texts[5], new RegExp(`^\\[text/html of 8000 kB left out: ${note}$`));
  assertShort(texts[6], /^"as before"$/);
});

Deno.test("runNotebook: a cell of imports shows nothing, and ends the cell's budget of output", async () => {
  const run = await runCells([
    "console.log('x'.repeat(999_990));\nimport { sha256 } from \"lib/core/mod.ts\";",
    "console.log('whole again: ' + sha256('').length);",
  ]);
  assert.deepEqual(outputsOf(run, 2).map(({ output_type: type }) => type), ["stream"]);
  assert.equal(textOf(run, 3), "whole again: 64\n");
});

Deno.test("runNotebook: an old notebook without ids becomes a valid one of 4.5", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "old.ipynb");
    const cells = [
      { cell_type: "markdown", metadata: {}, source: "# Old" },
      {
        cell_type: "code",
        metadata: {},
        source: "1 + 1",
        outputs: [{ old: true }],
        execution_count: 9,
      },
      { cell_type: "code", metadata: {}, source: "throw new Error('x')" },
      {
        cell_type: "code",
        metadata: {},
        source: "3",
        outputs: [{ old: true }],
        execution_count: 9,
      },
    ];
    await Deno.writeTextFile(
      path,
      JSON.stringify({ cells, metadata: {}, nbformat: 4, nbformat_minor: 2 }),
    );
    const run = await runNotebook(path);
    assertValid(run.notebook);
    assert.deepEqual(run.notebook.cells.map((cell) => cell.id), [
      "cell-1",
      "cell-2",
      "cell-3",
      "cell-4",
    ]);
    const [, two, , four] = run.notebook.cells;
    assert.ok(two.cell_type === "code" && four.cell_type === "code");
    assert.equal(two.execution_count, 1);
    assert.deepEqual([four.outputs, four.execution_count], [[], null], "stale outputs are gone");
  });
});

Deno.test("writeExecuted: writes the whole copy under the notebook's name, and nothing beside it", async () => {
  const chart =
    '({ [Symbol.for("Jupyter.display")]: () => ({ "image/svg+xml": "<svg/>", "image/png": "AA==", "text/plain": "[chart]" }) })';
  const run = await runCells([chart, "console.log(1)", "throw new Error('x')"]);
  assertValid(run.notebook);
  await inFolder(async (folder) => {
    const path = await writeExecuted(run, join(folder, "notebooks"));
    assert.equal(path, join(folder, "notebooks", "test.ipynb"));
    assert.deepEqual(await readNotebook(path), run.notebook);
    assert.deepEqual(Object.keys(dataOf(await readNotebook(path))), [
      "image/svg+xml",
      "image/png",
      "text/plain",
    ]);
    await writeExecuted(run, join(folder, "notebooks"), { publish: true });
    assert.deepEqual(Object.keys(dataOf(await readNotebook(path))), ["image/png", "text/plain"]);
    const names = [...Deno.readDirSync(join(folder, "notebooks"))].map(({ name }) => name);
    assert.deepEqual(names, ["test.ipynb"]);
  });
});

Deno.test("runNotebook: two at once do not disturb each other", async () => {
  const cells = Array.from({ length: 15 }, (_, i) => BOTH(i));
  const runs = await Promise.all([runCells(cells), runCells(cells)]);
  for (const run of runs) assert.equal(textOf(run, 16), "line 14\n28");
});

Deno.test("runNotebook: a child of a cell that holds the kernel's streams does not hold up the end", async () => {
  const run = await runCells([
    'const child = new Deno.Command("sleep", { args: ["20"], stdin: "null" }).spawn();\nString(child.pid)',
  ]);
  const pid = Number(textOf(run, 2).replaceAll('"', ""));
  assert.ok(run.seconds < 10, `took ${run.seconds} s`);
  Deno.kill(pid, "SIGKILL");
  await assertGone(pid);
});

/** Like assert.match, but does not print a megabyte when it fails. */
function assertShort(text: string, pattern: RegExp): void {
  assert.ok(
    pattern.test(text),
    `${text.length} characters: ${text.slice(0, 40)} … ${text.slice(-80)}`,
  );
}

function dataOf(notebook: Notebook): Record<string, unknown> {
  const output = notebook.cells.flatMap((cell) => cell.cell_type === "code" ? cell.outputs : [])[0];
  assert.ok("data" in output);
  return output.data;
}

/** The rules of nbformat 4.5, as far as they concern what the runner writes. */
function assertValid(notebook: Notebook): void {
  assert.deepEqual([notebook.nbformat, notebook.nbformat_minor], [4, 5]);
  const ids = notebook.cells.map((cell) => cell.id);
  assert.equal(new Set(ids).size, ids.length);
  for (const cell of notebook.cells) {
    assert.match(cell.id ?? "", /^[a-zA-Z0-9-_]{1,64}$/);
    assert.equal(cell.cell_type === "code", "outputs" in cell);
    assert.equal(cell.cell_type === "code", "execution_count" in cell);
    if (cell.cell_type === "code") cell.outputs.forEach(assertValidOutput);
  }
}

function assertValidOutput(output: Output): void {
  const keys = Object.keys(output).sort();
  switch (output.output_type) {
    case "stream":
      return assert.deepEqual(keys, ["name", "output_type", "text"]);
    case "error":
      return assert.deepEqual(keys, ["ename", "evalue", "output_type", "traceback"]);
    case "display_data":
      return assert.deepEqual(keys, ["data", "metadata", "output_type"]);
    case "execute_result":
      assert.ok(Number.isInteger(output.execution_count));
      return assert.deepEqual(keys, ["data", "execution_count", "metadata", "output_type"]);
  }
}
