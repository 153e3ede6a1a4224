/** Isotonic regression: the rising curve that is nearest to what was seen. Letter: n points. */

/** A rising curve, straight between its corners and level beyond its ends. */
export interface Isotonic {
  /** Scores of the corners, rising. (m) */
  readonly at: readonly number[];
  /** Values at the corners, never falling. (m) */
  readonly value: readonly number[];
}

/** Scores and what came of them. */
export interface IsotonicPoints {
  /** Scores, in any order; equal ones count as one point with their mean. (n) */
  readonly scores: ArrayLike<number>;
  /** What was seen at them, e.g. 1 where the class was there and 0 where not. (n) */
  readonly targets: ArrayLike<number>;
}

/**
 * Fits the rising curve with the least squared distance to the points, by pooling neighbours that
 * fall: each pool gets its mean.
 *
 * @param points See {@linkcode IsotonicPoints}; n ≥ 1.
 * @returns The curve, a record that survives JSON.
 * @throws {RangeError} If there are no points, not as many targets as scores, or one is no number.
 * @see Ayer, Brunk, Ewing, Reid and Silverman (1955), Ann. Math. Stat. 26: pool adjacent violators.
 * The curve is that of scikit-learn's `IsotonicRegression(out_of_bounds="clip")`.
 *
 * @example The second and third point fall, and are pooled
 * ```ts
 * import assert from "node:assert/strict";
 * import { fitIsotonic, isotonicAt } from "lib/monitoring/mod.ts";
 *
 * const curve = fitIsotonic({ scores: [0.1, 0.4, 0.6, 0.9], targets: [0, 1, 0, 1] });
 * assert.deepEqual(curve, { at: [0.1, 0.4, 0.6, 0.9], value: [0, 0.5, 0.5, 1] });
 * assert.equal(isotonicAt(curve, 0.25).toFixed(3), "0.250");
 * ```
 */
export function fitIsotonic({ scores, targets }: IsotonicPoints): Isotonic {
  const n = scores.length;
  const order = Array.from({ length: n }, (_, i) => i).sort((a, b) => scores[a] - scores[b]);
  if (
    n === 0 || targets.length !== n ||
    order.some((i) => !Number.isFinite(scores[i]) || !Number.isFinite(targets[i]))
  ) {
    throw new RangeError(
      `Cannot fit a rising curve as there must be points, each a finite score and target: ` +
        `${n} scores, ${targets.length} targets`,
    );
  }
  const pools: Pool[] = [];
  for (const i of order) {
    const last = pools.at(-1);
    // equal scores are one point: a curve has one value at each place
    if (last && last.to === scores[i]) add(last, targets[i]);
    else pools.push({ from: scores[i], to: scores[i], sum: targets[i], count: 1 });
  }
  return corners(pooled(pools));
}

/**
 * The curve's value at a score.
 *
 * @param curve From {@linkcode fitIsotonic}.
 * @param score Any number; beyond the ends the value of the end holds.
 * @returns The value, by a straight line between two corners.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isotonicAt } from "lib/monitoring/mod.ts";
 *
 * const curve = { at: [0, 1], value: [0.25, 0.75] };
 * assert.deepEqual([-9, 0.5, 9].map((score) => isotonicAt(curve, score)), [0.25, 0.5, 0.75]);
 * ```
 */
export function isotonicAt({ at, value }: Isotonic, score: number): number {
  let low = 0, high = at.length - 1;
  if (score <= at[low]) return value[low];
  if (score >= at[high]) return value[high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (at[middle] <= score) low = middle;
    else high = middle;
  }
  return value[low] + (value[high] - value[low]) * (score - at[low]) / (at[high] - at[low]);
}

/** Neighbours that share one value: their mean. */
interface Pool {
  /** Lowest and highest score. */
  from: number;
  to: number;
  /** Sum and number of their targets. */
  sum: number;
  count: number;
}

function add(pool: Pool, target: number): void {
  pool.sum += target;
  pool.count++;
}

/** Joins pools until no mean is below the one before it. */
function pooled(points: readonly Pool[]): Pool[] {
  const stack: Pool[] = [];
  for (const point of points) {
    let top = { ...point };
    // also where the means are the same: a level stretch needs two corners only
    while (
      stack.length > 0 &&
      stack[stack.length - 1].sum * top.count >= top.sum * stack[stack.length - 1].count
    ) {
      const before = stack.pop()!;
      top = {
        from: before.from,
        to: top.to,
        sum: before.sum + top.sum,
        count: before.count + top.count,
      };
    }
    stack.push(top);
  }
  return stack;
}

function corners(pools: readonly Pool[]): Isotonic {
  const at: number[] = [], value: number[] = [];
  for (const { from, to, sum, count } of pools) {
    for (const score of from === to ? [from] : [from, to]) {
      at.push(score);
      value.push(sum / count);
    }
  }
  return { at, value };
}
