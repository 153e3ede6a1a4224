/**
 * Values replaced by their ranks, once a training: from then on only whole numbers are compared.
 * Letters: n rows, d columns.
 */

import { BadInput, column, type Samples } from "lib/core/mod.ts";
import { sortedPlaces } from "./radix.ts";

/** Rows as ranks; all arrays may lie in memory that workers share. */
export interface RankedRows {
  /** Number of columns. */
  readonly d: number;
  /** Number of classes. */
  readonly k: number;
  /** Rank of each value within its column, from 0, row after row; equal values are equal. (n × d) */
  readonly rank: Uint32Array;
  /** Of each column its distinct values in order; a missing value has the rank after the last. (d) */
  readonly values: readonly Float64Array[];
  /** Labels. (n) */
  readonly y: Uint8Array;
}

/**
 * Threshold between the known values and the missing ones: no value of a training row reaches it, so
 * that every known value goes left and NaN, which is below nothing, goes right.
 */
export const MISSING_CUT = Number.MAX_VALUE;

/**
 * Ranks rows.
 *
 * @param samples Rows; NaN stands for a missing value and ranks above all others.
 * @param options `shared`: put the result where workers can see it.
 * @yields Often, so that a caller can breathe.
 * @returns See {@linkcode RankedRows}. About 4 · d bytes a row, and 8 · d for values that are all distinct.
 * @throws {BadInput} If a value is infinite or too large to be told from a missing one.
 */
export function* rankedRows(
  samples: Samples,
  { shared }: { shared: boolean },
): Generator<void, RankedRows> {
  const { features, classes, y } = samples, d = features.length, n = y.length;
  const memory = (bytes: number) =>
    (shared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes)) as ArrayBuffer;
  const rank = new Uint32Array(memory(4 * n * d)), labels = new Uint8Array(memory(n));
  labels.set(y);
  const values: Float64Array[] = [];
  for (let f = 0; f < d; f++) {
    const own = column(samples, f);
    const known = knownPlaces(own, features[f].name);
    yield;
    const order = yield* sortedPlaces(own, known);
    const distinct = rankInto(rank, { own, order, d, f });
    const kept = new Float64Array(memory(8 * distinct.length));
    kept.set(distinct);
    values.push(kept);
    yield;
  }
  return { d, k: classes.length, rank, values, y: labels };
}

/** Writes the ranks of a column, and gives its distinct values. */
function rankInto(
  rank: Uint32Array,
  { own, order, d, f }: { own: Float64Array; order: Uint32Array; d: number; f: number },
): Float64Array {
  const distinct = new Float64Array(order.length);
  let last = -1;
  for (let j = 0; j < order.length; j++) {
    const place = order[j], value = own[place];
    if (last < 0 || value !== distinct[last]) distinct[++last] = value;
    rank[place * d + f] = last;
  }
  if (order.length < own.length) {
    for (let i = 0; i < own.length; i++) if (Number.isNaN(own[i])) rank[i * d + f] = last + 1;
  }
  return distinct.subarray(0, last + 1);
}

/** Places that hold a value. */
function knownPlaces(own: Float64Array, name: string): Uint32Array {
  const places = new Uint32Array(own.length);
  let known = 0;
  for (let i = 0; i < own.length; i++) {
    if (Number.isNaN(own[i])) continue;
    if (Math.abs(own[i]) >= MISSING_CUT) {
      const rule = "must be a finite number, or NaN where it is missing";
      throw new BadInput({ field: `training row ${i}, ${name}`, rule, value: own[i] });
    }
    places[known++] = i;
  }
  return places.subarray(0, known);
}
