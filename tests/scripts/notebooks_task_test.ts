import assert from "node:assert/strict";
import { fromCheckout } from "lib/lifecycle/mod.ts";
import { runScript } from "./task.ts";

/** A notebook with these code cells, inside the checkout so that its imports resolve. */
async function withNotebook(
  cells: string[],
  use: (path: string, name: string) => Promise<void>,
  metadata: Record<string, unknown> = {},
): Promise<void> {
  const name = `broken-${crypto.randomUUID().slice(0, 8)}`, folder = fromCheckout(`out/${name}`);
  const notebook = {
    cells: cells.map((source, i) => ({
      cell_type: "code",
      id: `c${i}`,
      metadata,
      source,
      outputs: [],
      execution_count: null,
    })),
    metadata: { kernelspec: { name: "deno", display_name: "Deno", language: "typescript" } },
    nbformat: 4,
    nbformat_minor: 5,
  };
  await Deno.mkdir(folder, { recursive: true });
  try {
    await Deno.writeTextFile(`${folder}/${name}.ipynb`, JSON.stringify(notebook));
    await use(`${folder}/${name}.ipynb`, name);
  } finally {
    await Deno.remove(folder, { recursive: true });
    for (const end of ["ipynb", "html"]) {
      await Deno.remove(fromCheckout(`out/notebooks/${name}.${end}`)).catch(() => {});
    }
  }
}

async function assertFails(cells: string[], message: RegExp, metadata = {}): Promise<void> {
  await withNotebook(cells, async (path) => {
    const { code, err } = await runScript("run_notebooks", path);
    assert.equal(code, 1, err);
    assert.match(err.trim(), message);
    assert.doesNotMatch(err, /\n {4}at /, "a stack trace was printed");
  }, metadata);
}

Deno.test("notebooks names notebook, cell and error of a cell that throws", async () => {
  await assertFails(
    ["const a = 1;", 'throw new TypeError("planted")'],
    /^notebooks: broken-\w+.ipynb cell 2 \(.*\): TypeError: planted$/,
  );
});

Deno.test("notebooks names the place of a syntax error", async () => {
  await assertFails(
    ["const a = 1;", "const b = ;"],
    /^notebooks: broken-\w+.ipynb cell 2 .*line 1/,
  );
});

Deno.test("notebooks names an import that is missing", async () => {
  await assertFails(
    ['import "lib/no_such_file.ts";'],
    /^notebooks: broken-\w+.ipynb cell 1 .*no_such_file/,
  );
});

Deno.test("notebooks ends a cell that never ends", async () => {
  await assertFails(
    ["await new Promise(() => {})"],
    /^notebooks: broken-\w+.ipynb cell 1 .*(no end|timeout|seconds| s)/i,
    { timeout: 1 },
  );
});

Deno.test("notebooks keeps the executed copy and the page of a notebook that failed", async () => {
  await withNotebook(
    ['console.log("before");', 'throw new Error("planted")'],
    async (path, name) => {
      await runScript("run_notebooks", path);
      const copy = await Deno.readTextFile(fromCheckout(`out/notebooks/${name}.ipynb`));
      assert.match(copy, /before/);
      assert.match(await Deno.readTextFile(fromCheckout(`out/notebooks/${name}.html`)), /planted/);
    },
  );
});

Deno.test("notebooks refuses a notebook that is not there", async () => {
  const { code, err } = await runScript("run_notebooks", "notebooks/99_none.ipynb");
  assert.equal(code, 2);
  assert.match(err.trim(), /^notebooks: .*99_none.ipynb/);
  assert.equal(err.trim().split("\n").length, 1);
});

Deno.test("notebooks exits 3 with the gate's own line if a cell stops at a refusal", async () => {
  const cells = [
    'import { mustPass } from "lib/gate/mod.ts";',
    'mustPass({ decision: "refuse", rules: [] }, "green, pets:2,");',
  ];
  await withNotebook(cells, async (path) => {
    const { code, err } = await runScript("run_notebooks", path);
    assert.deepEqual([code, err.trim()], [
      3,
      "notebooks: green, pets:2, is refused by the gate.",
    ]);
  });
});
