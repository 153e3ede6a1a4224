/** `deno task bench simulate`: how fast a scene is played through an endpoint of Local Azure. No peer. */

import { quantile } from "lib/core/mod.ts";
import { inTurn, jsonOutput, ours } from "./measure.ts";
import { type BenchRow, row } from "./row.ts";

const REPEATS = 3, WINDOWS = 4;

interface Played {
  readonly requests: number;
  readonly requestsPerSecond: number;
  readonly answered: number;
  readonly readSeconds: number;
  readonly missingRows: number;
}

/**
 * Plays rows one by one and in batches, each time against a Local Azure of its own.
 *
 * @param say Takes a line of progress.
 * @returns One row for each size of a request.
 */
export async function benchSimulate(say: (line: string) => void): Promise<BenchRow[]> {
  const since = performance.now(), rows: BenchRow[] = [];
  for (const [rowsPerWindow, batchRows] of [[500, 1], [10_000, 20]]) {
    const count = WINDOWS * rowsPerWindow;
    say(`simulate: ${count} rows, ${batchRows} a request`);
    const args = [rowsPerWindow, batchRows, WINDOWS].map(String);
    const [played] = await inTurn<Played>([
      () => jsonOutput<Played>(ours("simulate.ts", ...args)),
    ], { repeats: REPEATS, since });
    const bad = played.find(({ answered, missingRows }) => answered < count || missingRows > 0);
    if (bad) throw new Error(`Cannot count as every row must be answered: ${JSON.stringify(bad)}`);
    const readBack = quantile(played.map(({ readSeconds }) => readSeconds), 0.5).toFixed(2);
    rows.push(row({
      bench: "simulate",
      what:
        `play ${count} rows, ${batchRows} a request, 8 at once; median (the service's limit: 500)`,
      ...{ unit: "requests/s", better: "more", summary: (figures) => quantile(figures, 0.5) },
      ours: {
        name: "lib/lifecycle simulate on Local Azure",
        all: played.map(({ requestsPerSecond }) => requestsPerSecond),
      },
      note: `all ${count} rows read back from Blob in ${readBack} s, waiting included`,
    }));
  }
  return rows;
}
