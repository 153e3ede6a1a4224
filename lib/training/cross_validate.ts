/**
 * Repeated cross-validation: what a forest of these settings is worth on rows that it has not seen.
 * Letters: n rows, s settings, J folds over all repeats.
 *
 * Many forests are grown, so the fast trainer grows them, whatever the number of rows, unless the
 * package is asked for: at 230 rows of 30 columns it takes the package a hundred times as long.
 */

import { BadInput, type Samples, take } from "lib/core/mod.ts";
import { flattenForest, type ForestJson, vote } from "lib/model/mod.ts";
import { type FoldMean, foldMean } from "./corrected_t.ts";
import { FOLD_DEFAULTS, type FoldOptions, stratifiedFolds } from "./folds.ts";
import { trainForest } from "./forest.ts";
import { checkForestOptions, type ForestOptions } from "./forest_options.ts";
import type { Trainer, TrainerWishes } from "./trainer.ts";

/** The knobs of a forest that is looked at. */
export type ForestSetting =
  & Partial<ForestOptions>
  & Pick<TrainerWishes, "nodeColumns" | "classWeights">;

/** What everything that trains many forests takes. */
export interface ManyForestsOptions extends FoldOptions {
  /** Who grows them. Default `fast`, at every size. */
  readonly trainer?: Trainer;
  /** Told after each forest how many are done. */
  readonly onFit?: (done: number, total: number) => void;
  /** Ends the work early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A cross-validated setting. */
export interface CrossValidation {
  /** Share of rows labelled right, in the mean over the folds, with its corrected 95 % interval. */
  readonly accuracy: FoldMean;
  /** The share in each fold, repeat after repeat. (J) */
  readonly scores: readonly number[];
  /** Folds a repeat. */
  readonly folds: number;
  /** Repeats. */
  readonly repeats: number;
  /** Rows (n). */
  readonly rows: number;
}

/**
 * Cross-validates one setting.
 *
 * @param samples n rows; none of them may be of the holdout.
 * @param options The forest's knobs and {@linkcode ManyForestsOptions}.
 * @returns See {@linkcode CrossValidation}.
 * @throws {BadInput} If an option breaks its rule, there is one class only, or a class has fewer rows
 * than there are folds.
 * @see Nadeau and Bengio (2003) for the interval; Kohavi (1995), A Study of Cross-Validation and
 * Bootstrap, IJCAI, for stratified folds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { crossValidate } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 99 }];
 * const x = Float64Array.from({ length: 40 }, (_, i) => i);
 * const rows = { features, classes: ["short", "long"], x, y: Uint8Array.from(x, (cm) => cm < 20 ? 0 : 1) };
 * const { accuracy, scores } = await crossValidate(rows, { seed: 7, trees: 15, folds: 4, repeats: 2 });
 * assert.ok(scores.length === 8 && accuracy.mean > 0.9);
 * ```
 */
export async function crossValidate(
  samples: Samples,
  options: ForestSetting & ManyForestsOptions,
): Promise<CrossValidation> {
  const [scores] = await scoreSettings(samples, { ...options, settings: [options] });
  const { folds = FOLD_DEFAULTS.folds, repeats = FOLD_DEFAULTS.repeats } = options;
  return {
    accuracy: foldMean(scores, { testShare: testShareOf(folds), range: SHARES }),
    ...{ scores, folds, repeats, rows: samples.y.length },
  };
}

/** Ends of a share. */
export const SHARES = { low: 0, high: 1 } as const;

/** Rows tested, divided by rows trained on. */
export function testShareOf(folds: number): number {
  return 1 / (folds - 1);
}

/**
 * Scores settings over the same folds, each fold with the same seed for all of them. Settings that
 * differ in nothing but the number of trees share their trees: a forest of 100 begins with that of 50.
 *
 * @param samples n rows.
 * @param options See {@linkcode ManyForestsOptions}, and `settings`. (s)
 * @returns Share of the tested rows that is labelled right, by setting and fold. (s × J)
 * @throws {BadInput} As {@linkcode crossValidate} does.
 */
export async function scoreSettings(
  samples: Samples,
  options: ManyForestsOptions & { readonly settings: readonly ForestSetting[] },
): Promise<number[][]> {
  const { settings, seed, trainer = "fast", onFit, signal } = options;
  const folds = stratifiedFolds(samples, options);
  for (const setting of settings) checkForestOptions(setting, samples);
  const groups = Map.groupBy(settings.keys(), (s) => allButTrees(settings[s])).values().toArray();
  const scores = settings.map(() => folds.map(() => 0)), total = groups.length * folds.length;
  let done = 0;
  for (const [j, { train, test }] of folds.entries()) {
    const [learn, judge] = [take(samples, train), take(samples, test)];
    for (const group of groups) {
      const trees = group.map((s) => checkForestOptions(settings[s]).trees);
      const { json } = await trainForest(learn, {
        ...knobsOf(settings[group[0]]),
        ...{ trees: Math.max(...trees), seed: foldSeed(seed, j), trainer, signal },
      });
      group.forEach((s, i) => scores[s][j] = shareRight(firstTrees(json, trees[i]), judge));
      onFit?.(++done, total);
    }
  }
  return scores;
}

/** Seeds lie apart, and far from those that people choose. */
function foldSeed(seed: number, j: number): number {
  return (seed + Math.imul(j + 1, 0x9e3779b9) >>> 0) % 2 ** 32;
}

/** A setting's knobs, and nothing else that the object may carry. */
function knobsOf(setting: ForestSetting): ForestSetting {
  const { maxDepth, minRows, featureShare, nodeColumns, classWeights } = setting;
  const given = Object.entries({ maxDepth, minRows, featureShare, nodeColumns, classWeights });
  return Object.fromEntries(given.filter(([, value]) => value !== undefined));
}

function allButTrees(setting: ForestSetting): string {
  const { nodeColumns = null, classWeights = null } = setting;
  return JSON.stringify({ ...checkForestOptions(setting), trees: 0, nodeColumns, classWeights });
}

/** The forest that ends after a number of trees. */
function firstTrees({ name, baseModel }: ForestJson, trees: number): ForestJson {
  if (trees >= baseModel.estimators.length) return { name, baseModel };
  return {
    name,
    baseModel: {
      ...baseModel,
      nEstimators: trees,
      indexes: baseModel.indexes.slice(0, trees),
      estimators: baseModel.estimators.slice(0, trees),
    },
  };
}

/**
 * Share of rows that a forest labels right.
 *
 * @param json The forest.
 * @param samples Rows to judge by, n ≥ 1.
 * @returns From 0 to 1.
 */
export function shareRight(json: ForestJson, samples: Samples): number {
  const { features: { length: columns }, classes: { length: classes }, x, y } = samples;
  if (y.length === 0) throw new BadInput({ field: "rows to test on", rule: "must be there" });
  const { labels } = vote(flattenForest(json, { columns, classes }), x);
  return labels.reduce((right, label, i) => right + (label === y[i] ? 1 : 0), 0) / y.length;
}
