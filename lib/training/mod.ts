/**
 * Everything that makes and examines a model: the forest (ml-random-forest behind one interface,
 * seeded tree by tree), the baselines it has to beat, permutation importance, and the behavioural
 * tests.
 *
 * Takes samples, gives plain records and the forest's JSON; does no I/O.
 *
 * @module
 */

export * from "./baselines.ts";
export * from "./behaviour.ts";
export * from "./forest.ts";
export * from "./forest_options.ts";
export * from "./importance.ts";
export * from "./out_of_bag.ts";
export * from "./planted.ts";
export * from "./trainer.ts";
