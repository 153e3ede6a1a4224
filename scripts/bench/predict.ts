/** `deno task bench predict`: the flat forest of lib/model against scikit-learn's predict. */

import { quantile } from "lib/core/mod.ts";
import { pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";
import { sameRows } from "./same_rows.ts";

const FITTED = 1500, SIZES = [1, 1500, 150_000], TREES = 25, REPEATS = 3;

interface Ours {
  readonly bestSeconds: number;
  readonly accuracy: number;
  readonly nodes: number;
  readonly checksum: number;
}

interface Peer {
  readonly min_s: number;
  readonly accuracy: number;
  readonly nodes: number;
  readonly checksum: number;
  readonly noise: number;
  readonly sklearn: string;
  readonly numpy: string;
}

/**
 * Predicts the same rows on both sides, each with its own forest of the same rows, in one thread.
 *
 * @param say Takes a line of progress.
 * @returns One row for each number of rows predicted at once.
 */
export async function benchPredict(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), rows: BenchRow[] = [];
  const python = (await pythonEnv("bench-forest")).bin("python");
  for (const size of SIZES) {
    say(`predict: ${size} rows`);
    const sizes = ["--fitted", `${FITTED}`, "--rows", `${size}`, "--trees", `${TREES}`];
    const [mine, theirs] = await inTurn<Ours | Peer>([
      () => jsonOutput<Ours>(ours("predict.ts", `${FITTED}`, `${size}`, `${TREES}`)),
      () => jsonOutput<Peer>({ command: [python, peer("predict.py"), ...sizes] }),
    ], { repeats: REPEATS, since }) as [Ours[], Peer[]];
    sameRows(mine[0].checksum, theirs[0].checksum);
    const speed = (seconds: number) => size * TREES / seconds;
    const { sklearn, numpy } = theirs[0];
    rows.push(row({
      bench: "predict",
      what: `labels of ${size} rows by ${TREES} trees, one thread, fastest of the runs`,
      ...{ unit: "row·trees/s", better: "more", summary: (figures) => Math.max(...figures) },
      ours: { name: "lib/model vote()", all: mine.map((it) => speed(it.bestSeconds)) },
      peer: {
        name: `scikit-learn ${sklearn}, numpy ${numpy}`,
        all: theirs.map((it) => speed(it.min_s)),
      },
      note: `accuracy ${mine[0].accuracy.toFixed(4)} against ${theirs[0].accuracy.toFixed(4)}, ` +
        `nodes ${mine[0].nodes} against ${theirs[0].nodes}, ` +
        `noise ${quantile(theirs.map((it) => it.noise), 0.5).toFixed(2)}`,
    }));
  }
  return rows;
}
