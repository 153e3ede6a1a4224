/** The order of runs. Azure ML orders by attributes only, so the rest is done here. */

import { BadInput } from "lib/core/mod.ts";
import type { RunRecord } from "./run_record.ts";

/** One criterion. */
export interface RunOrder {
  /** `start_time`, `end_time`, `run_name` or `status`; or `metrics.KEY`, `params.KEY`, `tags.KEY`. */
  readonly by: string;
  /** Default no. */
  readonly descending?: boolean;
}

const ATTRIBUTES: Readonly<Record<string, (run: RunRecord) => string | null>> = {
  start_time: (run) => run.startedAt,
  end_time: (run) => run.endedAt,
  run_name: (run) => run.name,
  status: (run) => run.status,
};

/** Whether the server can be asked for that order, wherever it is. */
export function isServersOrder(order: readonly RunOrder[]): boolean {
  return order.every(({ by }) => Object.hasOwn(ATTRIBUTES, by));
}

/**
 * Runs in order; those that have nothing to order by come last in both directions.
 *
 * @param runs The runs; runs that are equal stay as they are.
 * @param order The criteria, the most important first.
 * @returns A sorted copy.
 * @throws {BadInput} If a criterion is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type RunRecord, sortRuns } from "lib/tracking/mod.ts";
 *
 * const run = (runId: string, metrics: Record<string, number>) => ({ runId, metrics }) as unknown as RunRecord;
 * const runs = [run("a", {}), run("b", { acc: 0.8 }), run("c", { acc: 0.9 })];
 * const sorted = sortRuns(runs, [{ by: "metrics.acc", descending: true }]);
 * assert.deepEqual(sorted.map(({ runId }) => runId), ["c", "b", "a"]);
 * ```
 */
export function sortRuns(runs: readonly RunRecord[], order: readonly RunOrder[]): RunRecord[] {
  const criteria = order.map(({ by, descending = false }) => ({ value: valueBy(by), descending }));
  return runs.toSorted((a, b) => {
    for (const { value, descending } of criteria) {
      const x = value(a), y = value(b);
      if (x === y) continue;
      if (x === null || y === null) return x === null ? 1 : -1;
      return (x < y ? -1 : 1) * (descending ? -1 : 1);
    }
    return 0;
  });
}

function valueBy(by: string): (run: RunRecord) => string | number | null {
  if (Object.hasOwn(ATTRIBUTES, by)) return ATTRIBUTES[by];
  const [, list, key] = /^(metrics|params|tags)\.(.+)$/s.exec(by) ?? [];
  if (key === undefined) {
    const rule = `must be ${
      Object.keys(ATTRIBUTES).join(", ")
    }, metrics.KEY, params.KEY or tags.KEY`;
    throw new BadInput({ field: "orderBy", rule, value: by });
  }
  return (run) => {
    const values = run[list as "metrics" | "params" | "tags"];
    return Object.hasOwn(values, key) ? values[key] : null;
  };
}
