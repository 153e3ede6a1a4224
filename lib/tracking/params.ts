/** Parameters: nested settings as MLflow's flat texts. */

import { BadInput, canonicalJson, type Json, type JsonRecord } from "lib/core/mod.ts";

/** Longest value of a parameter, in characters: the server would cut it without a word. */
export const LONGEST_PARAM = 6_000;

/**
 * Nested settings as flat texts: keys are joined with dots, lists become JSON.
 *
 * @param settings Plain data.
 * @returns Key → text. Texts stay as they are; numbers, flags and null are written as JSON has them.
 * @throws {BadInput} If two settings end up under one key, or a text is too long to be kept whole.
 * @throws {TypeError} If a number is none that JSON has.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { flattenParams } from "lib/tracking/mod.ts";
 *
 * assert.deepEqual(flattenParams({ seed: 7, forest: { trees: 50, features: ["a", "b"] } }), {
 *   seed: "7",
 *   "forest.trees": "50",
 *   "forest.features": '["a","b"]',
 * });
 * ```
 */
export function flattenParams(settings: JsonRecord): Record<string, string> {
  const flat: Record<string, string> = {};
  for (const [key, value] of entriesBelow(settings, "")) {
    const text = typeof value === "string" ? value : canonicalJson(value);
    if (Object.hasOwn(flat, key)) {
      throw new BadInput({ field: `parameter ${key}`, rule: "must come once only", value: text });
    }
    if ([...text].length > LONGEST_PARAM) {
      const rule = `must have at most ${LONGEST_PARAM} characters`;
      throw new BadInput({ field: `parameter ${key}`, rule, value: text });
    }
    Object.defineProperty(flat, key, { value: text, enumerable: true });
  }
  return flat;
}

function entriesBelow(settings: JsonRecord, prefix: string): [string, Json][] {
  return Object.entries(settings).flatMap(([name, value]) => {
    const key = prefix + name;
    if (value === undefined) return [];
    const isNested = typeof value === "object" && value !== null && !Array.isArray(value);
    return isNested ? entriesBelow(value as JsonRecord, `${key}.`) : [[key, value]];
  });
}
