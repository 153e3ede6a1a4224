/** Ends and numbers of an axis. */

/**
 * How the ticks of an axis are written: short, so that they fit between each other.
 *
 * @param values What is drawn along the axis.
 * @returns A format of d3, or `undefined` for Plot's own.
 */
export function tickFormat(values: ArrayLike<number>): string | undefined {
  let largest = 0;
  for (let i = 0; i < values.length; i++) {
    if (Number.isFinite(values[i])) largest = Math.max(largest, Math.abs(values[i]));
  }
  if (largest >= 10_000) return "~s"; // 800k
  return largest > 0 && largest < 0.01 ? ".2~e" : undefined;
}

/** Smallest and largest of the finite values, moved apart where they are the same. */
export function extent(values: Float64Array): [low: number, high: number] {
  let low = Infinity, high = -Infinity;
  for (const value of values) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}
