/**
 * Our side of `bench tracking`, the counterpart of `peers/tracking.py`: `tracking.ts metrics|search BASE
 * EXPERIMENT ORDER REPEAT`. Prints one JSON line.
 */

import { createTracking } from "lib/tracking/mod.ts";
import { FILTER, LIMIT, METRICS } from "../tracking_runs.ts";

const [what, baseUrl, experiment, order, repeat] = Deno.args;
const tracking = createTracking({ fetch, baseUrl }), seconds: number[] = [];
const [by, direction] = order.split(" "), orderBy = [{ by, descending: direction === "DESC" }];
let found: unknown;
await tracking.listExperiments(); // the first call stays out, as it does in the peer
for (let turn = 0; turn < Number(repeat); turn++) {
  if (what === "metrics") {
    const run = await tracking.startRun({ experiment });
    const points = Array.from({ length: METRICS }, (_, step) => ({
      ...{ key: "loss", value: 1 / (step + 1), step },
      at: new Date(1_700_000_000_000 + step).toISOString(),
    }));
    const begin = performance.now();
    await run.logPoints(points);
    seconds.push((performance.now() - begin) / 1000);
    await run.finish();
    found = (await tracking.getRun(run.runId)).metrics.loss;
  } else {
    const begin = performance.now();
    const runs = await tracking.searchRuns({
      ...{ experiments: [experiment], filter: FILTER, orderBy, limit: LIMIT },
    });
    seconds.push((performance.now() - begin) / 1000);
    found = runs.map(({ name }) => name).join(",");
  }
}
console.log(JSON.stringify({ seconds, found }));
