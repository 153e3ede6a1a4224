/** What the drift test can notice at all, and how many rows it needs. Letters: n rows of a window, m of the reference. */

import { deviation, type Summary } from "lib/core/mod.ts";
import type { ReferenceProfile } from "./profile.ts";

/** Chance with which a shift is noticed, where "noticed" is said. */
export const POWER = 0.8;

/** Standard normal deviate that is exceeded in 20 of 100 cases. */
const Z_POWER = 0.8416212335729143;

/** What {@linkcode driftPower} supposes. */
export interface DriftPowerOptions {
  /** Rows of the window (n). */
  readonly rows: number;
  /** Chance of any false alarm in a window without drift. Default 0.05. */
  readonly level?: number;
  /** The shift that a window must be able to show, in reference deviations. Default 1. */
  readonly noticeable?: number;
}

/** What a window of n rows can show. Plain data. */
export interface DriftPower {
  /** Rows of the window (n). */
  readonly rows: number;
  /** Rows from which a window is decided; null if the reference is too small for any. */
  readonly rowsNeeded: number | null;
  /** By input: the smallest shift, in reference deviations, that is noticed in 80 of 100 windows if this
   * input moves alone; null where there is no row or the reference is constant. (d) */
  readonly smallestShifts: readonly (number | null)[];
}

/**
 * The smallest shifts that a window of n rows shows, and the rows that it needs.
 *
 * @param profile What windows are held against.
 * @param options See {@linkcode DriftPowerOptions}.
 * @returns See {@linkcode DriftPower}. By formula: the distance's distribution without drift is that of
 * the area under a Brownian bridge, taken as a gamma distribution with its exact mean and variance.
 * @see del Barrio, Giné and Matrán (1999), Annals of Probability 27, for the limit; Wilson and Hilferty
 * (1931), PNAS 17, for the quantile.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { driftPower, referenceProfile } from "lib/monitoring/mod.ts";
 *
 * const labels = new Uint8Array(90);
 * const profile = referenceProfile({
 *   features: [{ name: "length", unit: "cm", min: 0, max: 90 }], classes: ["a"], predicted: labels,
 *   x: Float64Array.from(labels, (_, i) => i), probabilities: new Float64Array(90), actual: labels,
 * });
 * const { rowsNeeded, smallestShifts } = driftPower(profile, { rows: 50 });
 * assert.deepEqual([rowsNeeded, smallestShifts[0]?.toFixed(2)], [11, "0.54"]);
 * ```
 */
export function driftPower(
  { summaries, predicted, rows: m }: ReferenceProfile,
  { rows, level = 0.05, noticeable = 1 }: DriftPowerOptions,
): DriftPower {
  const alpha = level / (summaries.length + (predicted.length > 0 ? 1 : 0));
  const limits = summaries.map((summary) => criticalDistance(summary, alpha));
  const needs = limits.map((limit, f) =>
    limit === null ? 1 : enoughRows(limit, { m: summaries[f].moments.count, noticeable })
  );
  return {
    rows,
    rowsNeeded: needs.includes(null)
      ? null
      : Math.max(attainableRows(m, alpha), ...needs.map((need) => need!)),
    smallestShifts: limits.map((limit, f) =>
      smallestShift(limit, { n: rows, m: summaries[f].moments.count })
    ),
  };
}

/**
 * The distance that is exceeded with a chance of `alpha` without drift, as a multiple of √(1/n + 1/m)
 * reference deviations; null where the reference is constant.
 */
export function criticalDistance(reference: Summary, alpha: number): number | null {
  const spread = deviation(reference.moments);
  if (spread === 0) return null;
  const used = reference.counts.flatMap((count, i) =>
    count > 0 ? [{ count, point: reference.sums[i] / count }] : []
  );
  const cells: { below: number; deviation: number; width: number }[] = [];
  let below = 0;
  for (let i = 0; i + 1 < used.length; i++) {
    below += used[i].count / reference.moments.count;
    const deviation = Math.sqrt(below * (1 - below));
    cells.push({ below, deviation, width: used[i + 1].point - used[i].point });
  }
  // |bridge| at one place has mean √(2/π) σ; the covariance of two follows from their correlation
  let mean = 0, variance = 0;
  cells.forEach((one, i) => {
    mean += Math.sqrt(2 / Math.PI) * one.deviation * one.width;
    for (let j = i; j < cells.length; j++) {
      const other = cells[j];
      const r = Math.min(1, one.deviation / other.deviation * (1 - other.below) / (1 - one.below));
      const covariance = 2 / Math.PI * (Math.sqrt(1 - r * r) + r * Math.asin(r) - 1) *
        one.deviation * other.deviation * one.width * other.width;
      variance += (j === i ? 1 : 2) * covariance;
    }
  });
  const shape = mean * mean / variance;
  const root = 1 - 1 / (9 * shape) + normalDeviate(alpha) / (3 * Math.sqrt(shape));
  return mean * root ** 3 / spread;
}

/**
 * The smallest shift, in reference deviations, for n rows against m; null where there is none. It is
 * the critical distance and as much again as a mean of n rows errs by, where the critical distance is
 * that of the pooled rows, which the shift itself has spread out: hence a quadratic equation.
 */
export function smallestShift(
  critical: number | null,
  { n, m }: { readonly n: number; readonly m: number },
): number | null {
  if (critical === null || n === 0) return null;
  const unit = Math.sqrt(1 / n + 1 / m), z = Z_POWER, shrunk = 1 - critical ** 2 / (n + m);
  if (shrunk <= 0) return null;
  return unit * (z + Math.sqrt(z * z + shrunk * (critical ** 2 - z * z))) / shrunk;
}

/** Rows from which a shift is noticed; null if it never is. */
function enoughRows(
  critical: number,
  { m, noticeable }: { readonly m: number; readonly noticeable: number },
): number | null {
  const isEnough = (n: number) => (smallestShift(critical, { n, m }) ?? Infinity) <= noticeable;
  let high = 1;
  while (!isEnough(high)) {
    high *= 2;
    if (high > 1e12) return null; // the reference alone errs by more
  }
  let low = high / 2; // not enough, or below one row
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (isEnough(middle)) high = middle;
    else low = middle;
  }
  return high;
}

/** Rows until the smallest p-value that there can be, one by the number of deals, is at most `alpha`. */
function attainableRows(m: number, alpha: number): number {
  let deals = 1, n = 0;
  while (deals * alpha < 1) deals *= (m + ++n) / n;
  return n;
}

/**
 * Standard normal deviate that is exceeded with a chance of `alpha` < 0.5, to 0.0005.
 *
 * @see Hastings, in Abramowitz and Stegun (1964), 26.2.23.
 */
function normalDeviate(alpha: number): number {
  const t = Math.sqrt(-2 * Math.log(alpha));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
      (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}
