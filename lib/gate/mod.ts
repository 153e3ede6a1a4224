/**
 * The gate: may a challenger take the champion's place? Both answer the same frozen holdout, and eight
 * rules look at the answers. The decision is a record with each rule's number, limit and sentence, and
 * with the smallest loss that this holdout could have shown at all.
 *
 * Refuses by default: a rule whose input is missing refuses. Pure: no I/O, no npm package.
 *
 * @module
 */

export * from "./decide.ts";
export * from "./paired.ts";
export * from "./policy.ts";
