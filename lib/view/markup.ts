/** Text on its way into HTML or SVG. */

const ENTITIES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/**
 * Text made safe for HTML and XML, between tags and inside quoted attributes. Control characters that
 * XML forbids are left out, since one of them makes a whole SVG unreadable.
 *
 * @param text Any value; it is turned into a string.
 * @returns Markup that shows this text.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { escapeMarkup } from "lib/view/mod.ts";
 *
 * assert.equal(escapeMarkup("a < b & \u0007c"), "a &lt; b &amp; c");
 * ```
 */
export function escapeMarkup(text: unknown): string {
  // deno-lint-ignore no-control-regex
  return String(text).toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]/g, "")
    .replace(/[&<>"']/g, (char) => ENTITIES[char]);
}

/**
 * Text without the escape sequences that colour a terminal.
 *
 * @param text What a program printed.
 * @returns What a person would have read.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stripAnsi } from "lib/view/mod.ts";
 *
 * assert.equal(stripAnsi("\u001b[1;31mred\u001b[0m"), "red");
 * ```
 */
export function stripAnsi(text: string): string {
  // deno-lint-ignore no-control-regex
  return text.replace(/\x1b\[[0-9;?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)/g, "");
}

/**
 * Base64 of a text's UTF-8 bytes, as a data address needs it.
 *
 * @param text Any text, non-ASCII included.
 * @returns Base64.
 */
export function base64(text: string): string {
  return new TextEncoder().encode(text).toBase64();
}
