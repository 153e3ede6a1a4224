/**
 * What the scored rows say about the model: data quality, drift, realised and estimated performance,
 * alerts. Pure: rows and summaries in, records out. A finding is a result, never an exception.
 *
 * @module
 */

export * from "./alert_life.ts";
export * from "./alert_records.ts";
export * from "./alert_rules.ts";
export * from "./calibration.ts";
export * from "./distance.ts";
export * from "./drift.ts";
export * from "./estimated.ts";
export * from "./excess.ts";
export * from "./drift_report.ts";
export * from "./hypergeometric.ts";
export * from "./isotonic.ts";
export * from "./mitigate.ts";
export * from "./multiplicity.ts";
export * from "./permutation.ts";
export * from "./poison.ts";
export * from "./quality.ts";
export * from "./realised.ts";
export * from "./respond.ts";
export * from "./respond_input.ts";
export * from "./service.ts";
export * from "./training_window.ts";
export * from "./unit_change.ts";
export * from "./window.ts";
export * from "./window_summary.ts";
export { DEFAULT_BINS, type ReferenceProfile, referenceProfile } from "./profile.ts";
export { type DriftPower, driftPower, type DriftPowerOptions, POWER } from "./power.ts";
