/**
 * The ground that every other room stands on: seeded random streams, the clock, small statistics,
 * canonical JSON and digests, samples in typed arrays, the logger, and the error for bad input.
 *
 * Does no I/O and imports no npm package; its tests run without any permission.
 *
 * @module
 */

export * from "./bad_input.ts";
export * from "./check_whole.ts";
export * from "./clock.ts";
export * from "./digest.ts";
export * from "./json.ts";
export * from "./logger.ts";
export * from "./moments.ts";
export * from "./random.ts";
export * from "./redact.ts";
export * from "./samples.ts";
export * from "./sketch.ts";
export * from "./statistics.ts";
export * from "./summary.ts";
export * from "./telemetry_export.ts";
export * from "./telemetry_queue.ts";
export * from "./telemetry_record.ts";
export * from "./trace_context.ts";
