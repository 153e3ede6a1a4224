/**
 * A forest in typed arrays: what the predictor walks instead of the JSON.
 * Letters: d columns, k classes, t trees.
 */

import { BadInput } from "lib/core/mod.ts";
import type { ForestJson, NodeJson } from "./forest_json.ts";

/**
 * A forest, all trees joined. Of each tree the inner nodes come first and its leaves after them; a
 * leaf leads to itself. About 21 bytes a node.
 */
export interface FlatForest {
  /** Columns of a row (d). */
  readonly columns: number;
  /** Classes (k). */
  readonly classes: number;
  /** Root of each tree. (t) */
  readonly roots: Int32Array;
  /** First leaf of each tree: nodes below it are inner ones. (t) */
  readonly firstLeaf: Int32Array;
  /** Column of the data that an inner node looks at. */
  readonly feature: Int32Array;
  /** Value below which a row goes left. */
  readonly threshold: Float64Array;
  /** Node p's way for rows below the threshold at 2p + 1, for all others at 2p. */
  readonly child: Int32Array;
  /** Class that a leaf votes for. */
  readonly label: Uint8Array;
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
  const roots: number[] = [], firstLeaf: number[] = [], feature: number[] = [];
  const threshold: number[] = [], child: number[] = [], label: number[] = [];
  let leaves: number[] = []; // labels of the tree's own leaves

  /** Place of an inner node, or `~number` of a leaf, whose place is known at the tree's end. */
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
      return ~(leaves.push(best) - 1);
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
    label.push(0);
    child.push(0, 0);
    child[2 * at + 1] = add(node.left, own, `${path}/left`);
    child[2 * at] = add(node.right, own, `${path}/right`);
    return at;
  }

  estimators.forEach((tree, t) => {
    const begin = feature.length;
    leaves = [];
    const root = add(tree?.root, json.baseModel.indexes?.[t] ?? [], `tree ${t}`);
    const first = feature.length, place = (p: number) => p < 0 ? first + ~p : p;
    for (let i = 2 * begin; i < 2 * first; i++) child[i] = place(child[i]);
    for (const own of leaves) {
      const at = feature.push(0) - 1;
      threshold.push(0);
      label.push(own);
      child.push(at, at);
    }
    roots.push(place(root));
    firstLeaf.push(first);
  });
  return {
    columns,
    classes,
    roots: Int32Array.from(roots),
    firstLeaf: Int32Array.from(firstLeaf),
    feature: Int32Array.from(feature),
    threshold: Float64Array.from(threshold),
    child: Int32Array.from(child),
    label: Uint8Array.from(label),
  };
}
