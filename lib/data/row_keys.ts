/** Rows by their content, so that a row is the same row wherever it stands in a file. */

import { type Samples, sha256 } from "lib/core/mod.ts";

/**
 * A short digest of each row's values and class.
 *
 * @param samples n rows.
 * @returns 16 hexadecimal digits a row; equal rows have equal keys. (n)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { rowKeys } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 1, 1), y: Uint8Array.of(0, 0, 1) };
 * const [first, same, other] = rowKeys(rows);
 * assert.equal(first, same);
 * assert.notEqual(first, other);
 * ```
 */
export function rowKeys({ features, classes, x, y }: Samples): string[] {
  const d = features.length;
  return Array.from(
    y,
    (label, i) => sha256(`${x.subarray(i * d, i * d + d).join()}:${classes[label]}`).slice(0, 16),
  );
}
