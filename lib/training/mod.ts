/**
 * Everything that makes and examines a model: the forest (seeded tree by tree; ml-random-forest for a
 * few rows, our own typed-array trainer for many, behind one function and in one format), the
 * baselines it has to beat, permutation importance, and the behavioural tests.
 *
 * How far a figure can be believed: repeated cross-validation, sweeps that say whether the winner
 * really won, learning curves, and intervals for importance and calibration.
 *
 * Takes samples, gives plain records and the forest's JSON; does no I/O. With many rows the fast
 * trainer starts web workers, where the process may read their module.
 *
 * @module
 */

export * from "./baselines.ts";
export * from "./behaviour.ts";
export * from "./calibration_intervals.ts";
export * from "./corrected_t.ts";
export {
  crossValidate,
  type CrossValidation,
  type ForestSetting,
  type ManyForestsOptions,
} from "./cross_validate.ts";
export * from "./folds.ts";
export * from "./forest.ts";
export { WORKERS_FROM_ROWS, workersFor } from "./forest_crew.ts";
export * from "./forest_options.ts";
export * from "./holm.ts";
export * from "./importance.ts";
export * from "./importance_intervals.ts";
export * from "./learning_curve.ts";
export type { OutOfBag } from "./out_of_bag.ts";
export * from "./planted.ts";
export * from "./settings.ts";
export * from "./sweep.ts";
export * from "./trainer.ts";
