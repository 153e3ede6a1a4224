/** Metrics: every point is kept, and beside it which point of a key is the latest. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Call, Mlflow } from "./mlflow_context.ts";
import { pageFrom, pageOf } from "./mlflow_pages.ts";
import { filled, findRun, type Point, pointShown, runIdIn } from "./mlflow_run_body.ts";
import type { Metric } from "./mlflow_values.ts";

/** Most points of a page. */
const MOST = 25_000;

/** What a client that names no number gets. */
const ALL = Number.MAX_SAFE_INTEGER - 1;

/**
 * Writes points. One that is there already is not there twice. The latest is the one with the highest
 * step, then timestamp, then value, in which NaN counts as 0.
 *
 * @param mlflow The service's inside; the caller has begun a transaction.
 * @param run Id of the run.
 * @param metrics The points.
 */
export function writeMetrics(mlflow: Mlflow, run: string, metrics: readonly Metric[]): void {
  const insert = mlflow.sql("INSERT OR IGNORE INTO mlflow_metrics VALUES (?, ?, ?, ?, ?, ?)");
  const latest = mlflow.sql(`INSERT INTO mlflow_latest_metrics VALUES (?, ?, ?, ?, ?, ?)
    ON CONFLICT (run, key) DO UPDATE SET
      timestamp = excluded.timestamp, step = excluded.step, value = excluded.value,
      nan = excluded.nan
    WHERE (excluded.step, excluded.timestamp, excluded.value) > (step, timestamp, value)`);
  for (const { key, value, timestamp, step } of metrics) {
    const nan = Number.isNaN(value), kept = nan ? 0 : value;
    insert.run(run, key, timestamp, step, kept, Number(nan));
    latest.run(run, key, timestamp, step, kept, Number(nan));
  }
}

/** Answers with the points of one key, by timestamp, then step, then value. */
export function getHistory({ mlflow, scope, given }: Call): JsonRecord {
  const id = runIdIn(given), key = given.required("metric_key");
  const { offset, size: asked } = pageOf(given, { most: ALL, otherwise: ALL });
  const page = { offset, size: asked === ALL ? ALL : Math.min(asked, MOST) };
  if (!findRun(mlflow, scope, id)) return {};
  const points = mlflow.sql(`SELECT key, value, nan, timestamp, step FROM mlflow_metrics
    WHERE run = ? AND key = ? ORDER BY timestamp, step, value, nan LIMIT ? OFFSET ?`)
    .all(id, key, page.size + 1, offset) as unknown as Point[];
  const { items, next } = pageFrom(points, page);
  return { ...filled("metrics", items.map(pointShown)), ...next };
}
