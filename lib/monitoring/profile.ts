/** What is kept of the reference, so that windows can be held against it without its rows. */

import { BadInput, type Feature, quantileEdges, summarise, type Summary } from "lib/core/mod.ts";
import type { Reference } from "./window.ts";

/** Summary of the reference. Plain data: it can be stored beside the model. */
export interface ReferenceProfile {
  /** Rows of the reference. */
  readonly rows: number;
  /** The d inputs. */
  readonly features: readonly Feature[];
  /** The k class names. */
  readonly classes: readonly string[];
  /** One summary an input; its edges are what windows are binned by. (d) */
  readonly summaries: readonly Summary[];
  /** Rows by predicted class. (k) */
  readonly predicted: readonly number[];
}

/** Most bins of an input, where nothing else is said. */
export const DEFAULT_BINS = 50;

/**
 * Summarises the reference.
 *
 * @param reference See {@linkcode Reference}; at least one row, at least one value of every input.
 * @param options `bins`: most bins of an input, each with about equally many of the reference's rows.
 * Default 50. An input with fewer distinct values gets a bin for each of them.
 * @returns See {@linkcode ReferenceProfile}.
 * @throws {BadInput} If there is no row, an input has no value, or `bins` is not a whole number from 2 on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { referenceProfile } from "lib/monitoring/mod.ts";
 *
 * const { rows, predicted, summaries } = referenceProfile({
 *   features: [{ name: "length", unit: "cm", min: 0, max: 9 }],
 *   classes: ["a", "b"],
 *   x: Float64Array.of(1, 2, 2),
 *   predicted: Uint8Array.of(0, 1, 1),
 *   probabilities: Float64Array.of(1, 0, 0, 1, 0, 1),
 *   actual: Uint8Array.of(0, 1, 1),
 * });
 * assert.deepEqual([rows, predicted, summaries[0].edges], [3, [1, 2], [1, 1.5, 2]]);
 * ```
 */
export function referenceProfile(
  { features, classes, x, predicted }: Reference,
  { bins = DEFAULT_BINS }: { readonly bins?: number } = {},
): ReferenceProfile {
  const rows = predicted.length;
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new BadInput({ field: "bins", rule: "must be a whole number from 2 on", value: bins });
  }
  if (rows === 0) throw new BadInput({ field: "reference", rule: "must have at least one row" });
  const summaries = features.map(({ name }, f) => {
    const values = columnOf(x, { d: features.length, f });
    if (!values.some(Number.isFinite)) {
      throw new BadInput({ field: `reference, ${name}`, rule: "must have at least one value" });
    }
    return summarise(values, quantileEdges(values, bins));
  });
  return { rows, features, classes, summaries, predicted: countLabels(predicted, classes.length) };
}

/** Column f of values that lie row after row (n × d). */
export function columnOf(
  x: Float64Array,
  { d, f }: { readonly d: number; readonly f: number },
): Float64Array {
  const values = new Float64Array(x.length / d);
  for (let i = 0, at = f; i < values.length; i++, at += d) values[i] = x[at];
  return values;
}

/** Rows by label. (k) */
export function countLabels(labels: Uint8Array, k: number): number[] {
  const counts = new Array<number>(k).fill(0);
  for (const label of labels) counts[label]++;
  return counts;
}
