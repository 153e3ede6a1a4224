/**
 * What the scored rows say about the model: data quality, drift, realised and estimated performance,
 * alerts. Pure: rows and summaries in, records out. A finding is a result, never an exception.
 *
 * @module
 */

export * from "./window.ts";
export * from "./calibration.ts";
export * from "./estimated.ts";
export * from "./isotonic.ts";
export * from "./realised.ts";
export * from "./service.ts";
