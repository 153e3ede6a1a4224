/** `deno task bench forest`: our fast trainer and predictor beside scikit-learn's, one thread each. */

import { join, resolve } from "node:path";
import { type Samples, stream } from "lib/core/mod.ts";
import { loadDataset } from "lib/data/mod.ts";
import { pythonEnv } from "../python_env.ts";
import { type ForestRow, forestRow, type ForestSide } from "./forest_row.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";

const TREES = 25, SEEDS = 30;

/** What is fitted, how often by each side in one process, and how many processes. */
const MADE: readonly {
  readonly rows: number;
  readonly columns: number;
  readonly fits: readonly [ours: number, peer: number];
  readonly turns: number;
}[] = [
  { rows: 150, columns: 4, fits: [SEEDS, SEEDS], turns: 3 },
  { rows: 1500, columns: 4, fits: [SEEDS, SEEDS], turns: 3 },
  { rows: 15_000, columns: 4, fits: [10, 5], turns: 2 },
  { rows: 150_000, columns: 4, fits: [4, 2], turns: 1 },
  { rows: 150_000, columns: 30, fits: [3, 2], turns: 1 },
  { rows: 1_000_000, columns: 4, fits: [2, 1], turns: 1 },
];

const REAL = [
  "data/iris.dataset.json",
  "tests/fixtures/datasets/wine.dataset.json",
  "tests/fixtures/datasets/breast-cancer.dataset.json",
];

/**
 * Fits and predicts the same rows on both sides: made ones of growing size, and three real datasets
 * halved thirty times.
 *
 * @param say Takes a line of progress.
 * @returns One row for each size and dataset.
 */
export async function benchForest(say: (line: string) => void): Promise<ForestRow[]> {
  const since = performance.now(), rows: ForestRow[] = [];
  const python = (await pythonEnv("bench-forest")).bin("python");
  const folder = await Deno.makeTempDir({ prefix: "bench-forest-" });
  const keep = (row: ForestRow) => {
    rows.push(row);
    say(`  ratio warm ${row.ratioWarm}, cold ${row.ratioCold}, predict ${row.predictRatio}`);
  };
  const sides = async (mine: string[], theirs: string[], turns: number) => {
    const [first, second] = await inTurn([
      () => jsonOutput<ForestSide>(ours("forest.ts", ...mine)),
      () => jsonOutput<ForestSide>({ command: [python, peer("forest.py"), ...theirs] }),
    ], { repeats: turns, since });
    return { ours: first, peer: second };
  };
  try {
    for (const file of REAL) {
      const { descriptor: { name }, samples } = await loadDataset(
        resolve(import.meta.dirname!, "../..", file),
      );
      say(`forest: ${name}`);
      const path = join(folder, `${name}.json`), task = [path, `${TREES}`];
      await Deno.writeTextFile(path, JSON.stringify(halved(samples)));
      const size = {
        rows: Math.floor(samples.y.length / 2),
        features: samples.features.length,
        data: name,
      };
      keep(forestRow({ ...size, ...await sides(task, task, 1) }));
    }
    for (const { rows: n, columns, fits, turns } of MADE) {
      say(`forest: ${n} rows of ${columns} columns`);
      const [mine, theirs] = fits.map((many) => ["made", ...[n, columns, TREES, many].map(String)]);
      const size = { rows: n, features: columns, data: "made" };
      const smaller = rows.findLast((row) => row.data === "made" && row.features === columns);
      keep(forestRow({ ...size, ...await sides(mine, theirs, turns), smaller }));
    }
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  say(`forest: ${Math.round((performance.now() - since) / 1000)} s`);
  return rows;
}

/** Rows and thirty orders of them, for both sides to read. */
function halved({ features, classes, x, y }: Samples): object {
  const orders = Array.from(
    { length: SEEDS },
    (_, seed) => stream(seed, "halves").shuffle([...y.keys()]),
  );
  return { samples: { features, classes, x: [...x], y: [...y] }, orders };
}
