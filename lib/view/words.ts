/** Names and numbers as people read them. */

/**
 * A feature's name as people read it, with its unit.
 *
 * @param feature Name and unit; underscores become spaces.
 * @returns E.g. `petal length (cm)`.
 */
export function featureLabel({ name, unit }: { name: string; unit: string }): string {
  return readable(name) + (unit ? ` (${unit})` : "");
}

/** A column name as people read it: underscores become spaces. */
export function readable(name: string): string {
  return name.replaceAll("_", " ").trim() || name;
}

/**
 * A sentence with a capital letter, unless it begins with a word that has its own, such as `pH`.
 *
 * @param text The sentence.
 * @returns The same words.
 */
export function sentence(text: string): string {
  const [first] = text.split(" ", 1);
  return first === first.toLowerCase() ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

/**
 * A whole number with its thousands set apart.
 *
 * @param count The number.
 * @returns E.g. `12,000`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatCount } from "lib/view/mod.ts";
 *
 * assert.equal(formatCount(12000), "12,000");
 * ```
 */
export function formatCount(count: number): string {
  return count.toLocaleString("en-GB");
}

/**
 * A share in per cent, with as few digits as say something. A share that is not 0 or 1 never looks
 * as if it were.
 *
 * @param share From 0 to 1.
 * @returns Per cent, e.g. `97 %`, `99.6 %`, `<0.1 %`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatPercent } from "lib/view/mod.ts";
 *
 * assert.deepEqual([0.97, 0.996, 0.0001].map(formatPercent), ["97 %", "99.6 %", "<0.1 %"]);
 * ```
 */
export function formatPercent(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return "<0.1 %";
  if (percent > 99.9 && percent < 100) return ">99.9 %";
  const close = (percent > 0 && percent < 0.95) || (percent > 99.05 && percent < 100);
  return `${close ? percent.toFixed(1) : Math.round(percent)} %`;
}
