/** The verb train: a dataset becomes a model and the record of how it came about. */

import { type Samples, take } from "lib/core/mod.ts";
import {
  type Dataset,
  frozenPlaces,
  loadDataset,
  rowKeys,
  type Split,
  splitSamples,
} from "lib/data/mod.ts";
import {
  type ForestJson,
  measure,
  measureSlices,
  type Metrics,
  type Model,
  MODEL_FORMAT,
  modelBytes,
  predict,
  readModel,
  signatureOf,
  type SliceMetrics,
  thirdsOf,
} from "lib/model/mod.ts";
import {
  type Baseline,
  checkForestOptions,
  type ForestOptions,
  majorityBaseline,
  oneSplitBaseline,
  type OutOfBag,
  trainForest,
  type TrainForestOptions,
} from "lib/training/mod.ts";
import { fromCheckout } from "./paths.ts";

/** A dataset with its split, ready to train on. */
export interface Prepared {
  /** The rows and how they were read. */
  readonly dataset: Dataset;
  /** Places of each part. */
  readonly split: Split;
  /** Rows to fit on. */
  readonly train: Samples;
  /** Rows to look at while choosing. */
  readonly validation: Samples;
  /** Rows to look at once, at the end. */
  readonly holdout: Samples;
}

/**
 * Splits a dataset around its frozen holdout.
 *
 * @param dataset What {@linkcode loadDataset} gave, or a descriptor's path from the checkout.
 * @param options `seed`: moves rows between train and validation.
 * @returns See {@linkcode Prepared}.
 * @throws {BadInput} If the dataset is broken, or a class is too small.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prepare } from "lib/lifecycle/mod.ts";
 *
 * const { train, validation, holdout } = await prepare("data/iris.dataset.json", { seed: 7 });
 * assert.deepEqual([train, validation, holdout].map(({ y }) => y.length), [59, 30, 60]);
 * ```
 */
export async function prepare(
  dataset: Dataset | string,
  { seed }: { seed: number },
): Promise<Prepared> {
  const data = typeof dataset === "string" ? await loadDataset(fromCheckout(dataset)) : dataset;
  const { samples, holdout } = data;
  const split = splitSamples(samples, { seed, frozen: frozenPlaces(samples, holdout) });
  return {
    dataset: data,
    split,
    train: take(samples, split.train),
    validation: take(samples, split.validation),
    holdout: take(samples, split.holdout),
  };
}

/**
 * Rows that stand in two parts of a split, by their content: each would make a metric a lie.
 *
 * @param prepared See {@linkcode Prepared}.
 * @returns Their keys; empty as it should be.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { leakedRows, prepare } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(leakedRows(await prepare("data/iris.dataset.json", { seed: 7 })), []);
 * ```
 */
export function leakedRows({ train, validation, holdout }: Prepared): string[] {
  const seen = new Set<string>();
  return [train, validation, holdout].flatMap((part) => {
    const keys = rowKeys(part), leaked = keys.filter((key) => seen.has(key));
    keys.forEach((key) => seen.add(key));
    return leaked;
  });
}

/** A trained model with what its training showed. */
export interface Candidate {
  /** The model. */
  readonly model: Model;
  /** The options that it was trained with, defaults included. */
  readonly parameters: ForestOptions;
  /** Its seed. */
  readonly seed: number;
  /** Measured on out-of-bag votes: an estimate that costs no rows. */
  readonly outOfBag: Metrics;
  /** The out-of-bag votes themselves, by place of the training row. */
  readonly votes: OutOfBag;
}

/**
 * Trains a forest on the prepared rows.
 *
 * @param prepared See {@linkcode Prepared}.
 * @param options See {@linkcode TrainForestOptions}.
 * @returns See {@linkcode Candidate}.
 * @throws {BadInput} If an option breaks its rule.
 *
 * @example The same seed gives the same bytes
 * ```ts
 * import assert from "node:assert/strict";
 * import { prepare, trainCandidate } from "lib/lifecycle/mod.ts";
 *
 * const rows = await prepare("data/iris.dataset.json", { seed: 7 });
 * const [first, second] = [await trainCandidate(rows, { seed: 7, trees: 9 }), await trainCandidate(rows, { seed: 7, trees: 9 })];
 * assert.equal(first.model.digest, second.model.digest);
 * ```
 */
export async function trainCandidate(
  prepared: Prepared,
  options: TrainForestOptions,
): Promise<Candidate> {
  const { train, dataset } = prepared;
  const { json, outOfBag } = await trainForest(train, options);
  return {
    model: modelOf(json, { name: dataset.descriptor.name, samples: train }),
    parameters: checkForestOptions(options, train),
    seed: options.seed,
    outOfBag: measure(outOfBag.outcome, train.classes),
    votes: outOfBag,
  };
}

/**
 * A forest's JSON as a model: with name, signature and digest.
 *
 * @param forest The trees.
 * @param of The model's name, and samples whose columns and classes make its signature.
 * @returns The model, read back from its own bytes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelOf, prepare } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const { train } = await prepare("data/iris.dataset.json", { seed: 7 });
 * assert.equal(modelOf(majorityBaseline(train).json, { name: "iris", samples: train }).document.name, "iris");
 * ```
 */
export function modelOf(
  forest: ForestJson,
  { name, samples }: { name: string; samples: Samples },
): Model {
  const document = { format: MODEL_FORMAT, name, signature: signatureOf(samples), forest } as const;
  return readModel(modelBytes(document));
}

/** A model's metrics on some rows, and on slices of them. */
export interface Evaluation extends Metrics {
  /** Accuracy by thirds of every feature. */
  readonly slices: readonly SliceMetrics[];
}

/**
 * Measures a model.
 *
 * @param model The model.
 * @param samples Labelled rows that it was not trained on.
 * @returns See {@linkcode Evaluation}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { evaluate, modelOf, prepare } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const { train, holdout } = await prepare("data/iris.dataset.json", { seed: 7 });
 * const model = modelOf(majorityBaseline(train).json, { name: "iris", samples: train });
 * assert.equal(evaluate(model, holdout).accuracy.correct, 20);
 * ```
 */
export function evaluate(model: Model, samples: Samples): Evaluation {
  const { labels, probabilities } = predict(model, samples.x);
  const outcome = { actual: samples.y, labels, probabilities };
  const slices = samples.features.flatMap((_, f) => thirdsOf(samples, f));
  return {
    ...measure(outcome, samples.classes),
    slices: measureSlices(outcome, slices.filter(({ rows }) => rows.length > 0)),
  };
}

/** A baseline with its metrics. */
export interface MeasuredBaseline extends Baseline {
  /** On the same rows as the model that it is held against. */
  readonly metrics: Metrics;
}

/**
 * Trains both baselines on the training rows and measures them.
 *
 * @param prepared See {@linkcode Prepared}.
 * @param samples The rows to measure on.
 * @returns Majority class and one split.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { measureBaselines, prepare } from "lib/lifecycle/mod.ts";
 *
 * const rows = await prepare("data/iris.dataset.json", { seed: 7 });
 * const accuracies = measureBaselines(rows, rows.holdout).map(({ metrics }) => metrics.accuracy.correct);
 * assert.deepEqual(accuracies, [20, 40]);
 * ```
 */
export function measureBaselines(prepared: Prepared, samples: Samples): MeasuredBaseline[] {
  const { train, dataset } = prepared;
  return [majorityBaseline(train), oneSplitBaseline(train)].map((baseline) => ({
    ...baseline,
    metrics: evaluate(
      modelOf(baseline.json, { name: dataset.descriptor.name, samples: train }),
      samples,
    ),
  }));
}
