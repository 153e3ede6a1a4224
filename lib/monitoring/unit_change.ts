/** Did the values change their unit? Centimetres that became millimetres keep their shape, ten times as large. */

import { sketchQuantile, type Summary } from "lib/core/mod.ts";

/** Ratios of common units, and what they are. Each counts both ways. */
const UNIT_FACTORS: readonly (readonly [number, string])[] = [
  [2.54, "cm and inch"],
  [10, "mm and cm"],
  [25.4, "mm and inch"],
  [100, "cm and m, or a share and percent"],
  [1000, "a unit and its thousandth"],
];

/** Shares at which two columns are laid side by side: the middle of each of twenty equal parts. */
const SHARES = Array.from({ length: 20 }, (_, i) => (i + 0.5) / 20);

/** How the values of a window relate to those of the reference. */
export interface UnitChange {
  /** How many times as large the quantiles are, by least squares. */
  readonly scale: number;
  /** The known factor that explains it; null if none does. */
  readonly factor: number | null;
  /** The units that differ by that factor; null if none does. */
  readonly units: string | null;
}

/**
 * Looks for a known factor between two columns. Divided by it, the window's quantiles must lie at half of
 * their distance to the reference's or nearer: another mix of classes moves a median by any factor, but
 * not all quantiles by one.
 *
 * @param pair Summaries of both, with at least one value each.
 * @param options `tolerance`: how far the scale may be from the factor, as a factor.
 * @returns See {@linkcode UnitChange}; null if the reference is zero throughout.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { summarise } from "lib/core/mod.ts";
 * import { unitChange } from "lib/monitoring/mod.ts";
 *
 * const lengths = [1, 2, 3, 5, 8], inch = lengths.map((cm) => cm / 2.54);
 * const pair = { reference: summarise(lengths, [0, 9]), window: summarise(inch, [0, 9]) };
 * assert.equal(unitChange(pair, { tolerance: 1.25 })?.units, "cm and inch");
 * ```
 */
export function unitChange(
  { reference, window }: { readonly reference: Summary; readonly window: Summary },
  { tolerance }: { readonly tolerance: number },
): UnitChange | null {
  const [values, known] = [window, reference].map(({ sketch }) =>
    SHARES.map((share) => sketchQuantile(sketch, share)!)
  );
  const squares = known.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) return null;
  const scale = values.reduce((sum, value, i) => sum + value * known[i], 0) / squares;
  const apart = (factor: number) =>
    values.reduce((sum, value, i) => sum + Math.abs(value / factor - known[i]), 0);
  const found = UNIT_FACTORS
    .flatMap(([factor, units]) => [{ factor, units }, { factor: 1 / factor, units }])
    .find(({ factor }) =>
      Math.abs(Math.log(scale / factor)) <= Math.log(tolerance) && apart(factor) <= apart(1) / 2
    );
  return { scale, factor: found?.factor ?? null, units: found?.units ?? null };
}
