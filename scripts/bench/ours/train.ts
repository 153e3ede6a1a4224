/**
 * Our side of `bench train`, in the steps of `peers/train.py`: 2 × rows are made, the forest is
 * fitted on the first half, and the accuracy is taken on the other half. Prints one JSON line.
 */

import { flattenForest, vote } from "lib/model/mod.ts";
import { trainForest } from "lib/training/mod.ts";
import { accuracy, irisSamples } from "./samples.ts";

const [rows, trees] = Deno.args.map(Number);
const shape = { columns: 4, classes: 3 };

// first-use costs stay out, as they do in the peer
await trainForest(irisSamples(30).samples, { seed: 7, trees: 2 });

const { samples: learn, checksum } = irisSamples(2 * rows, { to: rows });
const { samples: test } = irisSamples(2 * rows, { from: rows });
const begin = performance.now();
const { json } = await trainForest(learn, { seed: 7, trees });
const fitSeconds = (performance.now() - begin) / 1000;
const forest = flattenForest(json, shape);
console.log(JSON.stringify({
  rows,
  trees,
  fitSeconds,
  accuracy: accuracy(vote(forest, test.x).labels, test.y),
  nodes: forest.feature.length + forest.leafLabel.length,
  checksum,
}));
