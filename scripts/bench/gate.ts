/** `deno task bench gate`: the gate on 100,000 rows, beside the same figures by scikit-learn and scipy. */

import { pythonEnv } from "../python_env.ts";
import { inTurn, jsonOutput, ours, peer } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";
import { sameRows } from "./same_rows.ts";

const ROWS = 100_000, REPEATS = 3;

interface Ours {
  readonly seconds: number;
  readonly checksum: number;
  readonly decision: string;
  readonly rules: number;
  readonly figures: readonly number[];
}

interface Peer {
  readonly min_s: number;
  readonly figures: readonly number[];
  readonly checksum: number;
  readonly noise: number;
  readonly sklearn: string;
  readonly scipy: string;
}

/**
 * Judges the same answered rows on both sides, and the whole verb besides, two forests of 25 trees that
 * are asked, timed and compared.
 *
 * @param say Takes a line of progress.
 * @returns One row beside scikit-learn and scipy, one without a peer.
 * @throws {Error} If the two sides do not have the same rows, or find other figures.
 */
export async function benchGate(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), sizes = ROWS.toLocaleString("en");
  const python = (await pythonEnv("bench-forest")).bin("python");
  say(`gate: ${sizes} rows`);
  const script = [python, peer("gate.py"), "--rows", `${ROWS}`];
  const [mine, theirs, whole] = await inTurn<Ours | Peer>([
    () => jsonOutput<Ours>(ours("gate.ts", "answers", `${ROWS}`)),
    () => jsonOutput<Peer>({ command: script }),
    () => jsonOutput<Ours>(ours("gate.ts", "models", `${ROWS}`)),
  ], { repeats: REPEATS, since }) as [Ours[], Peer[], Ours[]];
  sameRows(mine[0].checksum, theirs[0].checksum);
  sameFigures(mine[0].figures, theirs[0].figures);
  const [{ rules }] = mine, [{ sklearn, scipy }] = theirs;
  const busy = `noise ${Math.max(...theirs.map(({ noise }) => noise))}`;
  const common = {
    ...{ bench: "gate", unit: "s", better: "less" as const },
    summary: (figures: readonly number[]) => Math.min(...figures),
  };
  return [
    row({
      ...common,
      what: `the gate's figures on ${sizes} answered rows, fastest of the runs`,
      ours: { name: "lib/gate", all: mine.map(({ seconds }) => seconds) },
      peer: {
        name: `scikit-learn ${sklearn}, scipy ${scipy}`,
        all: theirs.map(({ min_s }) => min_s),
      },
      note:
        `smallest recall, calibration error, Newcombe's interval, McNemar's p and leaked rows are ` +
        `equal; ours: the decision with ${rules} rules and SHA-256 keys besides. ${busy}`,
    }),
    row({
      ...common,
      what: `the whole verb on ${sizes} rows: two forests of 25 trees and two baselines answer`,
      ours: { name: "lib/lifecycle gateModel()", all: whole.map(({ seconds }) => seconds) },
      note: `decision ${whole[0].decision}. ${busy}`,
    }),
  ];
}

/** Both sides compute the same: more than rounding apart is another computation. */
function sameFigures(ours: readonly number[], peer: readonly number[]): void {
  const isSame = ours.length === peer.length &&
    ours.every((value, i) => Math.abs(value - peer[i]) <= 1e-9 + 1e-6 * Math.abs(peer[i]));
  if (isSame) return;
  throw new Error(`Cannot compare as both sides must find the same figures: ${ours} and ${peer}`);
}
