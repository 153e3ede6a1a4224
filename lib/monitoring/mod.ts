/**
 * What the scored rows say about the model: data quality, drift, realised and estimated performance,
 * alerts. Pure: rows and summaries in, records out. A finding is a result, never an exception.
 *
 * @module
 */

export * from "./distance.ts";
export * from "./drift.ts";
export * from "./drift_report.ts";
export * from "./hypergeometric.ts";
export * from "./multiplicity.ts";
export * from "./permutation.ts";
export { DEFAULT_BINS, type ReferenceProfile, referenceProfile } from "./profile.ts";
export { type DriftPower, driftPower, type DriftPowerOptions, POWER } from "./power.ts";
export * from "./quality.ts";
export * from "./unit_change.ts";
export * from "./window.ts";
export * from "./window_summary.ts";
