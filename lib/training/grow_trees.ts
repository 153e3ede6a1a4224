/**
 * Growing many trees: whoever is free takes the next number, and counts the votes of each tree's
 * out-of-bag rows at once, while the tree is at hand. Letters: n rows, k classes, t trees.
 */

import type { NodeJson } from "lib/model/mod.ts";
import { type GrownTree, type GrowOptions, treeGrower } from "./grow_tree.ts";
import type { RankedRows } from "./rank_columns.ts";

/** What there is to do; plain data and shared memory, so that it can be sent to a worker. */
export interface ForestWork {
  /** The rows. */
  readonly rows: RankedRows;
  /** How each tree is grown. */
  readonly options: GrowOptions;
  /** Number of trees (t). */
  readonly trees: number;
  /** One counter: the next tree that nobody has taken. */
  readonly counter: Int32Array;
}

/** Values looked at between two pauses: a few milliseconds of work. */
const PIECE = 200_000;

/**
 * Grows trees until none is left.
 *
 * @param work See {@linkcode ForestWork}.
 * @yields Each tree as it is grown; nothing at the pauses between.
 * @returns Out-of-bag votes of these trees, row after row. (n × k)
 */
export function* growTrees(
  { rows, options, trees, counter }: ForestWork,
): Generator<GrownTree | undefined, Uint16Array> {
  const grower = treeGrower(rows, options);
  const votes = new Uint16Array(rows.y.length * rows.k);
  for (let t = take(counter); t < trees; t = take(counter)) {
    grower.begin(t);
    while (!grower.advance(PIECE)) yield;
    const tree = grower.tree();
    countVotes(tree, { rows, options, drawn: grower.drawn, votes });
    yield tree;
  }
  return votes;
}

function take(counter: Int32Array): number {
  return Atomics.add(counter, 0, 1);
}

/** Lets a tree vote on the rows that it has not drawn. */
function countVotes(
  tree: GrownTree,
  { rows: { d, k, rank, y }, options: { classWeights }, drawn, votes }: {
    rows: RankedRows;
    options: GrowOptions;
    drawn: Uint8Array;
    votes: Uint16Array;
  },
): void {
  const { feature, cut, child } = tree, labels = leafLabels(tree, classWeights);
  const root = rootOf(tree);
  for (let i = 0; i < y.length; i++) {
    if (drawn[i] > 0) continue;
    let p = root;
    while (p >= 0) p = rank[i * d + feature[p]] < cut[p] ? child[2 * p] : child[2 * p + 1];
    votes[i * k + labels[~p]]++;
  }
}

function rootOf({ feature }: GrownTree): number {
  return feature.length > 0 ? 0 : -1;
}

/** The class that each leaf votes for: the first of the largest shares, as everywhere. */
function leafLabels({ counts }: GrownTree, classWeights: readonly number[]): Uint8Array {
  const k = classWeights.length, labels = new Uint8Array(counts.length / k);
  for (let l = 0; l < labels.length; l++) {
    const shares = leafShares(counts, l, classWeights);
    for (let c = 1; c < k; c++) if (shares[c] > shares[labels[l]]) labels[l] = c;
  }
  return labels;
}

function leafShares(counts: Uint32Array, l: number, classWeights: readonly number[]): number[] {
  const weights = classWeights.map((weight, c) => counts[l * classWeights.length + c] * weight);
  const total = weights.reduce((a, b) => a + b, 0);
  return weights.map((weight) => weight / total);
}

/**
 * A tree in the format that ml-random-forest reads; built from its end, so no depth is too deep.
 *
 * @param tree The tree; it splits columns of the data.
 * @param classWeights What a row of each class counts. (k)
 * @returns Its root.
 */
export function treeJson(tree: GrownTree, classWeights: readonly number[]): NodeJson {
  const { feature, threshold, child, counts } = tree, nodes: NodeJson[] = Array(feature.length);
  const at = (p: number): NodeJson =>
    p >= 0 ? nodes[p] : { distribution: [leafShares(counts, ~p, classWeights)] };
  for (let p = feature.length - 1; p >= 0; p--) {
    nodes[p] = {
      splitColumn: feature[p],
      splitValue: threshold[p],
      left: at(child[2 * p]),
      right: at(child[2 * p + 1]),
    };
  }
  return at(rootOf(tree));
}
