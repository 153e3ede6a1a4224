/**
 * The gate: may a challenger take the champion's place? Both answer the same frozen holdout, and eight
 * rules look at the answers. The decision is a record with each rule's number, limit and sentence, and
 * with the smallest loss that this holdout could have shown at all.
 *
 * Refuses by default: a rule whose input is missing refuses, and a policy that could not refuse is no
 * policy. The record is plain data: `digestOf` names it.
 *
 * The baseline rule asks two things of the same rows. A challenger has to be proven better than the
 * commonest class: one that is not is called so in at most 2.5 of 100 holdouts. And it has to get more
 * rows right than one split: one that is 10 points worse does so in 1 to 6 of 100 holdouts of 60 rows,
 * the more the two differ. Where that is no proof, the decision warns and does not refuse.
 *
 * What it costs on the demo's 60 rows, summed over all outcomes: a challenger that loses as much as the
 * margin passes in at most 2.5 of 100 holdouts; one that is as good as the champion, but differs from it
 * in 4 of 100 rows, is refused as not proven in 23, in 10 of 100 rows in 45. More rows, not a wider
 * margin, are the cure.
 *
 * Pure: no I/O, no npm package.
 *
 * @module
 */

export { compare, smallestHoldout, type Standing } from "./comparison.ts";
export * from "./decide.ts";
export * from "./input.ts";
export * from "./override.ts";
export * from "./paired.ts";
export * from "./policy.ts";
export * from "./power.ts";
export { chanceCalibrationError } from "./quality.ts";
export * from "./refused.ts";
export * from "./stray.ts";
