/** Digests: the names of things by their content. */

import { createHash } from "node:crypto";
import { canonicalJson } from "./json.ts";

/**
 * SHA-256 of bytes or of a text's UTF-8 bytes.
 *
 * @param content Bytes or text.
 * @returns 64 lower-case hexadecimal digits.
 * @see FIPS 180-4.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sha256 } from "lib/core/mod.ts";
 *
 * assert.equal(sha256("").slice(0, 16), "e3b0c44298fc1c14");
 * ```
 */
export function sha256(content: Uint8Array | string): string {
  return createHash("sha256").update(content).digest("hex");
}

/**
 * SHA-256 of a value's canonical JSON, so that the order of keys does not matter.
 *
 * @param value Plain data, see {@linkcode canonicalJson}.
 * @returns 64 lower-case hexadecimal digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { digestOf } from "lib/core/mod.ts";
 *
 * assert.equal(digestOf({ a: 1, b: 2 }), digestOf({ b: 2, a: 1 }));
 * ```
 */
export function digestOf(value: unknown): string {
  return sha256(canonicalJson(value));
}
