/**
 * The predictor: every tree of a flat forest votes on every row.
 * Letters: n rows, d columns, k classes, t trees.
 *
 * What a processor loses here is mispredicted branches. So rows are taken in blocks that stay in its
 * cache, small trees are walked by four rows at once without a branch on the values, and the label is
 * found once at the end instead of at each vote.
 */

import type { FlatForest } from "./forest.ts";

/** What a forest says of n rows. */
export interface Votes {
  /** Trees that voted for each class, row after row. (n × k) */
  readonly votes: Uint16Array;
  /** The class of each row. (n) */
  readonly labels: Uint8Array;
  /** Number of trees (t). */
  readonly trees: number;
}

/** Rows whose values and votes stay in the cache while all trees pass over them. */
const BLOCK = 2048;

/** Most inner nodes of a tree that four rows walk together; in larger ones they part too soon. */
const SMALL_TREE = 256;

/**
 * Lets every tree vote on every row.
 *
 * A missing value (NaN) is not below any threshold and goes right, in ml-random-forest as here, and in
 * the training of forests that have seen missing values.
 *
 * @param forest t trees.
 * @param x Values, row after row. (n × d)
 * @returns See {@linkcode Votes}. The label is the one that reaches the highest count first, in tree
 * order: ml-random-forest's rule, copied so that both give the same labels.
 * @throws {RangeError} If `x` does not hold whole rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flattenForest, forestJson, vote } from "lib/model/mod.ts";
 *
 * const leaves = [[1, 0], [0, 1], [0, 1]].map((shares) => ({ distribution: [shares] }));
 * const { votes } = vote(flattenForest(forestJson(leaves, 1), { columns: 1, classes: 2 }), Float64Array.of(0));
 * assert.deepEqual([...votes], [1, 2]);
 * ```
 */
export function vote(forest: FlatForest, x: Float64Array): Votes {
  const { columns, classes, roots, firstLeaf } = forest;
  const n = x.length / columns;
  if (!Number.isInteger(n)) {
    throw new RangeError(
      `Cannot predict as x must hold rows of ${columns} values: it has ${x.length} values`,
    );
  }
  const votes = new Uint16Array(n * classes), trees = roots.length;
  for (let from = 0; from < n; from += BLOCK) {
    const to = Math.min(n, from + BLOCK);
    for (let t = 0; t < trees; t++) {
      const inner = firstLeaf[t] - roots[t];
      const alone = inner > 0 && inner <= SMALL_TREE ? four(forest, t, x, from, to, votes) : from;
      one(forest, t, x, alone, to, votes);
    }
  }
  return { votes, labels: labelsOf(forest, x, votes), trees };
}

/** Walks a tree with one row after another. */
function one(
  { columns, classes, roots, firstLeaf, feature, threshold, child, label }: FlatForest,
  t: number,
  x: Float64Array,
  from: number,
  to: number,
  votes: Uint16Array,
): void {
  const root = roots[t], first = firstLeaf[t];
  for (let i = from; i < to; i++) {
    const row = i * columns;
    let p = root;
    while (p < first) p = x[row + feature[p]] < threshold[p] ? child[2 * p + 1] : child[2 * p];
    votes[i * classes + label[p]]++;
  }
}

/** Walks a tree with four rows at once; a row that is at its leaf stays there. Gives the first row left over. */
function four(
  { columns, classes, roots, firstLeaf, feature, threshold, child, label }: FlatForest,
  t: number,
  x: Float64Array,
  from: number,
  to: number,
  votes: Uint16Array,
): number {
  const root = roots[t], first = firstLeaf[t];
  let i = from;
  for (; i + 4 <= to; i += 4) {
    const ra = i * columns, rb = ra + columns, rc = rb + columns, re = rc + columns;
    let a = root, b = root, c = root, e = root;
    do {
      // a comparison as a number, not as a choice: nothing to mispredict
      a = child[2 * a + Number(x[ra + feature[a]] < threshold[a])];
      b = child[2 * b + Number(x[rb + feature[b]] < threshold[b])];
      c = child[2 * c + Number(x[rc + feature[c]] < threshold[c])];
      e = child[2 * e + Number(x[re + feature[e]] < threshold[e])];
    } while ((a - first | b - first | c - first | e - first) < 0);
    const v = i * classes;
    votes[v + label[a]]++;
    votes[v + classes + label[b]]++;
    votes[v + 2 * classes + label[c]]++;
    votes[v + 3 * classes + label[e]]++;
  }
  return i;
}

/** The class with most votes in each row; among equals the one that came to them first. */
function labelsOf(forest: FlatForest, x: Float64Array, votes: Uint16Array): Uint8Array {
  const { classes } = forest, labels = new Uint8Array(votes.length / classes);
  for (let i = 0, v = 0; i < labels.length; i++, v += classes) {
    let best = 0, isTie = false;
    for (let c = 1; c < classes; c++) {
      const more = votes[v + c] - votes[v + best];
      if (more > 0) best = c;
      if (more >= 0) isTie = more === 0;
    }
    labels[i] = isTie ? firstAtTop(forest, x, i) : best;
  }
  return labels;
}

/** Votes on one row again, in tree order. */
function firstAtTop(
  { columns, classes, roots, firstLeaf, feature, threshold, child, label }: FlatForest,
  x: Float64Array,
  i: number,
): number {
  const counts = new Uint16Array(classes), row = i * columns;
  let top = 0, winner = 0;
  roots.forEach((root, t) => {
    let p = root;
    while (p < firstLeaf[t]) {
      p = x[row + feature[p]] < threshold[p] ? child[2 * p + 1] : child[2 * p];
    }
    if (++counts[label[p]] <= top) return;
    top = counts[label[p]];
    winner = label[p];
  });
  return winner;
}

/**
 * Votes as probabilities: the share of trees that voted for each class.
 *
 * @param votes What {@linkcode vote} gave.
 * @returns Shares that sum to 1 in each row. (n × k)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { probabilities } from "lib/model/mod.ts";
 *
 * const votes = { votes: Uint16Array.of(1, 3), labels: Uint8Array.of(1), trees: 4 };
 * assert.deepEqual([...probabilities(votes)], [0.25, 0.75]);
 * ```
 */
export function probabilities({ votes, trees }: Votes): Float64Array {
  return Float64Array.from(votes, (count) => count / trees);
}
