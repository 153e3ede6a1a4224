import assert from "node:assert/strict";
import { demoSteps, fromCheckout } from "../../lib/lifecycle/mod.ts";

const notebooks = [...Deno.readDirSync(fromCheckout("notebooks"))]
  .map(({ name }) => name)
  .filter((name) => name.endsWith(".ipynb"))
  .map((name) => name.replace(/\.ipynb$/, ""));

Deno.test("demoSteps() knows every notebook, and opens one chapter for it", () => {
  assert.ok(notebooks.length > 0);
  for (const notebook of notebooks) {
    const open = demoSteps(notebook).filter(({ state }) => state === "now");
    assert.equal(open.length, 1, notebook);
  }
});

Deno.test("demoSteps() has the chapters in the order of their notebooks", () => {
  const opened = [...notebooks].sort().map((notebook) =>
    demoSteps(notebook).findIndex(({ state }) => state === "now")
  );
  assert.deepEqual(opened, [...opened].sort((a, b) => a - b));
});

Deno.test("demoSteps() calls as many chapters open or done as there are notebooks", () => {
  const built = demoSteps("00_start_here").filter(({ state }) => state !== "later");
  assert.equal(built.length, notebooks.length);
});

Deno.test("demoSteps() refuses a notebook that is no chapter", () => {
  assert.throws(() => demoSteps("99_none"), {
    name: "RangeError",
    message: "Cannot draw the map as no chapter is called 99_none",
  });
});
