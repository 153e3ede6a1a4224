/** `deno task bench train`: fitting a forest, ml-random-forest behind lib/training against scikit-learn. */

import { quantile } from "lib/core/mod.ts";
import { pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const SIZES = [150, 500, 1500], TREES = 25, REPEATS = 5;

interface Ours {
  readonly fitSeconds: number;
  readonly accuracy: number;
  readonly nodes: number;
  readonly checksum: number;
}

interface Peer {
  readonly fit_min_s: number;
  readonly accuracy: number;
  readonly nodes: number;
  readonly checksum: number;
  readonly noise_median: number;
  readonly sklearn: string;
}

/**
 * Fits the same rows on both sides, in one thread each, every figure from a process of its own.
 *
 * @param say Takes a line of progress.
 * @returns One row for each number of rows.
 */
export async function benchTrain(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), rows: BenchRow[] = [];
  const python = (await pythonEnv("bench-forest")).bin("python");
  for (const size of SIZES) {
    say(`train: ${size} rows`);
    const sizes = ["--sizes", `${size}`, "--jobs", "1", "--trees", `${TREES}`, "--repeat", "1"];
    const [mine, theirs] = await inTurn<Ours | Peer>([
      () => jsonOutput<Ours>(ours("train.ts", `${size}`, `${TREES}`)),
      () => jsonOutput<Peer>({ command: [python, peer("train.py"), ...sizes] }),
    ], { repeats: REPEATS, since }) as [Ours[], Peer[]];
    sameRows(mine[0].checksum, theirs[0].checksum);
    rows.push(row({
      bench: "train",
      what: `fit ${TREES} trees on ${size} rows, one thread, fastest of the runs`,
      ...{ unit: "s", better: "less", summary: (figures) => Math.min(...figures) },
      ours: { name: "lib/training (ml-random-forest 2.1.0)", all: mine.map((it) => it.fitSeconds) },
      peer: { name: `scikit-learn ${theirs[0].sklearn}`, all: theirs.map((it) => it.fit_min_s) },
      note: `accuracy ${mine[0].accuracy.toFixed(4)} against ${theirs[0].accuracy.toFixed(4)}, ` +
        `nodes ${mine[0].nodes} against ${theirs[0].nodes}, ` +
        `noise ${quantile(theirs.map((it) => it.noise_median), 0.5).toFixed(2)}`,
    }));
  }
  return rows;
}

/**
 * Refuses to compare unlike rows.
 *
 * @throws {Error} If the sums differ by more than rounding.
 */
export function sameRows(ours: number, peer: number): void {
  if (Math.abs(ours - peer) > 1e-3 + Math.abs(peer) * 1e-9) {
    throw new Error(`Cannot compare as both sides must have the same rows: ${ours} and ${peer}`);
  }
}
