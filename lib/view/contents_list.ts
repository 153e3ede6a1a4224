/** Links to the headings of a page. */

import type { Heading } from "./markdown.ts";
import { escapeMarkup } from "./markup.ts";

/**
 * A list of links to headings.
 *
 * @param headings In their order; texts are plain, not HTML.
 * @returns A `<ul>`.
 */
export function contentsList(headings: readonly Heading[]): string {
  return `<ul>${
    headings.map(({ depth, text, id }) =>
      `<li class="depth-${depth}"><a href="#${id}">${escapeMarkup(text)}</a></li>`
    ).join("")
  }</ul>`;
}
