/**
 * Growing one tree of a forest over ranked rows, in typed arrays, without recursion.
 * Letters: n rows, d columns, k classes.
 */

import { stream } from "lib/core/mod.ts";
import { bitsOf } from "./radix.ts";
import { MISSING_CUT, type RankedRows } from "./rank_columns.ts";
import { splitSearch } from "./split_search.ts";

/** What a tree is grown with; plain data, so that it can be sent to a worker. */
export interface GrowOptions {
  /** The forest's seed. */
  readonly seed: number;
  /** Deepest a tree may grow, in splits. */
  readonly maxDepth: number;
  /** A node with so many draws or fewer becomes a leaf. */
  readonly minRows: number;
  /** Columns that a tree may use. */
  readonly treeColumns: number;
  /** Columns that are looked at for each split. */
  readonly nodeColumns: number;
  /** What a row of each class counts. (k) */
  readonly classWeights: readonly number[];
  /** The columns in an order of their own, so that their order in the rows does not matter. (d) */
  readonly columnOrder: readonly number[];
  /** Scan every cut of every column; only tests want that. */
  readonly exhaustive?: boolean;
}

/** A tree. A pointer ≥ 0 is an inner node, a negative one is leaf `~pointer`. Children come after parents. */
export interface GrownTree {
  /** Which tree of the forest. */
  readonly number: number;
  /** Column that an inner node looks at. */
  readonly feature: Int32Array;
  /** Value below which a row goes left; a missing value is below nothing. */
  readonly threshold: Float64Array;
  /** Rank below which a row of the training goes left. */
  readonly cut: Uint32Array;
  /** Left child at 2p, right child at 2p + 1. */
  readonly child: Int32Array;
  /** Draws of each class in a leaf, k a leaf. */
  readonly counts: Uint32Array;
}

/** Grows trees one after another, a piece at a time. */
export interface TreeGrower {
  /** Begins tree `number`. */
  begin(number: number): void;
  /**
   * Goes on with it.
   *
   * @param work Values to look at before it returns; it may be one node more.
   * @returns Whether the tree is grown.
   */
  advance(work: number): boolean;
  /** The grown tree. */
  tree(): GrownTree;
  /** How often the tree drew each row; 0 is out of bag. (n) */
  readonly drawn: Uint8Array;
}

/** Widest key in bits, and what it keeps for draws: no row is drawn 32 times in the life of this universe. */
const KEY_BITS = 32, DRAW_BITS = 5;

/**
 * A grower with scratch space of its own: about 25 bytes a row, and 24 + 8 · k for each node.
 *
 * Tree t depends on the seed and on t alone: whoever grows it, and after which other, it is the same.
 * Each tree draws n rows with replacement; each split looks at columns drawn for it, and at further
 * ones while all so far were constant.
 *
 * @param rows Ranked rows.
 * @param options See {@linkcode GrowOptions}.
 * @returns The grower. A tree takes time about n · log n · `nodeColumns`.
 * @see Breiman (2001), Random Forests, Machine Learning 45.
 */
