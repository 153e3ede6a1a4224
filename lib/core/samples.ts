/**
 * A table ready for arithmetic: numbers and classes in typed arrays. Letters: n rows, d columns,
 * k classes.
 */

/** One input of a model: its name, its unit and the range in which it makes sense. */
export interface Feature {
  /** Column name. */
  readonly name: string;
  /** Unit of the values, e.g. `cm`; the empty string for a pure number. */
  readonly unit: string;
  /** Smallest value that makes sense, in that unit. */
  readonly min: number;
  /** Largest value that makes sense, in that unit. */
  readonly max: number;
}

/** n labelled rows of d numbers. */
export interface Samples {
  /** The d columns, in the order in which `x` holds them. */
  readonly features: readonly Feature[];
  /** The k class names; a label is an index into them. */
  readonly classes: readonly string[];
  /** Values, row after row: row i, column f is `x[i * d + f]`. (n × d) */
  readonly x: Float64Array;
  /** Labels. (n) */
  readonly y: Uint8Array;
}

/**
 * The rows at the given places, in that order. A place may come twice.
 *
 * @param samples n rows.
 * @param rows Places from 0 to n - 1.
 * @returns New samples, as many as there are places.
 * @throws {RangeError} If a place is outside.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { take } from "lib/core/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const all = { features, classes: ["a", "b"], x: Float64Array.of(1, 2, 3), y: Uint8Array.of(0, 1, 0) };
 * assert.deepEqual([...take(all, [2, 0]).x], [3, 1]);
 * ```
 */
export function take(samples: Samples, rows: ArrayLike<number>): Samples {
  const d = samples.features.length, n = samples.y.length;
  const x = new Float64Array(rows.length * d), y = new Uint8Array(rows.length);
  for (let i = 0; i < rows.length; i++) {
    const row = rows[i];
    if (!(Number.isInteger(row) && row >= 0 && row < n)) {
      throw new RangeError(`Cannot take a row as it must be from 0 to ${n - 1}: ${row}`);
    }
    x.set(samples.x.subarray(row * d, row * d + d), i * d);
    y[i] = samples.y[row];
  }
  return { ...samples, x, y };
}

/**
 * One column as an array of its own.
 *
 * @param samples n rows of d columns.
 * @param column From 0 to d - 1.
 * @returns The column's values. (n)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { column } from "lib/core/mod.ts";
 *
 * const feature = { name: "length", unit: "cm", min: 0, max: 9 };
 * const two = { features: [feature, feature], classes: ["a"], x: Float64Array.of(1, 2, 3, 4), y: Uint8Array.of(0, 0) };
 * assert.deepEqual([...column(two, 1)], [2, 4]);
 * ```
 */
export function column(samples: Samples, column: number): Float64Array {
  const d = samples.features.length;
  return Float64Array.from(samples.y, (_, i) => samples.x[i * d + column]);
}

/**
 * How many rows each class has.
 *
 * @param samples n rows, k classes.
 * @returns Counts in the order of `classes`. (k)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classCounts } from "lib/core/mod.ts";
 *
 * const rows = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(1, 1, 0) };
 * assert.deepEqual(classCounts(rows), [1, 2]);
 * ```
 */
export function classCounts({ classes, y }: Samples): number[] {
  const counts = classes.map(() => 0);
  for (const label of y) counts[label]++;
  return counts;
}
