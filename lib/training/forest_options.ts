/** The knobs of a forest, with their rules. */

import { BadInput, classCounts, type Samples } from "lib/core/mod.ts";

/** What a forest is grown with. */
export interface ForestOptions {
  /** Number of trees, 1 to 2,000. Default 100. */
  readonly trees: number;
  /** Deepest a tree may grow, in splits; null for as deep as it goes. Default null. */
  readonly maxDepth: number | null;
  /** A node with so many rows or fewer becomes a leaf, 1 to 1,000. Default 3. */
  readonly minRows: number;
  /** Columns drawn for each tree, with replacement, as a share of all: above 0, at most 1. At least one is drawn. Default 1. */
  readonly featureShare: number;
}

/** The defaults. */
export const FOREST_DEFAULTS: ForestOptions = {
  trees: 100,
  maxDepth: null,
  minRows: 3,
  featureShare: 1,
};

/**
 * Checks options that may have come from outside, and fills in the defaults.
 *
 * @param given Some of the options.
 * @param samples The rows to be trained on, where they are known already.
 * @returns All of the options.
 * @throws {BadInput} If one breaks its rule, or the rows are of one class.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkForestOptions } from "lib/training/mod.ts";
 *
 * const rows = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(0, 1) };
 * assert.equal(checkForestOptions({ trees: 50 }, rows).minRows, 3);
 * assert.throws(() => checkForestOptions({ trees: 0 }, rows), /trees must be a whole number from 1 to 2000: got 0/);
 * ```
 */
export function checkForestOptions(
  given: Partial<ForestOptions>,
  samples?: Samples,
): ForestOptions {
  const known = Object.keys(FOREST_DEFAULTS) as (keyof ForestOptions)[];
  const options = Object.fromEntries(
    known.map((name) => [name, given[name] ?? FOREST_DEFAULTS[name]]),
  ) as unknown as ForestOptions;
  whole("trees", options.trees, 2000);
  whole("minRows", options.minRows, 1000);
  if (options.maxDepth !== null) whole("maxDepth", options.maxDepth, 1000);
  const { featureShare } = options;
  if (typeof featureShare !== "number" || !(featureShare > 0 && featureShare <= 1)) {
    const rule = "must be above 0 and at most 1";
    throw new BadInput({ field: "featureShare", rule, value: featureShare });
  }
  const present = samples && classCounts(samples).filter((count) => count > 0).length;
  if (present !== undefined && present < 2) {
    const rule = "must have at least two classes to tell apart";
    throw new BadInput({ field: "training rows", rule, value: present });
  }
  return options;
}

function whole(field: string, value: unknown, highest: number): void {
  if (Number.isInteger(value) && (value as number) >= 1 && (value as number) <= highest) return;
  throw new BadInput({ field, rule: `must be a whole number from 1 to ${highest}`, value });
}
