/** What a simulation is told, held against its rules. */

import { BadInput, checkWhole } from "lib/core/mod.ts";
import type { Scene } from "lib/data/mod.ts";

/** Options of {@linkcode simulate}. */
export interface SimulateOptions {
  /** Name of the endpoint: the records lie under it. */
  readonly endpoint: string;
  /** Its scoring URL. */
  readonly url: string;
  /** Its key. */
  readonly key: string;
  /** Asks one deployment past the traffic rules. Default: the traffic rules decide. */
  readonly deployment?: string;
  /** What is played. */
  readonly scene: Scene;
  /** Begin of window 1 in simulated time, ISO 8601. */
  readonly begin: string;
  /** Length of a window in simulated time, in minutes. Default 60. */
  readonly windowMinutes?: number;
  /** Plays these windows only, both included, e.g. to change the deployment between two calls. Default all. */
  readonly only?: { readonly from: number; readonly to: number };
  /** Rows in a request, 1 to 1,000. Default 20. */
  readonly batchRows?: number;
  /** Requests under way at once, 1 to 64. Default 8. */
  readonly concurrency?: number;
  /** Most requests a second, 1 to 500: the service takes no more. Default 450. */
  readonly maxPerSecond?: number;
  /** Stops sending; what was sent is recorded first. */
  readonly signal?: AbortSignal;
  /** Told after each request how many are done. */
  readonly onRequest?: (done: number, total: number) => void;
}

/** Checks the options of a simulation and fills in the defaults; times are in milliseconds. */
export function checkSimulation(options: SimulateOptions) {
  const { scene, begin, windowMinutes = 60, only = { from: 1, to: scene.windows.length } } =
    options;
  const { batchRows = 20, concurrency = 8, maxPerSecond = 450 } = options;
  const time = Date.parse(begin);
  if (Number.isNaN(time)) {
    throw new BadInput({ field: "begin", rule: "must be an instant in ISO 8601", value: begin });
  }
  if (!(windowMinutes > 0 && windowMinutes <= 1e6)) {
    const rule = "must be a number above 0 and at most 1000000";
    throw new BadInput({ field: "windowMinutes", rule, value: windowMinutes });
  }
  checkWhole("only to", only.to, { min: 1, max: scene.windows.length });
  checkWhole("only from", only.from, { min: 1, max: only.to });
  checkWhole("batchRows", batchRows, { min: 1, max: 1_000 });
  checkWhole("concurrency", concurrency, { min: 1, max: 64 });
  checkWhole("maxPerSecond", maxPerSecond, { min: 1, max: 500 });
  return {
    begin: time,
    windowMs: windowMinutes * 60_000,
    only,
    batchRows,
    concurrency,
    maxPerSecond,
  };
}
