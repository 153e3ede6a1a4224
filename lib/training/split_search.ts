/**
 * The best cut of one column at one node, without looking at most of the cuts.
 *
 * Rows of a node are counted by class in about 4 · √size buckets of ranks. The score at the end of
 * each bucket is exact. Within a bucket of weight w no cut can score above the mean of the scores at
 * its two ends plus w, since one row moves each side's ΣL² / |L| by at most its weight. Only buckets
 * whose bound reaches the best score are sorted and scanned: the cut is the one of the full scan.
 *
 * Letters: k classes; L weights left of a cut, C weights of the node.
 */

import { bitsOf, FEW, keySorter } from "./radix.ts";

/** Room for rounding in a bound, as a share of it. */
const SLACK = 1e-9;

/** Searches the columns of one node after another. */
export interface SplitSearch {
  /** Where the caller puts a node's rows: rank, then class, then how often it was drawn. (n) */
  readonly keys: Uint32Array;
  /** Draws of each class left of the best cut. (k) */
  readonly bestLeft: Float64Array;
  /** Says how wide the parts of a key are: weight, then class. */
  widths(weightBits: number, classBits: number): void;
  /** Begins a node with these draws of each class. (k) */
  begin(counts: Float64Array): void;
  /** Looks at the cuts of one column whose keys lie ready. */
  column(f: number, size: number, lowest: number, highest: number): void;
  /** The column of the best cut; -1 if no column could be cut. */
  bestColumn(): number;
  /** Ranks below it go left. */
  bestCut(): number;
}

/**
 * A search with scratch space for nodes of up to n rows.
 *
 * @param n Most rows of a node.
 * @param classWeights What a row of each class counts. (k)
 * @param exhaustive Scan every cut; only tests want that.
 * @returns The search.
 * @see Breiman, Friedman, Olshen and Stone (1984), Classification and Regression Trees: the Gini
 * criterion, in the form ΣL² / |L| + ΣR² / |R|, which is largest where the impurity is smallest.
 */
export function splitSearch(
  n: number,
  classWeights: Float64Array,
  { exhaustive = false }: { exhaustive?: boolean } = {},
): SplitSearch {
  const k = classWeights.length, most = 1 << (bitsOf(n) >> 1) + 3;
  const keys = new Uint32Array(n), spare = new Uint32Array(n);
  const left = new Float64Array(most * k), bound = new Float64Array(most);
  const survives = new Uint8Array(most);
  const C = new Float64Array(k), L = new Float64Array(k), bestLeft = new Float64Array(k);
  const { sort } = keySorter(), few = exhaustive ? Infinity : FEW;
  let weightBits = 0, classBits = 0;
  let best = -1, bestF = -1, bestCut = -1, total = 0, squares = 0;

  function begin(counts: Float64Array): void {
    best = bestF = bestCut = -1;
    total = squares = 0;
    for (let c = 0; c < k; c++) {
      C[c] = counts[c];
      const weight = counts[c] * classWeights[c];
      total += weight;
      squares += weight * weight;
    }
  }

  /** Of equal cuts the column that was looked at first wins, and of its cuts the lowest. */
  function offer(score: number, f: number, cut: number): void {
    if (score < best || score === best && (f !== bestF || cut >= bestCut)) return;
    best = score;
    bestF = f;
    bestCut = cut;
    for (let c = 0; c < k; c++) bestLeft[c] = L[c];
  }

  function column(f: number, size: number, lowest: number, highest: number): void {
    if (lowest === highest) return; // constant here
    if (size <= few) {
      left.fill(0, 0, k);
      scan(keys, size, f, lowest, highest, 31);
      return;
    }
    const shift = Math.max(0, bitsOf(highest - lowest) - (bitsOf(size) >> 1) - 2);
    const worth = offerEnds(f, size, lowest, highest, shift);
    if (!worth) return;
    const ranks = weightBits + classBits;
    let found = 0;
    for (let j = 0; j < size; j++) {
      const key = keys[j];
      spare[found] = key;
      found += survives[(key >>> ranks) - lowest >>> shift];
    }
    if (found > 1) scan(spare, found, f, lowest, highest, shift);
  }

  /** Offers the cuts between buckets; says whether a bucket may hide a better one. */
  function offerEnds(f: number, size: number, lowest: number, highest: number, shift: number) {
    const ranks = weightBits + classBits;
    const weightMask = (1 << weightBits) - 1, classMask = (1 << classBits) - 1;
    const buckets = (highest - lowest >>> shift) + 1;
    left.fill(0, 0, buckets * k);
    L.fill(0);
    for (let j = 0; j < size; j++) {
      const key = keys[j];
      left[((key >>> ranks) - lowest >>> shift) * k + (key >>> weightBits & classMask)] += key &
        weightMask;
    }
    let nl = 0, sl = 0, sr = squares, before = squares / total;
    for (let b = 0, h = 0; b < buckets; b++) {
      const nlBefore = nl;
      let kinds = 0, draws = 0;
      for (let c = 0; c < k; c++, h++) {
        const drawn = left[h], l = L[c];
        left[h] = l; // from now on: what lies left of the bucket
        if (drawn === 0) continue;
        const g = classWeights[c], w = drawn * g;
        kinds++;
        draws += drawn;
        nl += w;
        sl += w * (2 * l * g + w);
        sr += w * (w - 2 * (C[c] - l) * g);
        L[c] = l + drawn;
      }
      bound[b] = 0;
      if (draws === 0) continue;
      const isLast = b === buckets - 1;
      const score = isLast ? squares / total : sl / nl + sr / (total - nl);
      if (!isLast) offer(score, f, lowest + (b + 1 << shift));
      if (kinds > 1) bound[b] = ((before + score) / 2 + nl - nlBefore) * (1 + SLACK);
      before = score;
    }
    if (shift === 0) return false; // a bucket is a rank
    let any = 0;
    for (let b = 0; b < buckets; b++) any += survives[b] = bound[b] >= best ? 1 : 0;
    return any > 0;
  }

  /** Offers every cut within the buckets that these keys fall into. */
  function scan(
    list: Uint32Array,
    m: number,
    f: number,
    lowest: number,
    highest: number,
    shift: number,
  ): void {
    const ranks = weightBits + classBits;
    const weightMask = (1 << weightBits) - 1, classMask = (1 << classBits) - 1;
    const sorted = sort(list, list === keys ? spare : keys, m, ranks, lowest, highest);
    let nl = 0, sl = 0, sr = 0, last = 0, bucket = -1;
    for (let i = 0; i < m; i++) {
      const key = sorted[i], r = key >>> ranks, c = key >>> weightBits & classMask;
      const b = r - lowest >>> shift;
      if (b !== bucket) {
        bucket = b;
        last = r;
        nl = sl = sr = 0;
        for (let q = 0; q < k; q++) {
          const l = L[q] = left[b * k + q], g = classWeights[q], lw = l * g, rw = (C[q] - l) * g;
          nl += lw;
          sl += lw * lw;
          sr += rw * rw;
        }
      } else if (r !== last) {
        last = r;
        offer(sl / nl + sr / (total - nl), f, r);
      }
      const drawn = key & weightMask, g = classWeights[c], w = drawn * g, l = L[c];
      nl += w;
      sl += w * (2 * l * g + w);
      sr += w * (w - 2 * (C[c] - l) * g);
      L[c] = l + drawn;
    }
  }

  return {
    keys,
    bestLeft,
    begin,
    column,
    widths(weights, classes) {
      weightBits = weights;
      classBits = classes;
    },
    bestColumn: () => bestF,
    bestCut: () => bestCut,
  };
}
