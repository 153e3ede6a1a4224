/** Which of the two trainers grows a forest. Letters: n rows, k classes. */

import { BadInput, classCounts, type Samples } from "lib/core/mod.ts";

/** `package`: ml-random-forest. `fast`: our own, on typed arrays. */
export type Trainer = "package" | "fast";

/**
 * Rows from which the fast trainer is chosen. The package's time grows with their square: 25 trees
 * take it about 0.07 s on 150 rows, 0.4 s on 500 and 3 s on 1,500; below, its trees stay, and with
 * them the digests of the models that people know.
 */
export const FAST_FROM_ROWS = 500;

/** What decides about the trainer. */
export interface TrainerWishes {
  /** Default: `fast` from {@linkcode FAST_FROM_ROWS} rows up, or where the package cannot do it. */
  readonly trainer?: Trainer;
  /** What a row of each class counts: k numbers above 0, or `balanced`: each class as much as any other. Default 1. Only the fast trainer has them. */
  readonly classWeights?: readonly number[] | "balanced";
  /** Columns looked at for each split, of those that the tree may use. Default ⌊√d⌋. Only the fast trainer has it. */
  readonly nodeColumns?: number;
  /** Workers beside the own thread, 0 to 63; the forest is the same. Only the fast trainer has them. Default: none below 100,000 rows, else one less than the processors. */
  readonly workers?: number;
}

/**
 * Chooses the trainer.
 *
 * @param samples n rows; NaN stands for a missing value.
 * @param wishes See {@linkcode TrainerWishes}.
 * @returns The trainer.
 * @throws {BadInput} If a wish breaks its rule, or the package is asked for what it does not have.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chooseTrainer } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 2), y: Uint8Array.of(0, 1) };
 * assert.equal(chooseTrainer(rows, {}), "package");
 * assert.equal(chooseTrainer({ ...rows, x: Float64Array.of(1, NaN) }, {}), "fast");
 * ```
 */
export function chooseTrainer(samples: Samples, wishes: TrainerWishes): Trainer {
  const { trainer, classWeights, nodeColumns, workers } = wishes;
  if (trainer !== undefined && trainer !== "package" && trainer !== "fast") {
    throw new BadInput({ field: "trainer", rule: "must be package or fast", value: trainer });
  }
  if (nodeColumns !== undefined) whole("nodeColumns", nodeColumns, 1, samples.features.length);
  if (workers !== undefined) whole("workers", workers, 0, 63);
  weightsOf(samples, classWeights);
  const asked = Object.entries({ classWeights, nodeColumns, workers })
    .find(([, value]) => value !== undefined);
  if (trainer === "package" && asked) {
    const rule = "must be left out with the trainer package: only the fast one has it";
    throw new BadInput({ field: asked[0], rule, value: asked[1] });
  }
  const missing = samples.x.findIndex(Number.isNaN);
  if (trainer === "package" && missing >= 0) {
    const d = samples.features.length, { name } = samples.features[missing % d];
    const field = `training row ${Math.floor(missing / d)}, ${name}`;
    const rule = "must be there for the trainer package: only the fast one takes missing values";
    throw new BadInput({ field, rule, value: NaN });
  }
  if (trainer !== undefined) return trainer;
  return asked || missing >= 0 || samples.y.length >= FAST_FROM_ROWS ? "fast" : "package";
}

/**
 * What a row of each class counts.
 *
 * @param samples n rows.
 * @param wish The weights, or how to find them.
 * @returns k numbers; `balanced` gives n / (classes present · rows of the class), as scikit-learn does.
 * @throws {BadInput} If there are not k numbers above 0.
 * @see Chen, Liaw and Breiman (2004), Using random forest to learn imbalanced data.
 */
export function weightsOf(
  samples: Samples,
  wish: TrainerWishes["classWeights"],
): readonly number[] {
  const counts = classCounts(samples), k = counts.length;
  if (wish === undefined) return counts.map(() => 1);
  if (wish === "balanced") {
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => count > 0 ? samples.y.length / (present * count) : 1);
  }
  const good = Array.isArray(wish) && wish.length === k &&
    wish.every((weight) => Number.isFinite(weight) && weight > 0);
  if (good) return wish;
  const rule = `must be balanced or ${k} numbers above 0, one a class`;
  throw new BadInput({ field: "classWeights", rule, value: wish });
}

function whole(field: string, value: unknown, lowest: number, highest: number): void {
  if (Number.isInteger(value) && (value as number) >= lowest && (value as number) <= highest) {
    return;
  }
  const rule = `must be a whole number from ${lowest} to ${highest}`;
  throw new BadInput({ field, rule, value });
}
