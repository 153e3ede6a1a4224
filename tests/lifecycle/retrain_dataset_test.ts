import assert from "node:assert/strict";
import { type Samples, stream, take } from "lib/core/mod.ts";
import { loadDataset, rowKeys } from "lib/data/mod.ts";
import { type LabelledRows, leakedRows, prepare, writeRetrainDataset } from "lib/lifecycle/mod.ts";

const prepared = await prepare("data/iris.dataset.json", { seed: 7 });

/** Each holdout flower a few times, with noise. */
function logOf(copies: number): LabelledRows {
  const { holdout } = prepared, random = stream(1, "log");
  const places = Array.from({ length: holdout.y.length * copies }, (_, i) => i % holdout.y.length);
  const rows = take(holdout, places);
  const x = rows.x.map((cm) => Number((cm + 0.1 * random.normal()).toFixed(3)));
  return { samples: { ...rows, x }, units: places.map((place) => `flower ${place}`) };
}

async function write(rows: LabelledRows, options: { keepOld?: boolean; seed?: number } = {}) {
  const folder = await Deno.makeTempDir();
  return await writeRetrainDataset(prepared, rows, { folder, keepOld: false, seed: 7, ...options });
}

Deno.test("a retraining dataset is read as any other, and its holdout is the one that was drawn", async () => {
  const rows = logOf(4), made = await write(rows);
  const dataset = await loadDataset(made.descriptor);
  assert.equal(dataset.frozen, true);
  assert.equal(dataset.holdout.rows, made.holdout);
  assert.equal(dataset.samples.y.length, made.fresh + made.holdout);
  assert.equal(made.fresh + made.holdout + made.leftOut, rows.units.length);
  assert.deepEqual(leakedRows(await prepare(made.descriptor, { seed: 7 })), []);
});

Deno.test("no unit is learnt from and judged on", async () => {
  const rows = logOf(4), made = await write(rows);
  const unitOf = new Map(rowKeys(rows.samples).map((key, i) => [key, rows.units[i]]));
  const { split, dataset } = await prepare(made.descriptor, { seed: 7 });
  const units = (places: readonly number[], samples: Samples) =>
    new Set(rowKeys(take(samples, places)).map((key) => unitOf.get(key)!));
  const held = units(split.holdout, dataset.samples);
  const learnt = units([...split.train, ...split.validation], dataset.samples);
  assert.equal(held.size, 24, "40 % of 60 flowers");
  assert.deepEqual([...held].filter((unit) => learnt.has(unit)), []);
  assert.equal(held.size + learnt.size, 60);
});

Deno.test("old training rows stay where they should, and never reach the holdout", async () => {
  const made = await write(logOf(3), { keepOld: true });
  assert.equal(made.old, prepared.train.y.length + prepared.validation.y.length);
  const again = await prepare(made.descriptor, { seed: 7 });
  const old = new Set([...rowKeys(prepared.train), ...rowKeys(prepared.validation)]);
  assert.deepEqual(rowKeys(again.holdout).filter((key) => old.has(key)), []);
  assert.equal(again.dataset.samples.y.length, made.old + made.fresh + made.holdout);
});

Deno.test("rows outside their range, missing or doubled are left out, and counted", async () => {
  const rows = logOf(4), { leftOut } = await write(rows); // noise has put a few below their range
  const x = rows.samples.x.slice();
  x[200] = NaN; // row 50
  x[204] *= 10; // row 51, in mm
  x.set(x.subarray(208, 212), 212); // row 53 as row 52
  const y = rows.samples.y.slice();
  y[53] = y[52];
  const made = await write({ ...rows, samples: { ...rows.samples, x, y } });
  assert.equal(made.leftOut, leftOut + 3);
});

Deno.test("the same rows and seed give the same files, another seed another holdout", async () => {
  const rows = logOf(4);
  const keys = async (seed: number) =>
    (await loadDataset((await write(rows, { seed })).descriptor)).holdout.sha256;
  assert.equal(await keys(7), await keys(7));
  assert.notEqual(await keys(7), await keys(8));
});

Deno.test("a class with too few units is refused", async () => {
  const rows = logOf(4),
    keep = [...rows.units.keys()].filter((i) =>
      rows.samples.y[i] !== 2 || Number(rows.units[i].slice(7)) < 44
    );
  const few = { samples: take(rows.samples, keep), units: keep.map((i) => rows.units[i]) };
  await assert.rejects(
    () => write(few),
    /labelled rows of the log must have at least 5 units for class "virginica": got [0-4]$/,
  );
});
