/** The forest as JSON: the part of ml-random-forest's own format that its `load` needs. */

/** A leaf: the share of each class among the rows that fell there, as a 1 × (up to k) matrix. */
export interface LeafJson {
  /** One row of shares; classes that are missing at its end have none. */
  readonly distribution: readonly (readonly number[])[];
}

/** An inner node: `x < splitValue` goes left, everything else right. */
export interface SplitJson {
  /** Place within the tree's own columns, see {@linkcode ForestJson}. */
  readonly splitColumn: number;
  /** In the unit of that column. */
  readonly splitValue: number;
  /** For rows below the value. */
  readonly left: NodeJson;
  /** For all other rows. */
  readonly right: NodeJson;
}

/** A node. */
export type NodeJson = LeafJson | SplitJson;

/** What `RandomForestClassifier.load()` of ml-random-forest reads. */
export interface ForestJson {
  /** The package's own name for a classifier. */
  readonly name: "RFClassifier";
  /** The trees and the columns they use. */
  readonly baseModel: {
    readonly isClassifier: true;
    /** Number of trees. */
    readonly nEstimators: number;
    /** Columns a tree uses. */
    readonly n: number;
    /** For each tree the columns of the data that its own columns stand for. */
    readonly indexes: readonly (readonly number[])[];
    readonly estimators: readonly {
      readonly name: "DTClassifier";
      readonly options: { readonly kind: "classifier" };
      readonly root: NodeJson;
    }[];
  };
}

/**
 * A forest of trees that each see all columns.
 *
 * @param roots One root a tree.
 * @param columns Number of columns (d).
 * @returns The JSON.
 *
 * @example A forest that always says class 1
 * ```ts
 * import assert from "node:assert/strict";
 * import { flattenForest, forestJson, vote } from "lib/model/mod.ts";
 *
 * const forest = flattenForest(forestJson([{ distribution: [[0, 1]] }], 1), { columns: 1, classes: 2 });
 * assert.deepEqual([...vote(forest, Float64Array.of(3, 4)).labels], [1, 1]);
 * ```
 */
export function forestJson(roots: readonly NodeJson[], columns: number): ForestJson {
  const all = Array.from({ length: columns }, (_, f) => f);
  return {
    name: "RFClassifier",
    baseModel: {
      isClassifier: true,
      nEstimators: roots.length,
      n: columns,
      indexes: roots.map(() => all),
      estimators: roots.map((root) => ({
        name: "DTClassifier",
        options: { kind: "classifier" },
        root,
      })),
    },
  };
}
