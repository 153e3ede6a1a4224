import assert from "node:assert/strict";
import { flattenForest, vote } from "lib/model/mod.ts";
import { plantCandidates } from "lib/training/mod.ts";
import { IRIS } from "./iris.ts";

Deno.test("plantCandidates() makes what it says", async () => {
  const rows = IRIS;
  const planted = await plantCandidates(rows, { seed: 7, trees: 15 });
  const answer = (at: number) => {
    const { json, samples } = planted[at];
    const forest = flattenForest(json, { columns: 4, classes: 3 });
    return { labels: vote(forest, samples.x).labels, actual: samples.y };
  };
  const right = ({ labels, actual }: { labels: Uint8Array; actual: Uint8Array }) =>
    labels.filter((label, i) => label === actual[i]).length / labels.length;
  const at = (wanted: string) => planted.findIndex(({ fault }) => fault === wanted);
  const [shuffled, dropped, swapped, large, holes, constant, renamed] = [
    ...["labels shuffled", "class dropped", "columns swapped", "millimetres", "NaN-blind"],
    ...["constant", "signature change"],
  ].map((fault) => answer(at(fault)));
  assert.ok(right(shuffled) < 0.9, "shuffled labels teach nothing about the true ones");
  assert.ok(!dropped.labels.includes(2), "the dropped class is never said");
  assert.ok(right(swapped) < 0.6, "what is under the names is another column");
  assert.equal(new Set(large.labels).size, 1, "in centimetres all is short");
  assert.ok(right(holes) > 0.8, "it is good, but nobody knows what it took the holes for");
  assert.ok(planted[at("NaN-blind")].learnt.x.some(Number.isNaN));
  assert.ok(right(renamed) > 0.9, "in its own order of columns it is good");
  assert.deepEqual(planted[at("signature change")].samples.features.map(({ name }) => name), [
    ...rows.features.map(({ name }) => name).toReversed(),
  ]);
  assert.equal(new Set(constant.labels).size, 1);
});

Deno.test("plantCandidates() is seeded", async () => {
  const rows = IRIS;
  const first = await plantCandidates(rows, { seed: 7, trees: 3 });
  assert.deepEqual(await plantCandidates(rows, { seed: 7, trees: 3 }), first);
});
