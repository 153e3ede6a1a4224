/** Every way in which a cell can fail: named in the run, and no kernel is left. */

import assert from "node:assert/strict";
import { failureLine, type NotebookRun } from "lib/notebook/mod.ts";
import { type CellSpec, outputsOf, runCells, textOf } from "./fixtures.ts";

/** One cell that fails (cell 2 of its notebook), and how. */
interface Case {
  readonly title: string;
  readonly cell: CellSpec;
  readonly timeoutSeconds?: number;
  readonly name: string;
  readonly message: string | RegExp;
}

const CASES: readonly Case[] = [
  {
    title: "a cell that throws",
    cell: "function f() {\n  throw new RangeError('no');\n}\nf();",
    name: "RangeError",
    message: "no",
  },
  {
    title: "BadInput keeps its name across the wire",
    cell: 'import { BadInput } from "lib/core/mod.ts";\n' +
      'throw new BadInput({ field: "csv", rule: "must exist" });',
    name: "BadInput",
    message: "csv must exist",
  },
  { title: "a thrown text", cell: "throw 'plain'", name: "Error", message: /plain/ },
  {
    title: "a syntax error says cell, line, column and what",
    cell: "const a = 1;\nconst b = ;",
    name: "SyntaxError",
    message: "cell 2 line 2 column 11 does not parse: Expression expected, at `const b = ;`",
  },
  {
    title: "an open bracket is a syntax error of its own cell",
    cell: "function f() {\n  return 1;",
    name: "SyntaxError",
    message: /^cell 2 line 2 .*does not parse: Expected '}'/,
  },
  {
    title: "a missing npm package says cell, line and package",
    cell: '\nimport x from "npm:this-package-does-not-exist-zz@1.0.0";\nx;',
    name: "ImportError",
    message: /^cell 2 line 2 cannot be loaded: .*this-package-does-not-exist-zz/,
  },
  {
    title: "a missing module",
    cell: 'import { a } from "lib/none.ts";\na;',
    name: "TypeError",
    message: /Module not found .*lib\/none\.ts/,
  },
  {
    title: "a loop without end runs into the time limit",
    cell: "while (true);",
    timeoutSeconds: 0.8,
    name: "TimeoutError",
    message: /^cell 2 did not end within 0\.8 s/,
  },
  {
    title: "an await without end runs into the time limit",
    cell: "await new Promise(() => {});",
    timeoutSeconds: 0.8,
    name: "TimeoutError",
    message: /^cell 2 did not end within 0\.8 s/,
  },
  {
    title: "metadata.timeout goes before the runner's limit",
    cell: { code: "while (true);", metadata: { timeout: 0.3 } },
    timeoutSeconds: 60,
    name: "TimeoutError",
    message: /^cell 2 did not end within 0\.3 s/,
  },
  {
    title: "Deno.exit, whatever its code",
    cell: "Deno.exit(0);",
    name: "Error",
    message: /^the kernel ended \(exit code 0\)/,
  },
  {
    title: "a kernel that is killed",
    cell: "Deno.kill(Deno.pid, 'SIGKILL'); await new Promise(() => {});",
    name: "Error",
    message: /^the kernel ended \(killed by SIGKILL\)/,
  },
  {
    title: "a rejection that nobody awaits",
    cell: "Promise.reject(new TypeError('lost'));\n'fine'",
    name: "TypeError",
    message: "lost",
  },
  {
    title: "an exception in a timer, instead of hanging",
    cell: "setTimeout(() => { throw new Error('late'); }, 10);\n" +
      "await new Promise((wake) => setTimeout(wake, 100));",
    name: "Error",
    message: "late",
  },
  {
    title: "a result that fails to be drawn",
    cell: "({ [Symbol.for('Jupyter.display')]() { throw new Error('cannot draw'); } })",
    name: "Error",
    message: "cannot draw",
  },
  {
    title: "a whole number of 2^53 as result, at once and not after a minute",
    cell: "2 ** 53",
    timeoutSeconds: 60,
    name: "RangeError",
    message: /loses whole numbers of 2\^53 and more: show String\(value\)/,
  },
];

/** Runs all cases, a few at a time. */
async function runAll(): Promise<NotebookRun[]> {
  const runs: NotebookRun[] = [];
  let next = 0;
  async function runNext(): Promise<void> {
    while (next < CASES.length) {
      const i = next++, { cell, timeoutSeconds } = CASES[i];
      runs[i] = await runCells([cell, "'never'"], { timeoutSeconds });
    }
  }
  await Promise.all([runNext(), runNext(), runNext()]);
  return runs;
}

Deno.test("runNotebook: stops at a cell that fails, whatever the way, and says why", async (test) => {
  const started = performance.now(), runs = await runAll();
  assert.ok(performance.now() - started < 40_000, "no case waits for a time limit of a minute");
  for (const [i, { title, name, message }] of CASES.entries()) {
    await test.step(title, () => {
      const run = runs[i];
      assert.ok(run.error, "the run must fail");
      assert.equal(run.error.name, name);
      if (typeof message === "string") assert.equal(run.error.message, message);
      else assert.match(run.error.message, message);
      assert.equal(run.error.cell, 2);
      assert.deepEqual(run.cells.map(({ status }) => status), ["ok", "failed", "not-reached"]);
      assert.ok(outputsOf(run, 2).some(({ output_type: type }) => type === "error"));
      assert.deepEqual(outputsOf(run, 3), []);
    });
  }
  assert.match(runs[0].error?.traceback.join("\n") ?? "", /at f /);
});

Deno.test("runNotebook: a keyword changed on re-declaration fails in the cell that changes it", async () => {
  const run = await runCells(["let n = 1;", "const n = 2;"]);
  assert.match(failureLine(run), /^test\.ipynb cell 3 \(const n = 2;\): SyntaxError: .*'n'/);
});

Deno.test("runNotebook: what was shown before the time limit is kept", async () => {
  const run = await runCells(["console.log('so far'); await new Promise(() => {});"], {
    timeoutSeconds: 0.5,
  });
  assert.match(textOf(run, 2), /^so far\nTimeoutError: /);
});

Deno.test("runNotebook: an abort stops the run and the kernel", async () => {
  const stop = new AbortController();
  const run = await runCells(["await new Promise(() => {});"], {
    signal: stop.signal,
    onEvent: (event) => {
      if (event.kind === "cell-start" && event.number === 2) stop.abort(new Error("enough"));
    },
  });
  assert.match(failureLine(run), /cell 2 .*: Error: enough$/);
});

Deno.test("runNotebook: raises-exception lets a cell fail, but not the kernel end", async () => {
  const metadata = { tags: ["raises-exception"] };
  const run = await runCells([
    { code: "throw new Error('meant')", metadata },
    { code: "1 +", metadata },
    "'goes on'",
    { code: "Deno.exit(3)", metadata },
  ]);
  const statuses = run.cells.map(({ status }) => status);
  assert.deepEqual(statuses, ["ok", "ok", "ok", "ok", "failed"]);
  assert.match(textOf(run, 2), /^Error: meant/);
  assert.match(textOf(run, 3), /^SyntaxError: /);
  assert.match(failureLine(run), /cell 5 .*exit code 3/);
});
