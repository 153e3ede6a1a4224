/** Iris-like rows in the form that our rooms take. */

import type { Samples } from "lib/core/mod.ts";
import { irisLike, wideRows } from "../peers/iris_like.ts";

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

/** Fitted rows and as many others of 4 or 30 columns, and the sum of all values made. */
export function halves(
  rows: number,
  columns: number,
): { learn: Samples; test: Samples; checksum: number } {
  const { x, y } = columns === NAMES.length ? irisLike(2 * rows) : wideRows(2 * rows);
  const names = Array.from({ length: columns }, (_, f) => NAMES[f] ?? `noise_${f}`);
  const part = (from: number, to: number): Samples => ({
    features: names.map((name) => ({ name, unit: "", min: -10, max: 10 })),
    classes: ["setosa", "versicolor", "virginica"],
    ...{ x: x.slice(from * columns, to * columns), y: y.slice(from, to) },
  });
  const checksum = x.reduce((sum, value) => sum + value, 0);
  return { learn: part(0, rows), test: part(rows, 2 * rows), checksum };
}

/** The share of labels that are right. */
export function accuracy(labels: Uint8Array, truth: Uint8Array): number {
  return labels.filter((label, i) => label === truth[i]).length / truth.length;
}
