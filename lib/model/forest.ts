/**
 * The flat predictor: a forest in typed arrays, several times faster than walking its JSON.
 * Letters: n rows, d columns, k classes, t trees.
 */

import { BadInput } from "lib/core/mod.ts";
import type { ForestJson, NodeJson } from "./forest_json.ts";

/** A forest, all trees joined. A pointer ≥ 0 is an inner node, a negative one is leaf `~pointer`. */
export interface FlatForest {
  /** Columns of a row (d). */
  readonly columns: number;
  /** Classes (k). */
  readonly classes: number;
  /** Pointer to the root of each tree. (t) */
  readonly roots: Int32Array;
  /** Column of the data that an inner node looks at. */
  readonly feature: Int32Array;
  /** Value below which a row goes left. */
  readonly threshold: Float64Array;
  /** Pointer for rows below the threshold. */
  readonly left: Int32Array;
  /** Pointer for all other rows. */
  readonly right: Int32Array;
  /** Class that a leaf votes for. */
  readonly leafLabel: Uint8Array;
}

/** What a forest says of n rows. */
export interface Votes {
  /** Trees that voted for each class, row after row. (n × k) */
  readonly votes: Uint16Array;
  /** The class of each row. (n) */
  readonly labels: Uint8Array;
  /** Number of trees (t). */
  readonly trees: number;
}

/** Most trees: votes are counted in 16 bits. */
export const MAX_TREES = 65_535;

/**
 * Turns the JSON into arrays, and refuses one that could lead the predictor astray.
 *
 * @param json See {@linkcode ForestJson}.
 * @param shape Columns of a row (d) and number of classes (k).
 * @returns The forest.
 * @throws {BadInput} If a node is neither leaf nor split, or points to a column or class that is not
 * there; the message gives tree and path.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flattenForest, forestJson, vote } from "lib/model/mod.ts";
 *
 * const stump = {
 *   splitColumn: 0,
 *   splitValue: 2.5,
 *   left: { distribution: [[1, 0]] },
 *   right: { distribution: [[0, 1]] },
 * };
 * const forest = flattenForest(forestJson([stump], 1), { columns: 1, classes: 2 });
 * assert.deepEqual([...vote(forest, Float64Array.of(2, 2.5)).labels], [0, 1]);
 * ```
 */
export function flattenForest(
  json: ForestJson,
  { columns, classes }: { columns: number; classes: number },
): FlatForest {
  const estimators = json?.baseModel?.estimators;
  if (
    json?.name !== "RFClassifier" || !Array.isArray(estimators) || estimators.length === 0 ||
    estimators.length > MAX_TREES
  ) {
    throw new BadInput({
      field: "forest",
      rule: `must be an RFClassifier of 1 to ${MAX_TREES} trees`,
      value: json?.name,
    });
  }
  const feature: number[] = [], threshold: number[] = [], left: number[] = [], right: number[] = [];
  const leafLabel: number[] = [];

  function add(node: NodeJson, own: readonly number[], path: string): number {
    const bad = (rule: string, value: unknown) =>
      new BadInput({ field: `forest ${path}`, rule, value });
    if (typeof node !== "object" || node === null) throw bad("must be a leaf or a split", node);
    if ("distribution" in node) {
      const shares = node.distribution?.[0];
      if (
        !Array.isArray(shares) || shares.length === 0 || shares.length > classes ||
        !shares.every(Number.isFinite)
      ) {
        throw bad(`must have 1 to ${classes} class shares`, shares);
      }
      let best = 0; // the first largest: on a tie the lowest class wins, as in the package
      for (let c = 1; c < shares.length; c++) if (shares[c] > shares[best]) best = c;
      return ~(leafLabel.push(best) - 1);
    }
    if (!Number.isFinite(node.splitValue) || !node.left || !node.right) {
      throw bad("must be a leaf or a split", node);
    }
    const column = own[node.splitColumn];
    if (!Number.isInteger(column) || column < 0 || column >= columns) {
      throw bad(`must split one of ${columns} columns`, node.splitColumn);
    }
    const at = feature.push(column) - 1;
    threshold.push(node.splitValue);
    left.push(0);
    right.push(0);
    left[at] = add(node.left, own, `${path}/left`);
    right[at] = add(node.right, own, `${path}/right`);
    return at;
  }

  const roots = estimators.map((tree, t) =>
    add(tree?.root, json.baseModel.indexes?.[t] ?? [], `tree ${t}`)
  );
  return {
    columns,
    classes,
    roots: Int32Array.from(roots),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    left: Int32Array.from(left),
    right: Int32Array.from(right),
    leafLabel: Uint8Array.from(leafLabel),
  };
}

/**
 * Lets every tree vote on every row.
 *
 * @param forest t trees.
 * @param x Finite values, row after row. (n × d)
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
  const { columns, classes, roots, feature, threshold, left, right, leafLabel } = forest;
  const n = x.length / columns;
  if (!Number.isInteger(n)) {
    throw new RangeError(
      `Cannot predict as x must hold rows of ${columns} values: it has ${x.length} values`,
    );
  }
  const votes = new Uint16Array(n * classes), top = new Uint16Array(n), labels = new Uint8Array(n);
  // trees outside, rows inside: one tree's nodes stay in the processor's cache
  for (const root of roots) {
    for (let i = 0; i < n; i++) {
      let node = root;
      const row = i * columns;
      while (node >= 0) node = x[row + feature[node]] < threshold[node] ? left[node] : right[node];
      const label = leafLabel[~node], count = ++votes[i * classes + label];
      if (count > top[i]) {
        top[i] = count;
        labels[i] = label;
      }
    }
  }
  return { votes, labels, trees: roots.length };
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
