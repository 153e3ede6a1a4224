/** Forests and rows drawn at random, with everything that JSON allows: ties, short leaves, own columns. */

import type { Random } from "../../lib/core/mod.ts";
import type { ForestJson, NodeJson } from "../../lib/model/mod.ts";

/** Size of a forest: d columns, k classes, t trees. */
export interface Size {
  readonly columns: number;
  readonly classes: number;
  readonly trees: number;
}

/** A number from a coarse grid, so that values and thresholds often meet. */
export function gridNumber(random: Random): number {
  return random.integer(9) / 2 - 2;
}

/** A forest whose trees see columns of their own, some of them twice. */
export function randomForest(random: Random, { columns, classes, trees }: Size): ForestJson {
  const indexes = Array.from(
    { length: trees },
    () => Array.from({ length: 1 + random.integer(columns) }, () => random.integer(columns)),
  );
  const node = (own: number, depth: number): NodeJson => {
    if (depth === 0 || random.integer(4) === 0) {
      // coarse shares make ties; a leaf may leave out the last classes
      const shares = Array.from(
        { length: 1 + random.integer(classes) },
        () => random.integer(3) / 2,
      );
      return { distribution: [shares] };
    }
    return {
      splitColumn: random.integer(own),
      splitValue: gridNumber(random),
      left: node(own, depth - 1),
      right: node(own, depth - 1),
    };
  };
  return {
    name: "RFClassifier",
    baseModel: {
      isClassifier: true,
      nEstimators: trees,
      n: indexes[0].length,
      indexes,
      estimators: indexes.map((own) => ({
        name: "DTClassifier",
        options: { kind: "classifier" },
        root: node(own.length, random.integer(6)),
      })),
    },
  };
}

/** n rows of d values from the same grid, row after row. */
export function gridRows(random: Random, rows: number, columns: number): Float64Array {
  return Float64Array.from({ length: rows * columns }, () => gridNumber(random));
}
