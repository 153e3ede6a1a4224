import assert from "node:assert/strict";
import { sha256 } from "lib/core/mod.ts";
import { firstPicture, fromCheckout, README_PICTURE } from "lib/lifecycle/mod.ts";
import { failureLine, listNotebooks, type NotebookRun, runNotebook } from "lib/notebook/mod.ts";

const runs = new Map<string, NotebookRun>();
for (const path of await listNotebooks(fromCheckout("notebooks"))) {
  const name = path.split("/").at(-1)!;
  Deno.test(`notebook ${name} runs from top to bottom, and every claim in it holds`, async () => {
    const run = await runNotebook(path);
    runs.set(name, run);
    assert.equal(failureLine(run), "");
    assert.ok(run.cells.every(({ status }) => status === "ok"));
  });
}

Deno.test("notebook 01 publishes a record that says where the model came from", () => {
  const { records } = runs.get("01_foundation.ipynb")!;
  for (const key of ["datasetDigest", "modelDigest", "lockfile"]) {
    assert.match(String(records[key]), /^[0-9a-f]{64}$/, key);
  }
});

Deno.test("README's picture is what notebook 01 draws today", async () => {
  const drawn = await firstPicture(runs.get("01_foundation.ipynb")!.notebook);
  const kept = await Deno.readFile(README_PICTURE);
  assert.equal(sha256(kept), sha256(drawn), "run deno task train and deno task readme-picture");
});
