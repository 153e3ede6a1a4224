import assert from "node:assert/strict";
import { architecture } from "lib/lifecycle/mod.ts";
import { architecturePicture } from "lib/view/mod.ts";

Deno.test("architecture() of every chapter can be drawn, and only grows", () => {
  let built = 0;
  for (const notebook of ["02_x", "03_azure_ml", "04_x", "05_x", "06_x", "07_x"]) {
    const { parts, arrows } = architecture(notebook);
    const there = parts.filter(({ state }) => state !== "later").map(({ id }) => id);
    assert.ok(there.length >= built, notebook);
    built = there.length;
    for (const { from, to, state } of arrows) {
      assert.ok(state === "later" || (there.includes(from) && there.includes(to)), `${from} ${to}`);
    }
    assert.match(architecturePicture({ title: notebook, parts, arrows }).alt, /Blue/);
  }
  assert.equal(built, architecture("07_x").parts.length);
});

Deno.test("architecture() of notebook 03 shows monitoring as to come, and wants a number", () => {
  const { parts } = architecture("03_azure_ml");
  const state = (wanted: string) => parts.find(({ id }) => id === wanted)?.state;
  assert.deepEqual(["registry", "green", "monitoring", "experiment", "incident"].map(state), [
    ...["done", "now", "later", "later", "later"],
  ]);
  assert.throws(() => architecture("azure_ml"), /azure_ml has no number/);
});
