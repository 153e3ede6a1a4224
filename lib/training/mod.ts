/**
 * Everything that makes and examines a model: the forest (seeded tree by tree; ml-random-forest for a
 * few rows, our own typed-array trainer for many, behind one function and in one format), the
 * baselines it has to beat, permutation importance, and the behavioural tests.
 *
 * Takes samples, gives plain records and the forest's JSON; does no I/O. With many rows the fast
 * trainer starts web workers, where the process may read their module.
 *
 * @module
 */

export * from "./baselines.ts";
export * from "./behaviour.ts";
export * from "./forest.ts";
export { WORKERS_FROM_ROWS, workersFor } from "./forest_crew.ts";
export * from "./forest_options.ts";
export * from "./importance.ts";
export type { OutOfBag } from "./out_of_bag.ts";
export * from "./planted.ts";
export * from "./trainer.ts";
