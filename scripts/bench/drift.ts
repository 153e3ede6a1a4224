/** `deno task bench drift`: drift of 30 columns, lib/monitoring against Evidently and against bare scipy. */

import { pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";
import { sameRows } from "./same_rows.ts";

const ROWS = 100_000, COLUMNS = 30, REPEATS = 5;

interface Ours {
  readonly seconds: number;
  readonly summariseSeconds: number;
  readonly windowSeconds: number;
  readonly permutations: number;
  readonly drifted: number;
  readonly above: number;
  readonly distance: number;
  readonly checksum: number;
}

interface Peer {
  readonly min_s: number;
  readonly drifted: number;
  readonly version: string;
  readonly distance: number;
  readonly checksum: number;
  readonly noise: number;
}

/**
 * Compares the same reference and current rows on both sides: the Wasserstein distance of every column
 * in reference deviations. Evidently holds it against 0.1; ours tests it by permutation besides.
 *
 * @param say Takes a line of progress.
 * @returns One row beside Evidently, one beside scipy's bare distances.
 * @throws {Error} If the two sides do not have the same rows, or not the same distances.
 */
export async function benchDrift(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), size = [`${ROWS}`, `${COLUMNS}`];
  const python = (await pythonEnv("bench-drift")).bin("python");
  say(`drift: ${ROWS.toLocaleString("en")} rows of ${COLUMNS} columns`);
  const script = [python, peer("drift.py"), "--rows", size[0], "--columns", size[1]];
  const env = { DO_NOT_TRACK: "1" };
  const [mine, evidently, scipy] = await inTurn<Ours | Peer>([
    () => jsonOutput<Ours>(ours("drift.ts", ...size)),
    () => jsonOutput<Peer>({ command: script, env }),
    () => jsonOutput<Peer>({ command: [...script, "--floor"], env }),
  ], { repeats: REPEATS, since }) as [Ours[], Peer[], Peer[]];
  for (const theirs of [evidently, scipy]) {
    sameRows(mine[0].checksum, theirs[0].checksum);
    sameDistance(mine[0].distance, theirs[0].distance);
  }
  const { drifted, above, permutations } = mine[0];
  const best = (of: "windowSeconds" | "summariseSeconds") =>
    Math.min(...mine.map((it) => it[of])).toFixed(2);
  const common = {
    ...{ bench: "drift", unit: "s", better: "less" as const },
    summary: (figures: readonly number[]) => Math.min(...figures),
  };
  const sizes = `${ROWS.toLocaleString("en")} rows of ${COLUMNS} columns, fastest of the runs`;
  const busy = `noise ${Math.max(...[...evidently, ...scipy].map(({ noise }) => noise))}`;
  return [
    row({
      ...{ ...common, what: `Wasserstein distance and decision, ${sizes}` },
      ours: { name: "lib/monitoring", all: mine.map((it) => it.seconds) },
      peer: { name: `Evidently ${evidently[0].version}`, all: evidently.map((it) => it.min_s) },
      note:
        `ours: ${permutations.toLocaleString("en")} permutations a column and the predictions, ` +
        `${drifted} drifted, ${above} at 0.1 or above; with the reference stored ${
          best("windowSeconds")
        } s. ` +
        `Evidently: limit 0.1, ${
          evidently[0].drifted
        } drifted; it prepares figures besides. ${busy}`,
    }),
    row({
      ...{ ...common, what: `summaries only, against bare distances, ${sizes}` },
      ours: { name: "lib/monitoring", all: mine.map((it) => it.summariseSeconds) },
      peer: { name: `scipy ${scipy[0].version}`, all: scipy.map((it) => it.min_s) },
      note: `ours: both summaries, no permutation yet. scipy: wasserstein_distance, no decision ` +
        `but the limit 0.1, ${scipy[0].drifted} at or above. ${busy}`,
    }),
  ];
}

/** Ours is taken from bins: it may be off by 1 % of a deviation, not by more. */
function sameDistance(ours: number, peer: number): void {
  if (!(Math.abs(ours - peer) <= 0.01)) {
    throw new Error(`Cannot compare as both sides must find the same distance: ${ours}, ${peer}`);
  }
}
