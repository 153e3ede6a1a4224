/**
 * Where the holdout is too small to decide on: challenger and champion are judged by the same folds. What
 * is compared then are two recipes, grown anew without the rows that they are asked about.
 */

import { readModelFile } from "lib/azure/mod.ts";
import { digestOf, type Samples, stream, take } from "lib/core/mod.ts";
import { rowKeys } from "lib/data/mod.ts";
import {
  type BaselineLabels,
  DEFAULT_POLICY,
  type GatePolicy,
  smallestHoldout,
} from "lib/gate/mod.ts";
import { type Outcome, predict } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import {
  majorityBaseline,
  oneSplitBaseline,
  trainForest,
  type TrainForestOptions,
} from "lib/training/mod.ts";
import type { SavedCandidate } from "./bundled.ts";
import { modelOf, type Prepared } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** How a forest was grown: enough to grow its like on other rows. */
export type Recipe = TrainForestOptions;

/** How a candidate was grown. */
export function recipeFrom(
  { parameters, seed }: Pick<SavedCandidate, "parameters" | "seed">,
): Recipe {
  return { ...parameters, seed };
}

/** What two recipes said of every row, each time grown without it. (n rows) */
export interface FoldedLabels {
  /** Number of folds. */
  readonly folds: number;
  /** Which row is in which fold: a name by content. */
  readonly sha256: string;
  /** Truth, labels and probabilities of the challenger's recipe. */
  readonly challenger: Outcome;
  /** Labels of the champion's recipe, where there is one. */
  readonly champion?: Uint8Array;
  /** Labels of the simple models. */
  readonly baselines: BaselineLabels;
  /** Keys of the rows. */
  readonly keys: readonly string[];
}

/** Draws the folds; a constant, so that every candidate meets the same ones. */
const FOLD_SEED = 1936;

/**
 * Cross-validates two recipes on the same folds: those of the dataset, class by class, whatever the seed
 * of a training. Rows that are equal are in one fold.
 *
 * @param prepared The rows; all of them are used.
 * @param recipes The challenger's, and the champion's where there is one.
 * @param options `folds`. Default 5.
 * @returns See {@linkcode FoldedLabels}.
 * @throws {BadInput} If a recipe breaks a rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { crossValidate, prepare } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const { challenger, folds } = await crossValidate(prepared, { challenger: { seed: 7, trees: 9 } });
 * assert.deepEqual([folds, challenger.actual.length], [5, 149]);
 * ```
 */
export async function crossValidate(
  { dataset: { samples, descriptor: { name } } }: Pick<Prepared, "dataset">,
  recipes: { readonly challenger: Recipe; readonly champion?: Recipe },
  { folds = 5 }: { readonly folds?: number } = {},
): Promise<FoldedLabels> {
  const { y, classes } = samples, n = y.length, k = classes.length;
  const keys = rowKeys(samples), fold = foldsOf(samples, keys, folds);
  const labels = {
    ...{ challenger: new Uint8Array(n), champion: new Uint8Array(n) },
    ...{ majority: new Uint8Array(n), oneSplit: new Uint8Array(n) },
  };
  const probabilities = new Float64Array(n * k);
  for (let f = 0; f < folds; f++) {
    const places = (inside: boolean) => [...y.keys()].filter((i) => (fold[i] === f) === inside);
    const asked = places(true), learnt = take(samples, places(false)), { x } = take(samples, asked);
    const forests = {
      challenger: (await trainForest(learnt, recipes.challenger)).json,
      ...(recipes.champion && { champion: (await trainForest(learnt, recipes.champion)).json }),
      ...{ majority: majorityBaseline(learnt).json, oneSplit: oneSplitBaseline(learnt).json },
    };
    for (const [who, json] of Object.entries(forests)) {
      const said = predict(modelOf(json, { name, samples: learnt }), x);
      asked.forEach((place, i) => {
        labels[who as keyof typeof labels][place] = said.labels[i];
        if (who !== "challenger") return;
        probabilities.set(said.probabilities.subarray(i * k, i * k + k), place * k);
      });
    }
  }
  const { challenger, champion, majority, oneSplit } = labels;
  return {
    folds,
    sha256: digestOf(keys.map((key, i) => `${key}:${fold[i]}`).sort()),
    challenger: { actual: y, labels: challenger, probabilities },
    ...(recipes.champion && { champion }),
    baselines: { majority, oneSplit },
    keys,
  };
}

/** The fold of each row: distinct rows of a class are dealt out in turn, in an order of their content. */
function foldsOf({ y, classes }: Samples, keys: readonly string[], folds: number): Uint8Array {
  const of = new Map<string, number>();
  classes.forEach((name, label) => {
    const own = [...new Set(keys.filter((_, i) => y[i] === label))].sort();
    stream(FOLD_SEED, `folds:${name}`).shuffle(own).forEach((key, i) => of.set(key, i % folds));
  });
  return Uint8Array.from(keys, (key) => of.get(key)!);
}

/**
 * Cross-validates where the holdout has too few rows for the policy's margin.
 *
 * @param prepared The rows.
 * @param recipes See {@linkcode crossValidate}.
 * @param policy Its margin counts. Default: the gate's own.
 * @returns See {@linkcode FoldedLabels}; undefined where the holdout is large enough.
 * @throws {BadInput} If a recipe breaks a rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { foldsIfNeeded, prepare } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * assert.equal(await foldsIfNeeded(prepared, { challenger: { seed: 7, trees: 9 } }), undefined);
 * ```
 */
export async function foldsIfNeeded(
  prepared: Prepared,
  recipes: { readonly challenger: Recipe; readonly champion?: Recipe },
  { margin }: Pick<GatePolicy, "margin"> = DEFAULT_POLICY,
): Promise<FoldedLabels | undefined> {
  if (prepared.holdout.y.length >= smallestHoldout(margin)) return undefined;
  return await crossValidate(prepared, recipes);
}

/**
 * How a registered version was grown, from the record beside its model.
 *
 * @param workspace Where it is.
 * @param version The version.
 * @returns Its parameters and seed; undefined where there is no such record.
 *
 * @example
 * ```ts ignore
 * const recipe = champion && await recipeOf(workspace, champion.version);
 * ```
 */
export async function recipeOf(
  { azure }: Pick<Workspace, "azure">,
  { name, version }: Pick<ModelVersion, "name" | "version">,
): Promise<Recipe | undefined> {
  const bytes = await readModelFile(azure, { name, version, file: "training.json" });
  if (!bytes) return undefined;
  return recipeFrom(JSON.parse(new TextDecoder().decode(bytes)));
}
