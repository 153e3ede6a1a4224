/**
 * The scoring service and its collector: what goes into the container. It runs alone.
 *
 * `createScorer` is a function from request to response: rows in, held against the model's signature;
 * label, probabilities, model name, version, digest and ids out. `createUnready` stands in for it where
 * there is no model to answer with. `createCollector` takes each answered request into a `Spool` (files,
 * written before the answer is sent) and from there to append blobs in the layout of Azure ML's data
 * collector, each record once. `main.ts` reads the environment (`readSettings` has the list) and serves;
 * `buildContext` makes of it what a container is built from.
 *
 * What an instance may lose, of answered requests (answers themselves are not affected):
 *
 * | what ends | lost | bound |
 * |---|---|---|
 * | the process, its disk stays | nothing: the next process takes the spool over | 0 |
 * | the process and its disk: on Azure a container that is killed or replaced, a node that is gone, a power cut | what was not written to Blob yet | `COLLECT_FLUSH_SECONDS` (10) or `COLLECT_FLUSH_KB` (1,000), whichever is first, and what comes while that is being written |
 * | the same, while Blob is away | what waits | `COLLECT_SPOOL_MB` (64) |
 * | nothing, while Blob is away for long | what is beyond the spool's size | counted (`lost`) and logged |
 *
 * SIGTERM loses nothing as long as Blob answers within `SHUTDOWN_SECONDS`. A lost disk cannot tell what was
 * on it: such a loss is seen as answers without a record, by whoever counts answers (the endpoint's
 * metrics, or the caller). In Local Azure the disk outlives a container and Local Azure itself.
 *
 * `createRequestTrace` tells of requests as spans, in the caller's trace where there is one; they go to
 * Application Insights in batches, and what has no room is dropped and counted.
 *
 * Not here: `azure_blob.ts` and `azure_monitor.ts`, the only files that need the Azure SDKs. They are
 * loaded by the program where something is collected, or told.
 *
 * @module
 */

export * from "./answer.ts";
export * from "./append_sink.ts";
export * from "./collector.ts";
export * from "./container.ts";
export * from "./health.ts";
export * from "./in_flight.ts";
export * from "./limits.ts";
export * from "./model_folder.ts";
export * from "./read_body.ts";
export * from "./records.ts";
export * from "./request_body.ts";
export * from "./request_trace.ts";
export * from "./scored.ts";
export * from "./scorer.ts";
export * from "./settings.ts";
export * from "./spool.ts";
export * from "./swagger.ts";
export * from "./telemetry_target.ts";
export * from "./timers.ts";
