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
 * What an instance may lose: with the process, nothing that was answered; with its disk or its power,
 * what has not been written to Blob, ten seconds' worth where Blob is there; while Blob is away, what is
 * beyond the spool's size, counted and logged.
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
