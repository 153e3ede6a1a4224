/**
 * The package's trainer: ml-random-forest, one tree at a time. Its time grows with the square of the
 * rows. Letters: n rows, d columns, k classes, t trees.
 */

import { RandomForestClassifier } from "ml-random-forest";
import { type Samples, stream } from "lib/core/mod.ts";
import type { ForestJson, NodeJson } from "lib/model/mod.ts";
import { breather } from "./breath.ts";
import type { ForestOptions } from "./forest_options.ts";

/** What the package's trainer takes besides the knobs. */
export interface PackageTrainerOptions extends ForestOptions {
  /** The seed, checked. */
  readonly seed: number;
  /** Told after each tree how many are done. */
  readonly onTree?: (done: number, total: number) => void;
  /** Ends the training early. */
  readonly signal?: AbortSignal;
}

/** ml-random-forest throws for a row that no tree left out; such a row just has no estimate. */
class LenientForest extends RandomForestClassifier {
  override selection(values: number[]): number {
    return values.length === 0 ? -1 : super.selection(values);
  }
}

/**
 * Grows a forest, each tree on its own, from a seed that depends on nothing but `seed` and the
 * tree's number.
 *
 * @param samples n rows without missing values.
 * @param options See {@linkcode PackageTrainerOptions}.
 * @returns The forest, and its out-of-bag votes row after row (n × k), counted from each tree's own
 * prediction: the package's `predictProbability` drops the first tree.
 */
export async function trainWithPackage(
  samples: Samples,
  options: PackageTrainerOptions,
): Promise<{ json: ForestJson; votes: Uint16Array }> {
  const { seed, trees, maxDepth, minRows, featureShare, onTree, signal } = options;
  const { classes, y } = samples, n = y.length, k = classes.length;
  const x = rowsOf(samples), labels = [...y], maxFeatures = columnShare(samples, featureShare);
  const indexes: number[][] = [], roots: NodeJson[] = [];
  const votes = new Uint16Array(n * k), breathe = breather(signal);
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
    await breathe();
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
  return { json: { name: "RFClassifier", baseModel }, votes };
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
