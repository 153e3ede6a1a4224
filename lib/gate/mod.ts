/**
 * The gate: may a challenger take the champion's place? Both answer the same frozen holdout, and eight
 * rules look at the answers. The decision is a record with each rule's number, limit and sentence, and
 * with the smallest loss that this holdout could have shown at all.
 *
 * Refuses by default: a rule whose input is missing refuses, and a policy that could not refuse is no
 * policy. The record is plain data: `digestOf` names it.
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

export * from "./decide.ts";
export * from "./paired.ts";
export * from "./policy.ts";
