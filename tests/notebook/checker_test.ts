/** Each planted fault is found, at its place; a good notebook has none; no file is left. */

import assert from "node:assert/strict";
import { basename, join } from "node:path";
import { checkNotebooks, findingLine } from "lib/notebook/mod.ts";
import { type CellSpec, inFolder, notebookText, write } from "./fixtures.ts";

const SETUP = 'import "lib/notebook/setup.ts";';

const PROSE = { prose: "Then:" };

/** A notebook with planted faults, and the findings that it must give. */
interface Case {
  readonly name: string;
  /** Cells behind the one with the setup. */
  readonly cells: readonly CellSpec[];
  /** What stands instead of the setup. */
  readonly first?: CellSpec;
  /** The findings; a pattern where Deno words them. */
  readonly found: readonly (string | RegExp)[];
}

const LONG = Array.from({ length: 16 }, (_, i) => `console.log(${i});`).join("\n");
const NO_SETUP = '[cell 1]: must begin with import "lib/notebook/setup.ts";';

const CASES: readonly Case[] = [
  {
    name: "a good notebook has no finding",
    cells: [
      PROSE,
      'import { sha256 } from "lib/core/mod.ts";\n\nconst digest = sha256("");',
      PROSE,
      "await Promise.resolve(digest);",
      PROSE,
      "digest;",
    ],
    found: [],
  },
  {
    name: "types, also across cells",
    cells: [PROSE, "const n = 1;", PROSE, "n;\nconst text: string = n;"],
    found: ["[cell 3] line 2: Type 'number' is not assignable to type 'string'."],
  },
  {
    name: "a name that a module does not export",
    cells: [PROSE, 'import { nothing } from "lib/core/mod.ts";\nnothing;'],
    found: [/^\[cell 2\] line 1: Module .* has no exported member 'nothing'\.$/],
  },
  {
    name: "a module that is not there",
    cells: [PROSE, '\nimport { a } from "lib/none.ts";\na;'],
    found: [/^\[cell 2\] line 2: Cannot find module .*lib\/none\.ts/],
  },
  {
    name: "syntax, cell by cell",
    cells: [PROSE, "1;\nconst b = ;", PROSE, "if (true) {", PROSE, "1;"],
    found: [
      "[cell 2] line 2: does not parse at column 11: Expression expected",
      /^\[cell 3\] line 1: does not parse at column \d+: Expected '}', got '<eof>'$/,
    ],
  },
  {
    name: "lint, but for the rules that are not for notebooks",
    cells: [PROSE, "let unused = 1;\nconst x: any = 2;\nasync function f() {}\nx;"],
    found: [
      "[cell 2] line 1: `unused` is never reassigned (prefer-const)",
      "[cell 2] line 2: `any` type is not allowed (no-explicit-any)",
    ],
  },
  {
    name: "a name declared in two cells, as variable, function and import",
    cells: [
      PROSE,
      'import { show } from "lib/core/mod.ts";\nconst n = 1;\nfunction f() {}\n[show, n, f];',
      PROSE,
      'import { show } from "lib/core/mod.ts";\nconst n = 2;\nfunction f() {}\nn;',
    ],
    found: [
      "[cell 3] line 1: declares show again, after cell 2: a name belongs to one cell",
      "[cell 3] line 2: declares n again, after cell 2: a name belongs to one cell",
      "[cell 3] line 3: declares f again, after cell 2: a name belongs to one cell",
    ],
  },
  {
    name: "a name imported in one cell and declared in another",
    cells: [PROSE, 'import { show } from "lib/core/mod.ts";', PROSE, "const show = 3;"],
    found: [/^\[cell 2\] line 1: Import declaration conflicts .*'show'/],
  },
  {
    name: "outputs, counts and volatile metadata",
    cells: [
      { prose: "Then:", metadata: { collapsed: true }, id: "p" },
      {
        code: "1;",
        outputs: [{ output_type: "stream", name: "stdout", text: "1" }],
        count: 4,
        metadata: { execution: {}, tags: ["x"], timeout: 9 },
      },
    ],
    found: [
      ": the markdown cell p has metadata collapsed: run deno task strip",
      "[cell 2]: has outputs: run deno task strip",
      "[cell 2]: has an execution count: run deno task strip",
      "[cell 2]: has metadata execution: run deno task strip",
    ],
  },
  {
    name: "two code cells without prose between, long cells, import.meta",
    cells: [
      "1;",
      PROSE,
      LONG.split("\n").slice(0, 15).join("\n"),
      PROSE,
      LONG,
      { prose: " " },
      "import.meta;",
    ],
    found: [
      "[cell 2]: follows a code cell without prose between: say what comes and why",
      "[cell 4]: has 16 lines: at most 15, so move code to lib",
      "[cell 5]: follows a code cell without prose between: say what comes and why",
      "[cell 5] line 1: uses import.meta: a cell has none",
    ],
  },
  {
    name: "the first code cell only talks of the setup",
    first: 'console.log("lib/notebook/setup.ts");',
    cells: [],
    found: [NO_SETUP],
  },
  { name: "the setup in a later cell", first: "1;", cells: [PROSE, SETUP], found: [NO_SETUP] },
];

