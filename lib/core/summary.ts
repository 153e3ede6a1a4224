/**
 * What is kept of a column of numbers, however long it is. Summaries merge: a day is summarised where
 * it lies, and months are put together in milliseconds.
 */

import { mergeMoments, type Moments, momentsOf } from "./moments.ts";
import { mergeSketches, type QuantileSketch, sketchOf } from "./sketch.ts";

/** Summary of n values. Plain data that survives JSON. */
export interface Summary {
  /** All values, missing ones included (n). */
  readonly n: number;
  /** Values that are not finite numbers; NaN stands for a missing one. */
  readonly missing: number;
  /** Where the bins begin and end, ascending. (b + 1) */
  readonly edges: readonly number[];
  /** Values below the first edge, in each of the b bins, and above the last edge. (b + 2) */
  readonly counts: readonly number[];
  /** Sum of the values of each of those, in their unit: where in its bin a value lies on average. (b + 2) */
  readonly sums: readonly number[];
  /** Moments of the values that are there. */
  readonly moments: Moments;
  /** Their quantiles, within 1 %. */
  readonly sketch: QuantileSketch;
}

/**
 * Summarises a column.
 *
 * @param values (n), in any order and up to 1e150 in size; NaN is missing.
 * @param edges Where the bins begin and end: at least two numbers, ascending. A bin holds its lower edge
 * and not its upper one; the last holds both, as in numpy.
 * @returns See {@linkcode Summary}.
 * @throws {RangeError} If the edges are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { summarise } from "lib/core/mod.ts";
 *
 * const { n, missing, counts, moments } = summarise([-1, 0, 1, 2, NaN, 9], [0, 1, 2]);
 * assert.deepEqual([n, missing, counts, moments.mean], [6, 1, [1, 1, 2, 1], 2.2]);
 * ```
 */
export function summarise(values: ArrayLike<number>, edges: readonly number[]): Summary {
  checkEdges(edges);
  const bounds = Float64Array.from(edges), last = bounds.length - 1;
  const counts = new Float64Array(bounds.length + 1), sums = new Float64Array(bounds.length + 1);
  for (let i = 0; i < values.length; i++) {
    const value = values[i];
    if (!Number.isFinite(value)) continue;
    let low = 0, high = bounds.length; // the number of edges that are not above the value
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (bounds[middle] <= value) low = middle + 1;
      else high = middle;
    }
    const bin = value === bounds[last] ? last : low;
    counts[bin]++;
    sums[bin] += value;
  }
  const moments = momentsOf(values), n = values.length;
  return {
    ...{ n, missing: n - moments.count, edges: [...edges] },
    ...{ counts: [...counts], sums: [...sums], moments, sketch: sketchOf(values) },
  };
}

/**
 * The summary of two parts together.
 *
 * @param a One part.
 * @param b The other part, with the same edges.
 * @returns What {@linkcode summarise} gives for all their values: counts and quantiles exactly, sums and
 * moments but for rounding.
 * @throws {RangeError} If the edges differ.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mergeSummaries, summarise } from "lib/core/mod.ts";
 *
 * const edges = [0, 1, 2], parts = [summarise([0, 1], edges), summarise([2, NaN], edges)];
 * assert.deepEqual(mergeSummaries(parts[0], parts[1]), summarise([0, 1, 2, NaN], edges));
 * ```
 */
export function mergeSummaries(a: Summary, b: Summary): Summary {
  if (a.edges.length !== b.edges.length || a.edges.some((edge, i) => edge !== b.edges[i])) {
    throw new RangeError(
      `Cannot merge summaries as their edges must be the same: ` +
        `${a.edges.length} from ${a.edges[0]}, ${b.edges.length} from ${b.edges[0]}`,
    );
  }
  const add = (one: readonly number[], other: readonly number[]) =>
    one.map((value, i) => value + other[i]);
  return {
    n: a.n + b.n,
    missing: a.missing + b.missing,
    edges: a.edges,
    counts: add(a.counts, b.counts),
    sums: add(a.sums, b.sums),
    moments: mergeMoments(a.moments, b.moments),
    sketch: mergeSketches(a.sketch, b.sketch),
  };
}

/**
 * Edges that put about equally many values into each bin.
 *
 * @param values (n), in any order; at least one finite number; what is not finite is passed over.
 * @param bins Most bins, at least 2. Where there are no more distinct values than that, each value gets
 * a bin of its own, and nothing is lost by binning; values with many ties make fewer bins.
 * @returns Edges from the smallest to the largest value; a hair around the value if there is but one.
 * @throws {RangeError} If there is no value, or `bins` is not a whole number from 2 on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { quantileEdges } from "lib/core/mod.ts";
 *
 * assert.deepEqual(quantileEdges([1, 1, 2, 4], 10), [1, 1.5, 3, 4]);
 * assert.deepEqual(quantileEdges([0, 1, 2, 3, 4], 2), [0, 2, 4]);
 * ```
 */
export function quantileEdges(values: ArrayLike<number>, bins: number): number[] {
  if (!(Number.isInteger(bins) && bins >= 2)) {
    throw new RangeError(`Cannot make edges as bins must be a whole number from 2 on: ${bins}`);
  }
  const sorted = Float64Array.from(values).filter(Number.isFinite).sort(), n = sorted.length;
  if (n === 0) throw new RangeError("Cannot make edges as there are no values");
  const distinct: number[] = [];
  for (let i = 0; i < n && distinct.length <= bins; i++) {
    if (sorted[i] !== distinct.at(-1)) distinct.push(sorted[i]);
  }
  if (distinct.length === 1) {
    const [value] = distinct, hair = 1e-9 * Math.max(1, Math.abs(value));
    return [value - hair, value + hair];
  }
  const inner = distinct.length <= bins
    ? distinct.slice(1).map((value, i) => distinct[i] + (value - distinct[i]) / 2)
    : Array.from({ length: bins - 1 }, (_, i) => {
      const at = (i + 1) / bins * (n - 1), low = Math.floor(at);
      return sorted[low] + (sorted[Math.ceil(at)] - sorted[low]) * (at - low);
    });
  // ties and rounding can make edges fall together
  return [sorted[0], ...inner, sorted[n - 1]].filter((edge, i, all) =>
    i === 0 || edge > all[i - 1]
  );
}

function checkEdges(edges: readonly number[]): void {
  const isAscending = edges.every((edge, i) =>
    Number.isFinite(edge) && (i === 0 || edge > edges[i - 1])
  );
  if (edges.length < 2 || !isAscending) {
    throw new RangeError(
      `Cannot summarise as edges must be at least two ascending numbers: ${edges.length} edges`,
    );
  }
}
