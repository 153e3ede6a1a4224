/** How deep a JSON text is nested, before it is parsed: what goes over it calls itself once a level. */

/** Deepest nesting that is read. Azure's bodies have below twenty levels. */
export const DEEPEST = 100;

/**
 * Whether a JSON text is nested deeper than that. It costs one pass over the text.
 *
 * @param text The text, be it JSON or not.
 * @param most Levels that may be. Default {@linkcode DEEPEST}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isTooDeep } from "lib/local_azure/json_depth.ts";
 *
 * assert.equal(isTooDeep('{"a":[1,{"b":"[[[["}]}', 3), false);
 * assert.equal(isTooDeep("[".repeat(101)), true);
 * ```
 */
export function isTooDeep(text: string, most: number = DEEPEST): boolean {
  if (text.length <= most) return false;
  let depth = 0, isText = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (isText) {
      if (code === 0x5c) at++; // what a backslash escapes is no quotation mark
      else if (code === 0x22) isText = false;
    } else if (code === 0x22) isText = true;
    else if (code === 0x5b || code === 0x7b) {
      if (++depth > most) return true;
    } else if (code === 0x5d || code === 0x7d) depth--;
  }
  return false;
}
