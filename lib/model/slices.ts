/** Ways to cut rows into slices. */

import { quantile, type Samples } from "lib/core/mod.ts";
import { column } from "lib/core/mod.ts";
import type { Slice } from "./metrics.ts";

/**
 * Cuts the rows into thirds of one feature's values.
 *
 * @param samples n rows.
 * @param feature Place of the feature, from 0.
 * @returns Low, middle and high values, named with their limits and unit. Equal values stay together,
 * so the thirds may differ in size, or be empty.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { thirdsOf } from "lib/model/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const x = Float64Array.of(1, 2, 3, 4, 5, 6);
 * const [low, , high] = thirdsOf({ features, classes: ["a"], x, y: new Uint8Array(6) }, 0);
 * assert.deepEqual([low.name, low.rows, high.rows], ["length below 2.67 cm", [0, 1], [4, 5]]);
 * ```
 */
export function thirdsOf(samples: Samples, feature: number): Slice[] {
  const values = column(samples, feature), { name, unit } = samples.features[feature];
  const [low, high] = [quantile(values, 1 / 3), quantile(values, 2 / 3)];
  const show = (value: number) => `${Number(value.toFixed(2))} ${unit}`.trimEnd();
  const rows = (wanted: (value: number) => boolean) =>
    [...values.keys()].filter((i) => wanted(values[i]));
  return [
    { name: `${name} below ${show(low)}`, rows: rows((value) => value < low) },
    {
      name: `${name} ${show(low)} to ${show(high)}`,
      rows: rows((value) => value >= low && value <= high),
    },
    { name: `${name} above ${show(high)}`, rows: rows((value) => value > high) },
  ];
}
