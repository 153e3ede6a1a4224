/** What the tests of this folder draw: iris, a few rows of it, and small records. */

import { type Samples, take } from "lib/core/mod.ts";
import type { Calibration, Confusion, Importance } from "lib/view/mod.ts";

/** All 150 rows, read by a few lines so that the data room is not needed here. */
export function iris(): Samples {
  const text = Deno.readTextFileSync(new URL("../../data/iris.csv", import.meta.url));
  const [header, ...rows] = text.trim().split("\n").map((line) => line.split(","));
  const classes = [...new Set(rows.map((row) => row[4]))];
  return {
    features: header.slice(0, 4).map((name) => ({ name, unit: "cm", min: 0, max: 10 })),
    classes,
    x: Float64Array.from(rows.flatMap((row) => row.slice(0, 4).map(Number))),
    y: Uint8Array.from(rows, (row) => classes.indexOf(row[4])),
  };
}

/** Every fifth row: 10 of each class, for pictures whose every mark is stored. */
export function fewIris(): Samples {
  return take(iris(), Array.from({ length: 30 }, (_, i) => 5 * i));
}

/** Samples of any size whose features say the less about the class the later they come. */
export function manySamples(
  { n, d, k }: { n: number; d: number; k: number },
): Samples {
  let state = 1;
  const next = () => (state = state * 16807 % 2147483647) / 2147483647;
  const y = Uint8Array.from({ length: n }, (_, i) => i % k);
  return {
    features: Array.from({ length: d }, (_, f) => ({ name: `f_${f}`, unit: "", min: 0, max: 9 })),
    classes: Array.from({ length: k }, (_, label) => `class ${label}`),
    x: Float64Array.from(
      { length: n * d },
      (_, i) => next() * (i % d + 1) + y[Math.floor(i / d)] / 2,
    ),
    y,
  };
}

/** A forest's answers on iris. */
export const CONFUSION: Confusion = {
  classes: ["setosa", "versicolor", "virginica"],
  counts: [[50, 0, 0], [0, 47, 3], [0, 4, 46]],
};

/** Confidences that are too high. */
export const CALIBRATION: Calibration = {
  bins: [
    { meanConfidence: 0.55, accuracy: 0.5, count: 4, low: 0.15, high: 0.85 },
    { meanConfidence: 0.75, accuracy: 0.7273, count: 11, low: 0.43, high: 0.9 },
    { meanConfidence: 0.85, accuracy: 0, count: 0 },
    { meanConfidence: 0.985, accuracy: 0.9636, count: 110, low: 0.91, high: 0.99 },
  ],
  ece: 0.0243,
};

/** Importances in no order. */
export const IMPORTANCES: readonly Importance[] = [
  { name: "sepal_length", mean: 0.012, low: -0.004, high: 0.03 },
  { name: "petal_width", mean: 0.284, low: 0.25, high: 0.32 },
  { name: "sepal_width", mean: -0.002, low: -0.01, high: 0.006 },
  { name: "petal_length", mean: 0.22, low: 0.18, high: 0.26 },
];
