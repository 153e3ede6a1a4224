/**
 * The gate: may a challenger take the champion's place? Both answer the same frozen holdout, and sixteen
 * rules look at the answers. The decision is a record with each rule's number, limit, unit and sentence,
 * and with the smallest loss that these rows could have shown at all. Where the holdout has fewer rows
 * than `smallestHoldout` says, even a twin could not pass: then both recipes are judged by the same folds,
 * and the decision says so.
 *
 * | rules | ask |
 * |---|---|
 * | contract, bytes, freshness, leak, signature, thresholds | Is it what it is taken for? |
 * | evidence | Are there rows enough? |
 * | baseline, classes, groups, calibration, cost | Is it any good, everywhere, and as sure as it is right? |
 * | non-inferiority, mcnemar | Is it no worse than the champion? A twin passes as non-inferior only. |
 * | size, latency | Can it be served? |
 *
 * Refuses by default: a rule whose input is missing refuses (an age only where the policy needs one,
 * groups only where the policy names them), and a policy that could not refuse is no policy. The record is
 * plain data: `decisionDigest` names it without what a clock has measured.
 *
 * A person may `overrule` a refusal, with name and reason; not one of contract, bytes or leak, for there
 * the numbers mean nothing. Both are kept.
 *
 * The baseline rule asks two things of the same rows. A challenger has to be proven better than the
 * commonest class: one that is not is called so in at most 2.5 of 100 holdouts. And it has to get more
 * rows right than one split: one that is 10 points worse does so in 1 to 6 of 100 holdouts of 60 rows,
 * the more the two differ. Where that is no proof, the decision warns and does not refuse.
 *
 * What it costs on the demo's 60 rows, summed over all outcomes: a challenger that loses as much as the
 * margin passes in at most 2.5 of 100 holdouts; one that is as good as the champion, but differs from it
 * in 4 of 100 rows, is refused as not proven in 23, in 10 of 100 rows in 45. More rows, not a wider
 * margin, are the cure. `powerTable` draws such figures; `falseRefusals` of lib/lifecycle measures what
 * real forests have to bear: 13 of 200 on iris, where two forests of one recipe differ less.
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
