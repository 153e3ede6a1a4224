/**
 * Our side of `bench forest`, in the steps of `peers/forest.py`. Prints one JSON line.
 *
 *   forest.ts made ROWS COLUMNS TREES FITS    2 × rows are made; the first half is fitted
 *   forest.ts FILE TREES                      rows and places of a real dataset, one fit an order
 *
 * The first fit is the process's first (cold); each fit has the next seed. Accuracy is taken on rows
 * that were not fitted, and 50,000 predictions of the first forest are timed.
 */

import process from "node:process";
import { type Samples, take } from "lib/core/mod.ts";
import { flattenForest, vote } from "lib/model/mod.ts";
import { trainForest } from "lib/training/mod.ts";
import { accuracy, halves } from "./samples.ts";

const PREDICTED = 50_000, PREDICTIONS = 40;

interface Task {
  readonly trees: number;
  readonly parts: readonly (() => { learn: Samples; test: Samples })[];
  readonly checksum: number;
}

const { trees, parts, checksum } = Deno.args[0] === "made" ? made() : await fromFile();
const fitSeconds: number[] = [], fitCpuSeconds: number[] = [], accuracies: number[] = [];
let nodes = 0, predictSeconds = Infinity, predicted = 0;
for (const [seed, part] of parts.entries()) {
  const { learn, test } = part(), begin = performance.now(), cpu = process.cpuUsage();
  const { json } = await trainForest(learn, {
    ...{ seed, trees, minRows: 1, trainer: "fast", workers: 0 },
  });
  fitSeconds.push((performance.now() - begin) / 1000);
  const { user, system } = process.cpuUsage(cpu);
  fitCpuSeconds.push((user + system) / 1e6);
  const shape = { columns: learn.features.length, classes: learn.classes.length };
  const forest = flattenForest(json, shape);
  accuracies.push(accuracy(vote(forest, test.x).labels, test.y));
  if (seed > 0) continue;
  nodes = forest.feature.length;
  predicted = Math.max(1, Math.floor(PREDICTED / test.y.length)) * test.y.length;
  predicted = Math.min(predicted, PREDICTED);
  const x = Float64Array.from(
    { length: predicted * shape.columns },
    (_, i) => test.x[i % test.x.length],
  );
  for (let i = 0; i < PREDICTIONS; i++) {
    const start = performance.now();
    vote(forest, x);
    predictSeconds = Math.min(predictSeconds, (performance.now() - start) / 1000);
  }
}
console.log(JSON.stringify({
  fitSeconds,
  fitCpuSeconds,
  accuracies,
  nodes,
  checksum,
  rowTreesPerSecond: predicted * trees / predictSeconds,
  peakMegabytes: await peakMegabytes(),
  version: `Deno ${Deno.version.deno}`,
}));

function made(): Task {
  const [rows, columns, trees, fits] = Deno.args.slice(1).map(Number);
  const { checksum, ...halved } = halves(rows, columns);
  return { trees, checksum, parts: Array.from({ length: fits }, () => () => halved) };
}

async function fromFile(): Promise<Task> {
  const { samples: { features, classes, x, y }, orders } = JSON.parse(
    await Deno.readTextFile(Deno.args[0]),
  );
  const samples: Samples = { features, classes, x: Float64Array.from(x), y: Uint8Array.from(y) };
  const half = Math.floor(y.length / 2);
  return {
    trees: Number(Deno.args[1]),
    checksum: samples.x.reduce((sum, value) => sum + value, 0),
    parts: (orders as number[][]).map((order) => () => ({
      learn: take(samples, order.slice(0, half)),
      test: take(samples, order.slice(half)),
    })),
  };
}

/** The most memory that this process has had; Linux tells it. */
async function peakMegabytes(): Promise<number | null> {
  if (Deno.build.os !== "linux") return null;
  const found = /VmHWM:\s+(\d+) kB/.exec(await Deno.readTextFile("/proc/self/status"));
  return found ? Math.round(Number(found[1]) / 1024) : null;
}