Deno.test("checkNotebooks: finds each planted fault at its place", async (test) => {
  await inFolder(async (folder) => {
    const paths = await Promise.all(
      CASES.map(({ cells, first = SETUP }, i) =>
        write(folder, `case_${i}.ipynb`, [{ prose: "# Case" }, first, ...cells])
      ),
    );
    const findings = await checkNotebooks(paths);
    assert.equal([...Deno.readDirSync(folder)].length, CASES.length, "no other file is left");
    for (const [i, { name, found }] of CASES.entries()) {
      await test.step(name, () => {
        const lines = findings
          .filter(({ notebook }) => notebook === paths[i])
          .map((finding) => findingLine(finding).slice(paths[i].length).trimStart());
        assert.equal(lines.length, found.length, lines.join("\n"));
        lines.forEach((line, at) => {
          const wanted = found[at];
          if (typeof wanted === "string") assert.equal(line, wanted);
          else assert.match(line, wanted);
        });
      });
    }
    const known = findings.filter(({ notebook }) => paths.includes(notebook));
    assert.deepEqual(findings, known, "nothing is said of other files");
  });
});

Deno.test("checkNotebooks: another spelling of the file than the committed one", async () => {
  await inFolder(async (folder) => {
    const path = join(folder, "a.ipynb"), text = notebookText([SETUP]);
    await Deno.writeTextFile(path, JSON.stringify(JSON.parse(text)));
    const found = await checkNotebooks([path]);
    assert.deepEqual(found.map(({ message }) => message), [
      "is not in the form that is committed: run deno task strip",
    ]);
  });
});

Deno.test("checkNotebooks: a committed cell of injected parameters", async () => {
  const injected = { code: "const n = 2;", metadata: { tags: ["injected-parameters"] } };
  await inFolder(async (folder) => {
    const cells = [{ prose: "# A" }, SETUP, PROSE, "const n = 1;", PROSE, injected, PROSE, "n;"];
    const found = (await checkNotebooks([await write(folder, "a.ipynb", cells)])).map(findingLine);
    const rule = "[cell 2]: is followed by injected parameters: delete that cell";
    assert.ok(found.some((line) => line.endsWith(rule)), found.join("\n"));
  });
});

Deno.test("checkNotebooks: several notebooks, one of which cannot even be loaded", async () => {
  await inFolder(async (folder) => {
    const types = await write(folder, "types.ipynb", [SETUP + "\nconst n: number = 'x';"]);
    const npm = await write(folder, "npm.ipynb", [
      SETUP + '\nimport "npm:this-package-does-not-exist-zz@1";',
    ]);
    const good = await write(folder, "good.ipynb", [SETUP]);
    const found = await checkNotebooks([npm, good, types]);
    const places = found.map(({ notebook, cell, line }) => [basename(notebook), cell, line]);
    assert.deepEqual(places, [["npm.ipynb", 1, 2], ["types.ipynb", 1, 2]]);
  });
});

Deno.test("checkNotebooks: a fault in a module of the notebook's own is named with that file", async () => {
  await inFolder(async (folder) => {
    await Deno.writeTextFile(join(folder, "own.ts"), "\nexport const n: number = 'x';\n");
    const path = await write(folder, "a.ipynb", [SETUP + '\nimport { n } from "./own.ts";\nn;']);
    const [{ notebook, cell, line, message }] = await checkNotebooks([path]);
    assert.deepEqual([basename(notebook), cell, line], ["own.ts", 0, 2]);
    assert.match(message, /not assignable/);
  });
});

Deno.test("checkNotebooks: no notebooks, and a file that is none", async () => {
  assert.deepEqual(await checkNotebooks([]), []);
  await assert.rejects(checkNotebooks(["none.ipynb"]), {
    name: "BadInput",
    message: 'notebook must be an existing file: got "none.ipynb"',
  });
});
