/** Parameters: what is one, what it may become, and how the error reads. */

import assert from "node:assert/strict";
import fc from "fast-check";
import {
  injectParameters,
  type Json,
  parameterFromText,
  parametersFromText,
  parametersOf,
  parseNotebook,
  sourceOf,
} from "lib/notebook/mod.ts";
import { notebookText } from "./fixtures.ts";

function notebookWith(source: string) {
  const metadata = { tags: ["parameters"] };
  return parseNotebook(notebookText(["1;", { code: source, metadata }, "2;"]), "a.ipynb");
}

Deno.test("parametersOf: literals of every kind, with types and comments around them", () => {
  const source = `// const ignored = 1;
const trees = 1_000; // per forest
let rate: number = -.5e-1;
const name: "iris" | "wine" = "iris" as const;
var text = 'it\\'s \\u00e9\\n' satisfies string;
const on = true, off = false;
const nothing: string | null = null
/* const hidden = 2; */ const plain = \`a \\\`b\\\`\`;
const sizes = [
  10, // small
  20,
];
const limits: Record<string, number> = { low: 0.1, "high-er": 2, 'x': -1, };
const twice = trees * 2;
const shout = "a".toUpperCase();
const chained = [1, 2]
  .map((n) => n + 1);
const place = \`\${name}.csv\`;
const f = () => 5;
`;
  assert.deepEqual(parametersOf(notebookWith(source)), {
    trees: 1000,
    rate: -0.05,
    name: "iris",
    text: "it's é\n",
    nothing: null,
    plain: "a `b`",
    sizes: [10, 20],
    limits: { low: 0.1, "high-er": 2, x: -1 },
  });
});

Deno.test("parametersOf: none where no cell is tagged", () => {
  assert.deepEqual(parametersOf(parseNotebook(notebookText(["const a = 1;"]), "a.ipynb")), {});
});

Deno.test("parametersOf: any JSON value that is written down is read back", () => {
  fc.assert(fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
    const plain = JSON.parse(JSON.stringify(value));
    const source = `const value = ${JSON.stringify(plain)};`;
    assert.deepEqual(parametersOf(notebookWith(source)), { value: plain });
  }));
});

Deno.test("injectParameters: keeps the keyword, behind the tagged cell, and injecting is repeatable", () => {
  const notebook = notebookWith("let a = 1;\nconst b = 'x';");
  const once = injectParameters(notebook, { b: "y", a: 2 });
  assert.deepEqual(once.cells.map(sourceOf), [
    "1;",
    "let a = 1;\nconst b = 'x';",
    '// Parameters\nconst b = "y";\nlet a = 2;',
    "2;",
  ]);
  assert.deepEqual(injectParameters(once, { b: "y", a: 2 }), once);
  assert.deepEqual(injectParameters(once, {}), notebook);
  assert.deepEqual(injectParameters(notebook, {}), notebook);
});

Deno.test("injectParameters: refuses an unknown name and a wrong type in one line", () => {
  const notebook = notebookWith(
    "const n = 1;\nconst s = '';\nconst on = true;\nconst l = [1];\nconst o = {};\nconst any = null;",
  );
  const refused: [Record<string, Json>, string][] = [
    [{ m: 1 }, 'parameter must be one of n, s, on, l, o, any: got "m"'],
    [{ n: "1" }, 'parameter n must be a finite number: got "1"'],
    [{ n: Infinity }, "parameter n must be a finite number: got Infinity"],
    [{ s: 1 }, "parameter s must be a text: got 1"],
    [{ on: "true" }, 'parameter on must be true or false: got "true"'],
    [{ l: { a: 1 } }, 'parameter l must be a JSON array: got {"a":1}'],
    [{ o: [1] }, "parameter o must be a JSON object: got [1]"],
    [{ o: null }, "parameter o must be a JSON object: got null"],
    [{ any: NaN }, "parameter any must be a finite number: got NaN"],
  ];
  for (const [parameters, message] of refused) {
    assert.throws(() => injectParameters(notebook, parameters), { name: "BadInput", message });
  }
  const cells = injectParameters(notebook, { any: [1], o: { a: 1 } }).cells;
  assert.match(sourceOf(cells[2]), /const any = \[1\];\nconst o = \{"a":1\};/);
  const bare = parseNotebook(notebookText(["1;"]), "a.ipynb");
  assert.throws(() => injectParameters(bare, { n: 1 }), {
    message: 'parameter must not be given, as the notebook has none: got "n"',
  });
});

Deno.test("parameterFromText: the type of the default decides", () => {
  const read: [string, Json, Json][] = [
    ["5", 1, 5],
    ["-1.5e3", 1, -1500],
    ["true", false, true],
    ["5", "text", "5"],
    ["", "text", ""],
    ["[1, 2]", [], [1, 2]],
    ['{"a": 1}', {}, { a: 1 }],
    ["5", null, 5],
    ["five", null, "five"],
  ];
  for (const [text, fallback, value] of read) {
    assert.deepEqual(parameterFromText(text, fallback), value);
  }
});

Deno.test("parameterFromText: what says nothing of that type is one line", () => {
  const refused: [string, Json, string][] = [
    ["many", 1, "a finite number"],
    ["", 1, "a finite number"],
    ["1e999", 1, "a finite number"],
    ["0x10", 1, "a finite number"],
    ["yes", true, "true or false"],
    ["1", true, "true or false"],
    ["1,2", [], "a JSON array"],
    ["[1]", {}, "a JSON object"],
  ];
  for (const [text, fallback, rule] of refused) {
    assert.throws(() => parameterFromText(text, fallback, "x"), {
      name: "BadInput",
      message: `parameter x must be ${rule}: got ${JSON.stringify(text)}`,
    });
  }
});

Deno.test("parametersFromText: names, values with =, and the later of two", () => {
  const defaults = { seed: 7, note: "" };
  assert.deepEqual(parametersFromText(["seed=1", "note=a=b", "seed=2"], defaults), {
    seed: 2,
    note: "a=b",
  });
  for (
    const [setting, message] of [
      ["seed", '--set must be name=value: got "seed"'],
      ["=5", '--set must be name=value: got "=5"'],
      ["sed=1", 'parameter must be one of seed, note: got "sed"'],
      ["seed=x", 'parameter seed must be a finite number: got "x"'],
    ]
  ) {
    assert.throws(() => parametersFromText([setting], defaults), { name: "BadInput", message });
  }
});