export function treeGrower(rows: RankedRows, options: GrowOptions): TreeGrower {
  const { d, k, rank, values, y } = rows, n = y.length;
  const { seed, maxDepth, minRows, treeColumns, nodeColumns, columnOrder } = options;
  const search = splitSearch(n, Float64Array.from(options.classWeights), options);
  const { keys, bestLeft } = search;
  const drawn = new Uint8Array(n), order = new Int32Array(d);
  // the rows of a node lie together: `sample` their places, `tag` class and draws
  const sample = new Uint32Array(n), tag = new Uint32Array(n);
  const spareSample = new Uint32Array(n), spareTag = new Uint32Array(n);
  const feature = new Int32Array(n), threshold = new Float64Array(n), cut = new Uint32Array(n);
  const child = new Int32Array(2 * n);
  const nodeCounts = new Uint32Array(n * k), leafCounts = new Uint32Array((n + 1) * k);
  const C = new Float64Array(k), stack: number[] = [];
  let next: () => number = () => 0, number = 0, weightBits = 0, classBits = 0;
  let nodes = 0, leaves = 0;

  const below = (limit: number) => Math.floor(next() * limit);

  function begin(t: number): void {
    number = t;
    next = stream(seed, `fast tree:${t}`).next;
    nodes = leaves = stack.length = 0;
    order.set(columnOrder);
    for (let q = 0; q < treeColumns && treeColumns < d; q++) swap(q, q + below(d - q));
    drawn.fill(0);
    C.fill(0);
    for (let i = 0; i < n; i++) drawn[below(n)]++;
    let most = 1, m = 0;
    for (let i = 0; i < n; i++) if (drawn[i] > most) most = drawn[i];
    weightBits = bitsOf(most);
    classBits = bitsOf(k - 1);
    search.widths(weightBits, classBits);
    for (let i = 0; i < n; i++) {
      if (drawn[i] === 0) continue;
      sample[m] = i;
      tag[m++] = y[i] << weightBits | drawn[i];
      C[y[i]] += drawn[i];
    }
    open(C, 0, m, 0);
  }

  /** Pointer to a new leaf, or to an inner node that waits to be split. */
  function open(counts: Float64Array, start: number, end: number, depth: number): number {
    let total = 0, kinds = 0;
    for (let c = 0; c < k; c++) {
      total += counts[c];
      kinds += counts[c] > 0 ? 1 : 0;
    }
    if (kinds < 2 || total <= minRows || depth >= maxDepth) return leaf(counts);
    for (let c = 0; c < k; c++) nodeCounts[nodes * k + c] = counts[c];
    stack.push(start, end, depth, nodes);
    return nodes++;
  }

  function leaf(counts: Float64Array): number {
    for (let c = 0; c < k; c++) leafCounts[leaves * k + c] = counts[c];
    return ~leaves++;
  }

  function swap(a: number, b: number): void {
    const kept = order[a];
    order[a] = order[b];
    order[b] = kept;
  }

  function advance(work: number): boolean {
    for (let done = 0; stack.length > 0;) {
      if (done > work) return false;
      const node = stack.pop()!, depth = stack.pop()!, end = stack.pop()!, start = stack.pop()!;
      for (let c = 0; c < k; c++) C[c] = nodeCounts[node * k + c];
      search.begin(C);
      // on while all were constant, as scikit-learn does
      for (
        let q = 0;
        q < treeColumns && (q < nodeColumns || search.bestColumn() < 0);
        q++, done += end - start
      ) {
        swap(q, q + below(treeColumns - q));
        look(order[q], start, end);
      }
      split(node, start, end, depth);
    }
    return true;
  }

  /** Puts a column's keys before the search. */
  function look(f: number, start: number, end: number): void {
    const shift = weightBits + classBits;
    let lowest = 0xffffffff, highest = 0;
    for (let i = start, j = 0; i < end; i++, j++) {
      const r = rank[sample[i] * d + f];
      if (r < lowest) lowest = r;
      if (r > highest) highest = r;
      keys[j] = r << shift | tag[i];
    }
    search.column(f, end - start, lowest, highest);
  }

  /** Parts a node's rows at the best cut, without a branch that the processor could not foresee. */
  function split(node: number, start: number, end: number, depth: number): void {
    const f = search.bestColumn(), bestCut = search.bestCut();
    if (f < 0) { // equal rows, unlike labels: both ways to one leaf
      const only = leaf(C);
      feature[node] = order[0];
      threshold[node] = cut[node] = 0;
      child[2 * node] = child[2 * node + 1] = only;
      return;
    }
    let l = start, r = 0, low = 0, high = 0x7fffffff; // low, high: the ranks beside the cut
    for (let i = start; i < end; i++) {
      const place = sample[i], own = tag[i], q = rank[place * d + f];
      const left = q - bestCut >>> 31, ifLeft = q & -left, ifRight = q | left << 30;
      if (ifLeft > low) low = ifLeft;
      if (ifRight < high) high = ifRight;
      sample[l] = place;
      tag[l] = own;
      l += left;
      spareSample[r] = place;
      spareTag[r] = own;
      r += 1 - left;
    }
    for (let i = 0; i < r; i++) {
      sample[l + i] = spareSample[i];
      tag[l + i] = spareTag[i];
    }
    feature[node] = f;
    threshold[node] = between(values[f], low, high);
    cut[node] = rankOf(values[f], threshold[node], low, high);
    for (let c = 0; c < k; c++) C[c] -= bestLeft[c];
    child[2 * node] = open(bestLeft, start, l, depth + 1);
    child[2 * node + 1] = open(C, l, end, depth + 1);
  }

  return {
    begin,
    advance,
    drawn,
    tree: () => ({
      number,
      feature: feature.slice(0, nodes),
      threshold: threshold.slice(0, nodes),
      cut: cut.slice(0, nodes),
      child: child.slice(0, 2 * nodes),
      counts: leafCounts.slice(0, leaves * k),
    }),
  };
}

/** The middle of two neighbours; of two doubles with nothing between them, the upper. */
function between(values: Float64Array, low: number, high: number): number {
  if (high >= values.length) return MISSING_CUT;
  const a = values[low], b = values[high], middle = a + (b - a) / 2;
  return middle > a && middle < b ? middle : b;
}

/** First rank whose value is not below the threshold: rows that were not drawn may lie in the gap. */
function rankOf(values: Float64Array, threshold: number, low: number, high: number): number {
  let below = low, reached = high;
  while (reached - below > 1) {
    const middle = below + reached >>> 1;
    if (values[middle] < threshold) below = middle;
    else reached = middle;
  }
  return reached;
}

/**
 * Whether rows of these sizes fit into keys of 32 bits, with five bits left for the draws.
 *
 * @param rows Ranked rows.
 * @returns Whether they do: with 3 classes up to 33 million distinct values a column.
 */
export function fitKeys({ k, values }: RankedRows): boolean {
  const most = values.reduce((widest, own) => Math.max(widest, own.length + 1), 2);
  return bitsOf(most) + bitsOf(k - 1) + DRAW_BITS <= KEY_BITS;
}
