/** Iris-like rows in the form that our rooms take. */

import type { Samples } from "lib/core/mod.ts";
import { irisLike } from "../peers/iris_like.ts";

const NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"];

/** Rows from `from` to `to` of what {@linkcode irisLike} makes, and the sum of all values made. */
export function irisSamples(
  n: number,
  { from = 0, to = n, seed = 42 }: { from?: number; to?: number; seed?: number } = {},
): { samples: Samples; checksum: number } {
  const { x, y } = irisLike(n, seed), d = NAMES.length;
  return {
    samples: {
      features: NAMES.map((name) => ({ name, unit: "cm", min: 0, max: 10 })),
      classes: ["setosa", "versicolor", "virginica"],
      ...{ x: x.slice(from * d, to * d), y: y.slice(from, to) },
    },
    checksum: x.reduce((sum, value) => sum + value, 0),
  };
}

/** The share of labels that are right. */
export function accuracy(labels: Uint8Array, truth: Uint8Array): number {
  return labels.filter((label, i) => label === truth[i]).length / truth.length;
}
