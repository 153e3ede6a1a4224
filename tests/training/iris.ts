/** Iris and wine without polars, so that these tests need no permission. */

import csv from "../../data/iris.csv" with { type: "text" };
import descriptor from "../../data/iris.dataset.json" with { type: "json" };
import wineCsv from "../fixtures/datasets/wine.csv" with { type: "text" };
import wine from "../fixtures/datasets/wine.dataset.json" with { type: "json" };
import { type Samples, take } from "../../lib/core/mod.ts";
import { splitSamples } from "../../lib/data/split.ts";
import {
  type ForestJson,
  type Model,
  MODEL_FORMAT,
  modelBytes,
  predict,
  readModel,
  signatureOf,
} from "../../lib/model/mod.ts";

const rows = [...new Set(csv.trim().split("\n").slice(1))].map((line) => line.trim().split(","));

/** All 149 rows, each once. */
export const IRIS: Samples = {
  features: descriptor.features,
  classes: descriptor.classes,
  x: Float64Array.from(rows.flatMap((row) => row.slice(0, 4).map(Number))),
  y: Uint8Array.from(rows, (row) => descriptor.classes.indexOf(row[4])),
};

const wineRows = wineCsv.trim().split("\n").slice(1).map((line) => line.trim().split(","));

/** All 178 rows of wine, 13 columns. */
export const WINE: Samples = {
  features: wine.features,
  classes: wine.classes,
  x: Float64Array.from(wineRows.flatMap((row) => row.slice(0, -1).map(Number))),
  y: Uint8Array.from(wineRows, (row) => wine.classes.indexOf(row[row.length - 1])),
};

/** Rows to fit on and rows to judge by. */
export function parts(seed: number): { train: Samples; holdout: Samples } {
  const { train, validation, holdout } = splitSamples(IRIS, { seed });
  return { train: take(IRIS, [...train, ...validation]), holdout: take(IRIS, holdout) };
}

/** A model from a forest. */
export function modelOf(forest: ForestJson, samples = IRIS): Model {
  const signature = signatureOf(samples);
  return readModel(modelBytes({ format: MODEL_FORMAT, name: "test", signature, forest }));
}

/** Rows that a forest labels right. */
export function rightOf(forest: ForestJson, samples: Samples): number {
  const { labels } = predict(modelOf(forest, samples), samples.x);
  return labels.filter((label, i) => label === samples.y[i]).length;
}
