/** Rows, windows and references for the tests of monitoring, from iris and from the normal distribution. */

import type { Random } from "../../lib/core/mod.ts";
import {
  type ReferenceProfile,
  referenceProfile,
  type ScoredWindow,
  summariseWindow,
  type WindowSummary,
} from "../../lib/monitoring/mod.ts";
import { IRIS } from "../training/iris.ts";

/** Rows without a name and a time. */
export type Rows = Pick<
  ScoredWindow,
  "features" | "classes" | "x" | "predicted" | "probabilities"
>;

/** How rows are drawn. */
export interface Draw {
  readonly n: number;
  readonly random: Random;
  /** Deviation of the noise on iris, in cm. Default 0.05. */
  readonly noise?: number;
  /** Added to every value of a column, in its unit. */
  readonly shift?: { readonly column: number; readonly by: number };
}

/** Bootstrapped rows of iris with noise, rounded to 0.1 cm as iris is: many ties. */
export function irisRows({ n, random, shift, noise = 0.05 }: Draw): Rows {
  const { features, classes, x, y } = IRIS, d = features.length;
  const values = new Float64Array(n * d), predicted = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    const row = random.integer(y.length);
    predicted[i] = y[row];
    for (let f = 0; f < d; f++) {
      values[i * d + f] = Math.round(10 * (x[row * d + f] + noise * random.normal())) / 10 +
        (shift?.column === f ? shift.by : 0);
    }
  }
  return { features, classes, x: values, predicted, probabilities: new Float64Array(n * 3) };
}

/** Rows of d independent standard normal columns and one class. */
export function normalRows({ n, random, shift, d = 1 }: Draw & { readonly d?: number }): Rows {
  const features = Array.from(
    { length: d },
    (_, f) => ({ name: `f${f}`, unit: "", min: -9, max: 9 }),
  );
  const x = Float64Array.from(
    { length: n * d },
    (_, i) => random.normal() + (shift?.column === i % d ? shift.by : 0),
  );
  const probabilities = new Float64Array(n).fill(1);
  return { features, classes: ["a"], x, predicted: new Uint8Array(n), probabilities };
}

/** A profile of rows. */
export function profileOf(rows: Rows, options: { readonly bins?: number } = {}): ReferenceProfile {
  return referenceProfile({ ...rows, actual: new Uint8Array(rows.predicted.length) }, options);
}

/** Rows as a window. */
export function windowOf(rows: Rows, more: Partial<ScoredWindow> = {}): ScoredWindow {
  return {
    ...{ name: "window 1", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z", ...rows },
    actual: new Int16Array(rows.predicted.length).fill(-1),
    requests: { status: new Uint16Array(), ms: new Float64Array() },
    ...{ refused: [], ...more },
  };
}

/** Rows as the summary of a window. */
export function summaryOf(
  rows: Rows,
  profile: ReferenceProfile,
  more: Partial<ScoredWindow> = {},
): WindowSummary {
  return summariseWindow(windowOf(rows, more), profile);
}
