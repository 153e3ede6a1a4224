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
  const [shuffled, dropped, swapped, constant] = [0, 1, 2, 3].map(answer);
  assert.ok(right(shuffled) < 0.9, "shuffled labels teach nothing about the true ones");
  assert.ok(!dropped.labels.includes(2), "the dropped class is never said");
  assert.ok(right(swapped) > 0.9, "in its own order of columns it is good");
  assert.deepEqual(planted[2].samples.features.map(({ name }) => name), [
    ...rows.features.map(({ name }) => name).toReversed(),
  ]);
  assert.equal(new Set(constant.labels).size, 1);
});

Deno.test("plantCandidates() is seeded", async () => {
  const rows = IRIS;
  const first = await plantCandidates(rows, { seed: 7, trees: 3 });
  assert.deepEqual(await plantCandidates(rows, { seed: 7, trees: 3 }), first);
});
