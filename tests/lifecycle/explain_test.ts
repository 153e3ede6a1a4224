import assert from "node:assert/strict";
import { choosingRows, prepare, sweepTable } from "lib/lifecycle/mod.ts";
import { rowKeys } from "lib/data/mod.ts";
import { judgeSweep } from "lib/training/mod.ts";

Deno.test("choosingRows() are all rows but those of the holdout", async () => {
  const parts = await prepare("data/iris.dataset.json", { seed: 7 });
  const choosing = choosingRows(parts), held = new Set(rowKeys(parts.holdout));
  assert.equal(choosing.y.length + parts.holdout.y.length, parts.dataset.samples.y.length);
  assert.ok(rowKeys(choosing).every((key) => !held.has(key)));
});

Deno.test("sweepTable() tells lead, p and standing, and where an interval is not known", () => {
  const { text } = sweepTable(judgeSweep({
    settings: [{ trees: 5 }, { trees: 50 }, { trees: 90 }],
    scores: [[0.8, 0.8, 0.8, 0.8], [0.9, 0.91, 0.9, 0.9], [0.9, 0.9, 0.92, 0.88]],
    ...{ folds: 4, repeats: 1, rows: 400 },
  }));
  assert.match(text, /corrected for 3 pairs/);
  assert.match(text, /50 trees .*came first/);
  assert.match(text, /90 trees .*(0\.\d{3}|1\.000) .*may be as good/);
  assert.match(text, /5 trees .*not known .*proven worse/);
});
