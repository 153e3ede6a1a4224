/** Text in a header of an answer. */

/**
 * A text as the value of a header can have it: what is no printable ASCII becomes `?`, and a quotation
 * mark an apostrophe, so that it also fits between quotation marks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { headerText } from "lib/local_azure/header_text.ts";
 *
 * assert.equal(headerText('got "https://é/"\r\nx: y'), "got 'https://?/'??x: y");
 * ```
 */
export function headerText(text: string): string {
  return text.replaceAll('"', "'").replaceAll(/[^\x20-\x7e]/g, "?");
}
