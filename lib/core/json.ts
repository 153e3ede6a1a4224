/** JSON that has one spelling, so that equal records have equal bytes and equal digests. */

/** What survives a trip through JSON unchanged. */
export type Json = null | boolean | number | string | readonly Json[] | {
  readonly [key: string]: Json;
};

/** A record: an object of plain, JSON-safe data. Every arrow of the pipeline carries one. */
export type JsonRecord = { readonly [key: string]: Json };

/**
 * Canonical JSON: no white space, keys in code-unit order, numbers as ECMAScript prints them.
 *
 * @param value Plain data. Keys whose value is `undefined` are left out, as JSON does.
 * @returns The one text that stands for `value`.
 * @throws {TypeError} If a value has no JSON form (NaN, Infinity, BigInt, function, `undefined` in an
 * array, half a surrogate pair, class instances such as Date or Map); the message says where.
 * @see RFC 8785, JSON Canonicalization Scheme.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { canonicalJson } from "lib/core/mod.ts";
 *
 * assert.equal(canonicalJson({ b: [1, 2.5], a: "x" }), '{"a":"x","b":[1,2.5]}');
 * ```
 */
export function canonicalJson(value: unknown): string {
  return write(value, "");
}

function write(value: unknown, path: string): string {
  if (typeof value === "string") return writeText(value, path);
  if (value === null || typeof value === "boolean") return JSON.stringify(value);
  if (typeof value === "number" && Number.isFinite(value)) return JSON.stringify(value);
  if (Array.isArray(value)) {
    // Array.from: map would pass over a hole
    return `[${Array.from(value, (item, i) => write(item, `${path}/${i}`)).join(",")}]`;
  }
  if (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype) {
    const fields = Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .sort(([a], [b]) => a < b ? -1 : 1)
      .map(([key, item]) => `${writeText(key, `${path}/${key}`)}:${write(item, `${path}/${key}`)}`);
    return `{${fields.join(",")}}`;
  }
  const kind = typeof value === "object"
    ? (value.constructor?.name ?? "an object without Object.prototype")
    : String(value);
  throw notPlain(path, kind);
}

function writeText(text: string, path: string): string {
  if (!text.isWellFormed()) throw notPlain(path, "text with half a surrogate pair");
  return JSON.stringify(text);
}

function notPlain(path: string, found: string): TypeError {
  return new TypeError(
    `Cannot write canonical JSON as ${path || "/"} must be plain data: ${found}`,
  );
}
