/** One rule that many choices share. */

import { BadInput } from "./bad_input.ts";

/**
 * Checks that a value is a whole number in a range.
 *
 * @param field Its name.
 * @param value What was given.
 * @param range Smallest and largest value that is taken.
 * @returns The value.
 * @throws {BadInput} If it is not.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkWhole } from "lib/core/mod.ts";
 *
 * assert.equal(checkWhole("rows", 3, { min: 1, max: 9 }), 3);
 * assert.throws(() => checkWhole("rows", 0.5, { min: 1, max: 9 }), /rows must be a whole number from 1 to 9: got 0.5/);
 * ```
 */
export function checkWhole(
  field: string,
  value: unknown,
  { min, max }: { readonly min: number; readonly max: number },
): number {
  if (Number.isInteger(value) && (value as number) >= min && (value as number) <= max) {
    return value as number;
  }
  throw new BadInput({ field, rule: `must be a whole number from ${min} to ${max}`, value });
}
