/** Permutation test: could the two samples be one, dealt into two heaps by chance? */

import type { Random } from "lib/core/mod.ts";
import type { CountPair } from "./distance.ts";
import { hypergeometric } from "./hypergeometric.ts";

/** What {@linkcode permutationP} needs besides the counts. */
export interface PermutationOptions {
  /** How often the rows are dealt again at most (B). */
  readonly permutations: number;
  /**
   * The test ends early once so many deals (h) were as far apart: then p is large enough to be of no
   * further interest. Default 50.
   */
  readonly enough?: number;
  /** Where chance comes from. */
  readonly random: Random;
  /** `rows` deals row by row, `counts` bin by bin; the outcome is alike. Default: what is faster. */
  readonly deal?: "rows" | "counts";
}

/**
 * Two-sample permutation test of a distance.
 *
 * @param pair Counts in the same bins, at least one in each sample.
 * @param distance Larger is farther apart.
 * @param options See {@linkcode PermutationOptions}.
 * @returns p = (1 + b) / (1 + B), where b of the B deals are at least as far apart as the samples are; or
 * h / l, where the h-th such deal was the l-th of all. If the rows of both samples are exchangeable,
 * p ≤ α in at most α of all cases, whatever the number of rows and however many ties there are.
 * @see Besag and Clifford (1991), Sequential Monte Carlo p-values, Biometrika 78; Phipson and Smyth
 * (2010), Statistical Applications in Genetics and Molecular Biology 9.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stream } from "lib/core/mod.ts";
 * import { jensenShannon, permutationP } from "lib/monitoring/mod.ts";
 *
 * const options = { permutations: 999, random: stream(7, "permutation") };
 * assert.ok(permutationP({ reference: [50, 10], window: [10, 50] }, jensenShannon, options) === 0.001);
 * assert.ok(permutationP({ reference: [50, 10], window: [5, 1] }, jensenShannon, options) === 1);
 * ```
 */
export function permutationP(
  { reference, window }: CountPair,
  distance: (pair: CountPair) => number,
  options: PermutationOptions,
): number {
  const { permutations, enough = 50 } = options, bins = reference.length;
  const pooled = Float64Array.from(reference, (count, i) => count + window[i]);
  const all = sum(pooled), isWindowSmall = sum(window) * 2 <= all;
  const drawn = isWindowSmall ? sum(window) : sum(reference);
  // a deal bin by bin costs about as much as dealing eight rows for each bin
  const deal = (options.deal ?? (drawn > 8 * bins ? "counts" : "rows")) === "counts"
    ? dealCounts({ pooled, all, drawn }, options.random)
    : dealRows({ pooled, all, drawn }, options.random);
  const small = new Float64Array(bins), large = new Float64Array(bins);
  const dealt = isWindowSmall
    ? { reference: large, window: small }
    : { reference: small, window: large };
  const limit = distance({ reference, window }) * (1 - 1e-9); // rounding must not break ties
  let asFar = 0;
  for (let i = 0; i < permutations; i++) {
    deal(small);
    for (let bin = 0; bin < bins; bin++) large[bin] = pooled[bin] - small[bin];
    if (distance(dealt) >= limit && ++asFar === enough) return enough / (i + 1);
  }
  return (1 + asFar) / (1 + permutations);
}

interface Heap {
  readonly pooled: Float64Array;
  readonly all: number;
  readonly drawn: number;
}

type Deal = (into: Float64Array) => void;

/** Fisher and Yates's shuffle, stopped after the rows that are drawn. */
function dealRows({ pooled, all, drawn }: Heap, random: Random): Deal {
  const binOf = new Uint32Array(all);
  let at = 0;
  pooled.forEach((count, bin) => binOf.fill(bin, at, at += count));
  return (into) => {
    into.fill(0);
    for (let i = 0; i < drawn; i++) {
      // off uniform by less than rows / 2^32, and twice as fast as integer()
      const other = i + Math.floor(random.next() * (all - i)), bin = binOf[other];
      binOf[other] = binOf[i];
      binOf[i] = bin;
      into[bin]++;
    }
  };
}

/** The multivariate hypergeometric distribution, one bin after the other. */
function dealCounts({ pooled, all, drawn }: Heap, random: Random): Deal {
  return (into) => {
    let rest = all, left = drawn;
    for (let bin = 0; bin < pooled.length; bin++) {
      into[bin] = hypergeometric({ marked: pooled[bin], all: rest, drawn: left }, random);
      rest -= pooled[bin];
      left -= into[bin];
    }
  };
}

function sum(counts: ArrayLike<number>): number {
  let all = 0;
  for (let i = 0; i < counts.length; i++) all += counts[i];
  return all;
}
