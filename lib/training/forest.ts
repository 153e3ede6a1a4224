/**
 * Training a random forest with ml-random-forest, behind one small interface.
 * Letters: n rows, d columns, k classes, t trees.
 */

import { RandomForestClassifier } from "ml-random-forest";
import { checkSeed, type Samples, stream } from "lib/core/mod.ts";
import type { ForestJson, NodeJson, Outcome } from "lib/model/mod.ts";
import { checkForestOptions, type ForestOptions } from "./forest_options.ts";

/** Options of {@linkcode trainForest}. */
export interface TrainForestOptions extends Partial<ForestOptions> {
  /** A whole number from 0 to 4294967295; the same seed gives the same forest. */
  readonly seed: number;
  /** Told after each tree how many are done. */
  readonly onTree?: (done: number, total: number) => void;
  /** Ends the training early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** Votes of the trees that did not see a row while they grew: an honest estimate without a holdout. */
export interface OutOfBag {
  /** Places of the rows that at least one tree had not seen. */
  readonly rows: readonly number[];
  /** Truth, label and probabilities of those rows, as {@linkcode measure} takes them. */
  readonly outcome: Outcome;
}

/** A trained forest. */
export interface TrainedForest {
  /** What `RandomForestClassifier.load()` reads, and nothing that it does not need. */
  readonly json: ForestJson;
  /** The out-of-bag votes. */
  readonly outOfBag: OutOfBag;
}

/** How long trees may grow without letting the event loop draw progress, in milliseconds. */
const BREATH_MS = 50;

/** ml-random-forest throws for a row that no tree left out; such a row just has no estimate. */
class LenientForest extends RandomForestClassifier {
  override selection(values: number[]): number {
    return values.length === 0 ? -1 : super.selection(values);
  }
}

/**
 * Trains a forest. Each tree is trained on its own, from a seed that depends on nothing but `seed`
 * and the tree's number: a forest of 100 trees begins with the forest of 50.
 *
 * @param samples n rows to learn from.
 * @param options See {@linkcode TrainForestOptions} and {@linkcode ForestOptions}.
 * @returns The forest and its out-of-bag votes, counted from each tree's own prediction (the
 * package's `predictProbability` drops the first tree).
 * @throws {BadInput} If a seed or option breaks its rule, or the rows are of one class.
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
  const { seed, onTree, signal } = options;
  const { trees, maxDepth, minRows, featureShare } = checkForestOptions(options, samples);
  checkSeed(seed);
  const { classes, y } = samples, n = y.length, k = classes.length;
  const x = rowsOf(samples), labels = [...y], maxFeatures = columnShare(samples, featureShare);
  const indexes: number[][] = [], roots: NodeJson[] = [];
  const votes = new Uint16Array(n * k);
  let breath = performance.now();
  for (let t = 0; t < trees; t++) {
    signal?.throwIfAborted();
    const tree = growTree(x, labels, {
      seed: stream(seed, `tree:${t}`).integer(2 ** 31),
      maxFeatures,
      treeOptions: { maxDepth: maxDepth ?? Infinity, minNumSamples: minRows },
    });
    tree.oobResults?.forEach(({ all }, i) => all.forEach((label) => votes[i * k + label]++));
    const [columns] = tree.indexes!;
    indexes.push(columns);
    // deno-lint-ignore no-explicit-any -- the package's types stop at `Estimator`
    roots.push(prune(JSON.parse(JSON.stringify((tree as any).estimators[0].root))));
    onTree?.(t + 1, trees);
    if (performance.now() - breath > BREATH_MS) {
      await new Promise((resolve) => setTimeout(resolve));
      breath = performance.now();
    }
  }
  const estimators = roots.map((root) => (
    { name: "DTClassifier", options: { kind: "classifier" }, root } as const
  ));
  const baseModel = {
    isClassifier: true,
    nEstimators: trees,
    n: indexes[0].length,
    indexes,
    estimators,
  } as const;
  return { json: { name: "RFClassifier", baseModel }, outOfBag: outOfBag(y, votes, k) };
}

/** A forest of one tree; without out-of-bag results where its bag holds every row. */
function growTree(
  x: number[][],
  labels: number[],
  options: { seed: number; maxFeatures: number; treeOptions: object },
): LenientForest {
  const grow = (noOOB: boolean) => {
    const tree = new LenientForest({ ...options, nEstimators: 1, replacement: true, noOOB });
    tree.train(x, labels);
    return tree;
  };
  try {
    return grow(false);
  } catch (error) {
    // of a few rows a bag may hold all, and the package trips over the rest that is empty
    if (error instanceof RangeError && /column indices/.test(error.message)) return grow(true);
    throw error;
  }
}

/** The share that makes the package draw at least one column: it rounds d × share down, even to none. */
function columnShare({ features: { length: d } }: Samples, share: number): number {
  const columns = Math.max(1, Math.floor(d * share));
  return Math.min(1, (columns + 0.5) / d);
}

function rowsOf({ features, x, y }: Samples): number[][] {
  const d = features.length;
  return Array.from(y, (_, i) => [...x.subarray(i * d, i * d + d)]);
}

/** Keeps what prediction needs; gains and counts stay behind. */
// deno-lint-ignore no-explicit-any -- a tree fresh from the package
function prune(node: any): NodeJson {
  if (node.distribution) return { distribution: node.distribution };
  const { splitColumn, splitValue } = node;
  return { splitColumn, splitValue, left: prune(node.left), right: prune(node.right) };
}

function outOfBag(y: Uint8Array, votes: Uint16Array, k: number): OutOfBag {
  const total = (i: number) => votes.subarray(i * k, i * k + k).reduce((a, b) => a + b, 0);
  const rows = [...y.keys()].filter((i) => total(i) > 0);
  const probabilities = new Float64Array(rows.length * k), labels = new Uint8Array(rows.length);
  rows.forEach((row, i) => {
    const all = total(row);
    for (let c = 0; c < k; c++) {
      probabilities[i * k + c] = votes[row * k + c] / all;
      if (votes[row * k + c] > votes[row * k + labels[i]]) labels[i] = c;
    }
  });
  return {
    rows,
    outcome: { actual: Uint8Array.from(rows, (row) => y[row]), labels, probabilities },
  };
}
