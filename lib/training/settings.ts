/** Which settings a sweep tries: every combination, or a few drawn from them. */

import { BadInput, checkWhole, stream } from "lib/core/mod.ts";
import type { ForestSetting } from "./cross_validate.ts";

/** Values to try of each knob. */
export type SettingSpace = {
  readonly [Knob in keyof ForestSetting]: readonly NonNullable<ForestSetting[Knob]>[];
};

/**
 * Every combination of the values.
 *
 * @param space Values of each knob; the last knob moves fastest.
 * @returns The settings.
 * @throws {BadInput} If a knob has no values, or there are more than 200 combinations.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gridSettings } from "lib/training/mod.ts";
 *
 * const settings = gridSettings({ trees: [10, 50], minRows: [1, 5] });
 * assert.deepEqual(settings[1], { trees: 10, minRows: 5 });
 * assert.equal(settings.length, 4);
 * ```
 */
export function gridSettings(space: SettingSpace): ForestSetting[] {
  return Array.from({ length: checkSize(space, MOST) }, (_, number) => settingAt(space, number));
}

/**
 * Some combinations, each at most once: with many knobs of which few matter, a random draw tries more
 * values of those than a grid of the same size.
 *
 * @param space Values of each knob.
 * @param options `seed`, and `count`: how many to draw, 1 to 200.
 * @returns As many settings, or all if there are fewer.
 * @throws {BadInput} If a knob has no values, or the count breaks its rule.
 * @see Bergstra and Bengio (2012), Random Search for Hyper-Parameter Optimization, JMLR 13.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { randomSettings } from "lib/training/mod.ts";
 *
 * const drawn = randomSettings({ trees: [10, 50], minRows: [1, 3, 5, 9] }, { seed: 7, count: 3 });
 * assert.equal(new Set(drawn.map((setting) => JSON.stringify(setting))).size, 3);
 * ```
 */
export function randomSettings(
  space: SettingSpace,
  { seed, count }: { readonly seed: number; readonly count: number },
): ForestSetting[] {
  checkWhole("count", count, { min: 1, max: MOST });
  const size = checkSize(space, MOST_TO_DRAW_FROM), { integer } = stream(seed, "settings");
  const drawn = new Set<number>();
  while (drawn.size < Math.min(count, size)) drawn.add(integer(size));
  return [...drawn].map((number) => settingAt(space, number));
}

/** Most settings of a sweep, and most combinations that settings are drawn from. */
const MOST = 200, MOST_TO_DRAW_FROM = 1_000_000;

function knobs(space: SettingSpace): [string, readonly unknown[]][] {
  return Object.entries(space).filter(([, values]) => values !== undefined);
}

function checkSize(space: SettingSpace, max: number): number {
  const sizes = knobs(space).map(([knob, values]) => {
    if (Array.isArray(values) && values.length > 0) return values.length;
    throw new BadInput({ field: knob, rule: "must have values to try", value: values });
  });
  return checkWhole("combinations", sizes.reduce((all, size) => all * size, 1), { min: 1, max });
}

function settingAt(space: SettingSpace, number: number): ForestSetting {
  const entries = knobs(space).toReversed().map(([knob, values]) => {
    const value = values[number % values.length];
    number = Math.floor(number / values.length);
    return [knob, value];
  });
  return Object.fromEntries(entries.reverse());
}
