/**
 * What was tried and how it went: the client of an MLflow tracking server, be it Azure ML's, Local
 * Azure's or any other. It works over a `fetch` that is handed in and authorised by somebody else, and
 * touches neither the environment nor, without `buffer`, the disk.
 *
 * `createTracking` makes a client; `startRun` opens a run, to which `logParams` (nested settings become
 * dotted keys), `logMetrics`, `setTags` and `logArtifact` write until `finish`. `getRun`, `searchRuns`
 * and `metricHistory` read plain records. Requests keep to the server's limits by themselves. What the
 * server would silently lose or cut (NaN, long texts) is refused as `BadInput`; what it refuses is a
 * `TrackingError` with its code.
 *
 * With `buffer` a server that is away stops nobody: what is logged goes into a file, and from there to
 * the server when it is back, in order, nothing lost and nothing twice, also if the process is killed in
 * between. A run has the tag `clientRunId` then, by which its start is found again. What the server
 * refuses later is said and kept beside the file. Reading still needs the server.
 *
 * Only what Azure ML serves as well is used: no `order_by` on metrics (runs are sorted here), no
 * renaming, no inputs (the dataset's digest is a tag).
 *
 * ```ts ignore
 * const tracking = createTracking({ fetch, baseUrl: "http://127.0.0.1:7070" });
 * const run = await tracking.startRun({ experiment: "iris", tags: { datasetDigest } });
 * await run.logParams({ seed: 7, forest: { trees: 50 } });
 * await run.logMetrics({ accuracy: 0.97 });
 * await run.finish();
 * const best = await tracking.searchRuns({
 *   experiments: ["iris"],
 *   orderBy: [{ by: "metrics.accuracy", descending: true }],
 *   limit: 1,
 * });
 * ```
 *
 * @module
 */

export type { ActiveRun, MetricOptions } from "./active_run.ts";
export { type Batch, BATCH_LIMITS, type MetricPoint, type Pair, splitBatches } from "./batches.ts";
export type { Flushed } from "./buffer_file.ts";
export { type RunOrder, sortRuns } from "./order.ts";
export { flattenParams } from "./params.ts";
export type { Fetch } from "./rest.ts";
export type { HistoryPoint, RunRecord, RunStatus } from "./run_record.ts";
export * from "./tracking.ts";
export * from "./tracking_error.ts";
