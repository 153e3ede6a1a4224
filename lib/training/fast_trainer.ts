/**
 * The fast trainer: exact trees on ranks in typed arrays, in the own thread or with workers.
 * Letters: n rows, d columns, k classes, t trees.
 *
 * Time is about t · √d · n · log n, memory about 16 · d bytes a row for rows and ranks, and 50 more
 * for each thread. The forest depends on rows, options and seed, and not on who grew which tree.
 */

import { BadInput, classCounts, type Samples } from "lib/core/mod.ts";
import { type ForestJson, forestJson, type NodeJson } from "lib/model/mod.ts";
import { breather } from "./breath.ts";
import { hireCrew } from "./forest_crew.ts";
import type { ForestOptions } from "./forest_options.ts";
import { fitKeys, type GrownTree } from "./grow_tree.ts";
import { type ForestWork, growTrees, treeJson } from "./grow_trees.ts";
import { rankedRows } from "./rank_columns.ts";

/** Deepest tree where `maxDepth` is null: whoever reads the JSON does so by recursion. */
const DEEPEST = 1000;

/** What the fast trainer takes besides the knobs. */
export interface FastTrainerOptions extends ForestOptions {
  /** The seed, checked. */
  readonly seed: number;
  /** Columns looked at for each split; null for ⌊√d⌋ of the tree's own. */
  readonly nodeColumns: number | null;
  /** What a row of each class counts. (k) */
  readonly classWeights: readonly number[];
  /** Workers beside the own thread. */
  readonly workers: number;
  /** Whether a worker that cannot start is an error. */
  readonly workersNeeded: boolean;
  /** Told after each tree how many are done. */
  readonly onTree?: (done: number, total: number) => void;
  /** Ends the training early. */
  readonly signal?: AbortSignal;
}

/**
 * Grows a forest.
 *
 * @param samples n rows; NaN stands for a missing value.
 * @param options See {@linkcode FastTrainerOptions}.
 * @returns The forest, and the out-of-bag votes row after row (n × k).
 * @throws {BadInput} If a value is infinite, or there are too many distinct ones for keys of 32 bits.
 */
export async function trainFast(
  samples: Samples,
  options: FastTrainerOptions,
): Promise<{ json: ForestJson; votes: Uint16Array }> {
  const { trees, workers, workersNeeded, classWeights, onTree, signal } = options;
  const d = samples.features.length, breathe = breather(signal);
  const ranking = rankedRows(samples, { shared: workers > 0 });
  let ranked = ranking.next();
  for (; !ranked.done; ranked = ranking.next()) await breathe();
  const rows = ranked.value;
  if (!fitKeys(rows)) {
    const rule = "must have fewer distinct values and classes: keys have 32 bits";
    throw new BadInput({ field: "training rows", rule, value: classCounts(samples).length });
  }
  const work: ForestWork = {
    ...{ rows, trees },
    counter: new Int32Array(workers > 0 ? new SharedArrayBuffer(4) as never : new ArrayBuffer(4)),
    options: growOptions(samples, options),
  };
  const roots: NodeJson[] = Array(trees);
  let done = 0;
  const keep = (tree: GrownTree) => {
    roots[tree.number] = treeJson(tree, classWeights);
    if (!signal?.aborted) onTree?.(++done, trees);
  };
  const crew = hireCrew(work, { workers, needed: workersNeeded, onTree: keep });
  crew.votes.catch(() => {}); // awaited below, perhaps after an abort
  try {
    const growing = growTrees(work);
    let step = growing.next();
    for (; !step.done; step = growing.next()) {
      if (step.value) keep(step.value);
      await breathe();
    }
    const votes = step.value;
    for (const other of await unlessAborted(crew.votes, signal)) {
      for (let i = 0; i < other.length; i++) votes[i] += other[i];
    }
    return { json: forestJson(roots, d), votes };
  } finally {
    crew.dismiss();
  }
}

function growOptions(samples: Samples, options: FastTrainerOptions): ForestWork["options"] {
  const { seed, maxDepth, minRows, featureShare, classWeights } = options;
  const names = samples.features.map(({ name }) => name), d = names.length;
  const treeColumns = Math.max(1, Math.floor(d * featureShare));
  const nodeColumns = options.nodeColumns ?? Math.floor(Math.sqrt(treeColumns));
  const byName = (a: number, b: number) => names[a] < names[b] ? -1 : names[a] > names[b] ? 1 : 0;
  return {
    ...{ seed, minRows, classWeights, treeColumns },
    maxDepth: maxDepth ?? DEEPEST,
    nodeColumns: Math.min(nodeColumns, treeColumns),
    columnOrder: names.map((_, f) => f).sort(byName),
  };
}

/** What was promised, unless the signal comes first. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (!signal) return promise;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    if (signal.aborted) return abort();
    signal.addEventListener("abort", abort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", abort));
  });
}
