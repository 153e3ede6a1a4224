/**
 * Training a random forest behind one small interface, whoever grows it.
 * Letters: n rows, d columns, k classes, t trees.
 */

import { checkSeed, type Samples } from "lib/core/mod.ts";
import type { ForestJson } from "lib/model/mod.ts";
import { trainFast } from "./fast_trainer.ts";
import { workersFor } from "./forest_crew.ts";
import { checkForestOptions, type ForestOptions } from "./forest_options.ts";
import { type OutOfBag, outOfBag } from "./out_of_bag.ts";
import { trainWithPackage } from "./package_trainer.ts";
import { chooseTrainer, type Trainer, type TrainerWishes, weightsOf } from "./trainer.ts";

/** Options of {@linkcode trainForest}. */
export interface TrainForestOptions extends Partial<ForestOptions>, TrainerWishes {
  /** A whole number from 0 to 4294967295; the same seed gives the same forest. */
  readonly seed: number;
  /** Told after each tree how many are done. */
  readonly onTree?: (done: number, total: number) => void;
  /** Ends the training early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A trained forest. */
export interface TrainedForest {
  /** What `RandomForestClassifier.load()` reads, and nothing that it does not need. */
  readonly json: ForestJson;
  /** The out-of-bag votes. */
  readonly outOfBag: OutOfBag;
  /** Who grew it. */
  readonly trainer: Trainer;
}

/**
 * Trains a forest. Each tree is grown from a seed that depends on nothing but `seed` and the tree's
 * number: a forest of 100 trees begins with the forest of 50, and workers change nothing.
 *
 * The fast trainer takes missing values (NaN). Its rule, in training and prediction alike: a missing
 * value is not below any threshold, so it goes right, as if it were larger than all known values; a
 * split may also part the known from the missing. ml-random-forest predicts by the same rule.
 *
 * @param samples n rows to learn from.
 * @param options See {@linkcode TrainForestOptions} and {@linkcode ForestOptions}.
 * @returns The forest and its out-of-bag votes.
 * @throws {BadInput} If a seed or option breaks its rule, the rows are of one class, or a value is
 * infinite.
 * @see Breiman (2001), Random Forests, Machine Learning 45.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flattenForest, vote } from "lib/model/mod.ts";
 * import { trainForest } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 99 }];
 * const x = Float64Array.from({ length: 40 }, (_, i) => i);
 * const rows = { features, classes: ["short", "long"], x, y: Uint8Array.from(x, (cm) => cm < 20 ? 0 : 1) };
 * const { json } = await trainForest(rows, { seed: 7, trees: 15 });
 * const forest = flattenForest(json, { columns: 1, classes: 2 });
 * assert.deepEqual([...vote(forest, Float64Array.of(3, 33)).labels], [0, 1]);
 * ```
 */
export async function trainForest(
  samples: Samples,
  options: TrainForestOptions,
): Promise<TrainedForest> {
  const seed = checkSeed(options.seed), knobs = checkForestOptions(options, samples);
  const trainer = chooseTrainer(samples, options);
  const { onTree, signal, workers, nodeColumns = null } = options, n = samples.y.length;
  const { json, votes } = trainer === "package"
    ? await trainWithPackage(samples, { ...knobs, seed, onTree, signal })
    : await trainFast(samples, {
      ...{ ...knobs, seed, nodeColumns, onTree, signal },
      classWeights: weightsOf(samples, options.classWeights),
      workers: Math.min(workers ?? workersFor(n, knobs.trees), knobs.trees - 1),
      workersNeeded: workers !== undefined,
    });
  return { json, outOfBag: outOfBag(samples.y, votes, samples.classes.length), trainer };
}
