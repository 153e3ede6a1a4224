/** Rows drawn at random, with whatever a property asks for: ties, missing values, unlike classes. */

import { type Samples, stream } from "../../lib/core/mod.ts";

/** What the rows are like. */
export interface MadeRows {
  readonly n: number;
  readonly d: number;
  readonly k: number;
  readonly seed: number;
  /** Distinct values of a column; Infinity for none alike. Default Infinity. */
  readonly grid?: number;
  /** Share of missing values. Default 0. */
  readonly missing?: number;
  /** Shift of a column from class to class, in deviations. Default 1. */
  readonly shift?: number;
}

/** n rows of d columns and k classes; each class has a row where n ≥ k. */
export function madeRows(
  { n, d, k, seed, grid = Infinity, missing = 0, shift = 1 }: MadeRows,
): Samples {
  const random = stream(seed, "made rows"), x = new Float64Array(n * d);
  const y = Uint8Array.from({ length: n }, (_, i) => i < k ? i : random.integer(k));
  for (let i = 0; i < n * d; i++) {
    const value = random.normal() + shift * y[Math.floor(i / d)];
    const coarse = Number.isFinite(grid) ? Math.round(value * grid / 6) / grid * 6 : value;
    x[i] = random.next() < missing ? NaN : coarse;
  }
  return {
    features: Array.from({ length: d }, (_, f) => ({ name: `f${f}`, unit: "", min: -9, max: 99 })),
    classes: Array.from({ length: k }, (_, c) => `class ${c}`),
    ...{ x, y },
  };
}
