/** Repeated, stratified folds: each row is tested once a repeat. Letters: n rows, k classes. */

import { BadInput, checkWhole, classCounts, type Samples, stream } from "lib/core/mod.ts";

/** One fold of one repeat. */
export interface Fold {
  /** Which repeat, from 0. */
  readonly repeat: number;
  /** Which fold of it, from 0. */
  readonly fold: number;
  /** Places of the rows to learn from. */
  readonly train: readonly number[];
  /** Places of the rows to test on. */
  readonly test: readonly number[];
}

/** How rows are dealt out. */
export interface FoldOptions {
  /** Moves rows between folds. */
  readonly seed: number;
  /** Folds, 2 to 50. Default 5. */
  readonly folds?: number;
  /** How often everything is dealt out anew, 1 to 100. Default 4. */
  readonly repeats?: number;
}

/** The defaults. */
export const FOLD_DEFAULTS = { folds: 5, repeats: 4 } as const;

/**
 * Deals rows into folds, class by class, so that each fold has the shares of the whole.
 *
 * @param samples n rows. Rows that are equal should stand in them once: cleaning sees to that.
 * @param options See {@linkcode FoldOptions}.
 * @returns `repeats` × `folds` folds.
 * @throws {BadInput} If an option breaks its rule, there are rows of fewer than two classes, or a
 * class has fewer rows than there are folds: one of them would be tested on nothing of it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stratifiedFolds } from "lib/training/mod.ts";
 *
 * const y = Uint8Array.of(0, 1, 0, 1, 0, 1), rows = { features: [], classes: ["a", "b"], x: Float64Array.of(), y };
 * const folds = stratifiedFolds(rows, { seed: 7, folds: 3, repeats: 1 });
 * assert.deepEqual(folds.map(({ test }) => test.map((i) => y[i]).sort()), [[0, 1], [0, 1], [0, 1]]);
 * ```
 */
export function stratifiedFolds(samples: Samples, options: FoldOptions): Fold[] {
  const { seed } = options, { classes, y } = samples;
  const folds = checkWhole("folds", options.folds ?? FOLD_DEFAULTS.folds, { min: 2, max: 50 });
  const repeats = checkWhole("repeats", options.repeats ?? FOLD_DEFAULTS.repeats, {
    min: 1,
    max: 100,
  });
  const counts = classCounts(samples), present = counts.filter((count) => count > 0).length;
  if (present < 2) {
    const rule = "must have at least two classes to tell apart";
    throw new BadInput({ field: "rows", rule, value: present });
  }
  const few = counts.findIndex((count) => count > 0 && count < folds);
  if (few >= 0) {
    const rule = `must have at least ${folds} rows, one for each fold`;
    throw new BadInput({ field: `class ${classes[few]}`, rule, value: counts[few] });
  }
  return Array.from({ length: repeats }, (_, repeat) => {
    const { shuffle } = stream(seed, `folds:${repeat}`);
    const dealt = classes.flatMap((_, label) =>
      shuffle([...y.keys()].filter((row) => y[row] === label))
    );
    const foldOf = new Uint8Array(y.length);
    dealt.forEach((row, i) => foldOf[row] = i % folds); // goes on where the class before ended
    return Array.from({ length: folds }, (_, fold) => ({
      ...{ repeat, fold },
      train: [...y.keys()].filter((row) => foldOf[row] !== fold),
      test: [...y.keys()].filter((row) => foldOf[row] === fold),
    }));
  }).flat();
}
