/** The unit that a value is taken for by mistake: what happens when a sender changes its unit. */

import type { Feature } from "lib/core/mod.ts";
import { conversion } from "./units.ts";

/** The nearest unit that people confuse each unit with. */
const TAKEN_FOR: Readonly<Record<string, string>> = {
  ...{ mm: "cm", cm: "mm", dm: "cm", m: "cm", km: "m", in: "cm", ft: "m" },
  ...{ mg: "g", g: "mg", kg: "lb", t: "kg", oz: "g", lb: "kg" },
  ...{ ml: "l", cl: "ml", dl: "ml", l: "ml" },
  ...{ ms: "s", s: "ms", min: "s", h: "min", d: "h" },
  ...{ "%": "", "": "%" },
};

/** Factor where the unit is not in the table: a slipped decimal point. */
const DECIMAL_SLIP = 10;

/** A change of unit that nobody announced. */
export interface UnitSlip {
  /** What every value is multiplied by. */
  readonly factor: number;
  /** The unit in which the values come now; null where the table has none for the feature's unit. */
  readonly unit: string | null;
}

/**
 * What a feature's values turn into when its sender changes the unit.
 *
 * @param feature The feature; only its unit counts.
 * @returns The factor: by definition where the unit is in the table of units, else 10.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unitSlip } from "lib/data/mod.ts";
 *
 * assert.deepEqual(unitSlip({ unit: "cm" }), { factor: 10, unit: "mm" });
 * assert.deepEqual(unitSlip({ unit: "kg" }), { factor: 2.20462262185, unit: "lb" });
 * assert.deepEqual(unitSlip({ unit: "furlong" }), { factor: 10, unit: null });
 * ```
 */
export function unitSlip({ unit }: Pick<Feature, "unit">): UnitSlip {
  const to = Object.hasOwn(TAKEN_FOR, unit) ? TAKEN_FOR[unit] : undefined;
  const factor = to === undefined ? undefined : conversion({ from: unit, to });
  return factor === undefined
    ? { factor: DECIMAL_SLIP, unit: null }
    : { factor, unit: to as string };
}
