/** Conditions and order over records in memory: experiments, models and versions are few. */

import type { Condition, Order } from "./mlflow_filter.ts";

/** What is searched, as the conditions see it. */
export interface Searchable {
  readonly attributes: Readonly<Record<string, string | number>>;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Whether a text fits a pattern of SQL: `%` stands for any characters, `_` for one.
 *
 * @param text The text.
 * @param pattern The pattern, which has no way of escaping.
 * @param options `caseless`: whether the case of the letters A to Z does not matter.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isLike } from "lib/local_azure/mlflow_match.ts";
 *
 * assert.equal(isLike("forest-50", "forest-__"), true);
 * assert.equal(isLike("Forest", "f%"), false);
 * assert.equal(isLike("Forest", "f%", { caseless: true }), true);
 * ```
 */
export function isLike(
  text: string,
  pattern: string,
  { caseless = false }: { caseless?: boolean } = {},
): boolean {
  const fold = (value: string) =>
    caseless ? value.replace(/[A-Z]/g, (letter) => letter.toLowerCase()) : value;
  const characters = [...fold(text)], wanted = [...fold(pattern)];
  // going back to the last % only keeps the time at text × pattern; a regular expression would not
  let at = 0, want = 0, percent = -1, resume = 0;
  while (at < characters.length) {
    if (wanted[want] === "%") {
      percent = want++;
      resume = at;
    } else if (wanted[want] === "_" || wanted[want] === characters[at]) {
      at++, want++;
    } else if (percent >= 0) {
      want = percent + 1;
      at = ++resume;
    } else {
      return false;
    }
  }
  while (wanted[want] === "%") want++;
  return want === wanted.length;
}

/**
 * Whether all conditions hold. A tag that is not there fits IS NULL and nothing else.
 *
 * @param found What is searched.
 * @param conditions As they were parsed.
 */
export function matches(found: Searchable, conditions: readonly Condition[]): boolean {
  return conditions.every(({ entity, key, comparator, value }) => {
    const values = entity === "tag" ? found.tags : found.attributes;
    const actual = Object.hasOwn(values, key) ? values[key] : undefined;
    if (comparator === "IS NULL") return actual === undefined;
    if (actual === undefined) return false;
    if (comparator === "IS NOT NULL") return true;
    if (comparator === "IN") return (value as readonly string[]).includes(String(actual));
    if (comparator === "NOT IN") return !(value as readonly string[]).includes(String(actual));
    if (comparator === "LIKE") return isLike(String(actual), String(value));
    if (comparator === "ILIKE") return isLike(String(actual), String(value), { caseless: true });
    const difference = compare(actual, value as string | number);
    switch (comparator) {
      case "=":
        return difference === 0;
      case "!=":
        return difference !== 0;
      case ">":
        return difference > 0;
      case ">=":
        return difference >= 0;
      case "<":
        return difference < 0;
      case "<=":
        return difference <= 0;
    }
  });
}

/** Compares two records by the criteria, which name attributes; the last word has `otherwise`. */
export function inOrder<T extends Searchable>(
  orders: readonly Order[],
  otherwise: (a: T, b: T) => number,
): (a: T, b: T) => number {
  return (a, b) => {
    for (const { key, descending } of orders) {
      const difference = compare(a.attributes[key], b.attributes[key]);
      if (difference !== 0) return descending ? -difference : difference;
    }
    return otherwise(a, b);
  };
}

/** Below, at or above 0, as `a` is before, at or behind `b`. */
export function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
