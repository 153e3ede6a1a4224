/** Units that cleaning can convert, because the factor is a matter of definition. */

/** Each family's units as multiples of its base unit. */
const FAMILIES: readonly Readonly<Record<string, number>>[] = [
  { mm: 0.001, cm: 0.01, dm: 0.1, m: 1, km: 1000, in: 0.0254, ft: 0.3048 },
  { mg: 1e-6, g: 0.001, kg: 1, t: 1000, oz: 0.028349523125, lb: 0.45359237 },
  { ml: 0.001, cl: 0.01, dl: 0.1, l: 1 },
  { ms: 0.001, s: 1, min: 60, h: 3600, d: 86400 },
  { "%": 0.01, "": 1 },
];

/**
 * Factor between two units.
 *
 * @param units The unit that values have (`from`) and the one wanted (`to`).
 * @returns What to multiply by; undefined if the two are not of one family.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { conversion } from "lib/data/mod.ts";
 *
 * assert.equal(conversion({ from: "mm", to: "cm" }), 0.1);
 * assert.equal(conversion({ from: "mm", to: "kg" }), undefined);
 * ```
 */
export function conversion({ from, to }: { from: string; to: string }): number | undefined {
  if (from === to) return 1;
  const family = FAMILIES.find((units) => Object.hasOwn(units, from) && Object.hasOwn(units, to));
  if (!family) return undefined;
  // 12 significant digits: 0.001 / 0.01 is not quite 0.1 in binary
  return Number((family[from] / family[to]).toPrecision(12));
}

/**
 * A value in another unit.
 *
 * @param value In the unit that it has.
 * @param factor What {@linkcode conversion} gave.
 * @returns The value, rounded to 12 digits where it is converted: 14 mm is 1.4 cm, not
 * 1.4000000000000001, and so a value on a limit stays on it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { convert } from "lib/data/mod.ts";
 *
 * assert.equal(convert(14, 0.1), 1.4);
 * ```
 */
export function convert(value: number, factor: number): number {
  return factor === 1 ? value : Number((value * factor).toPrecision(12));
}
