/**
 * Our side of `bench predict`, in the steps of `peers/predict.py`: a forest of 1,500 rows predicts
 * other rows, several times, and the fastest counts. Prints one JSON line.
 */

import { flattenForest, vote } from "lib/model/mod.ts";
import { trainForest } from "lib/training/mod.ts";
import { accuracy, irisSamples } from "./samples.ts";

const [fitted, rows, trees] = Deno.args.map(Number);
const { json } = await trainForest(irisSamples(fitted).samples, { seed: 7, trees });
const forest = flattenForest(json, { columns: 4, classes: 3 });
const { samples: { x, y }, checksum } = irisSamples(rows, { seed: 43 });
const repeats = Math.max(5, Math.min(200, Math.floor(1_500_000 / rows)));
const calls = Math.max(1, Math.floor(5_000 / rows)); // one call with one row is too short for the clock
let best = Infinity, labels = new Uint8Array();
for (let i = 0; i < repeats; i++) {
  const begin = performance.now();
  for (let call = 0; call < calls; call++) labels = new Uint8Array(vote(forest, x).labels);
  best = Math.min(best, (performance.now() - begin) / calls);
}
console.log(JSON.stringify({
  rows,
  trees,
  nodes: forest.feature.length,
  bestSeconds: best / 1000,
  accuracy: accuracy(labels, y),
  checksum,
}));
