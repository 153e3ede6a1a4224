/**
 * Deciding between two deployments while the data comes in: power before the start, sticky
 * assignment, guards, tests that stay valid under peeking, and the rule advance, hold or roll back.
 * Pure.
 *
 * **Before.** {@linkcode powerRows}: how many rows it will take. {@linkcode assign}: who gets which arm.
 *
 * **Meanwhile.** {@linkcode countLook} counts what has a label, {@linkcode srmEvidence} asks whether the
 * traffic splits as configured, {@linkcode logEvidence} and {@linkcode difference} may be read at every
 * look. {@linkcode simulatePeeking} shows what happens to a test that may not.
 *
 * **Then.** {@linkcode checkAa} and {@linkcode decideExperiment} decide an A/B test as a record,
 * {@linkcode advance} decides a step of a rollout.
 *
 * Arm A, or blue, is what serves now; arm B, or green, wants to. A difference is B minus A.
 *
 * @module
 */

export type { Interval, Random } from "lib/core/mod.ts"; // they stand in signatures here
export * from "./aa.ts";
export * from "./advance.ts";
export * from "./assign.ts";
export * from "./betaln.ts";
export * from "./binomial.ts";
export * from "./confidence.ts";
export * from "./decide.ts";
export * from "./eprocess.ts";
export * from "./evidence.ts";
export * from "./fixed_power.ts";
export * from "./latency.ts";
export * from "./look.ts";
export * from "./peeking.ts";
export * from "./plan.ts";
export * from "./power.ts";
export * from "./rollout_policy.ts";
export * from "./rows_needed.ts";
export * from "./srm.ts";
