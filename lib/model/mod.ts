/**
 * What a served model needs and no more: its signature, the check of what comes in, the flat forest
 * that predicts, the bytes and the digest that name it, and the metrics that judge it.
 *
 * Pure: no I/O, no npm package; its tests run without any permission, and the container carries it.
 *
 * @module
 */

export * from "./calibration.ts";
export * from "./document.ts";
export * from "./forest.ts";
export * from "./forest_json.ts";
export * from "./input.ts";
export * from "./metrics.ts";
export * from "./signature.ts";
export * from "./slices.ts";
export * from "./vote.ts";
