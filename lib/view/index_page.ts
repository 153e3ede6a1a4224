/** The page that leads to the others. */

import { formatSeconds } from "./cell_html.ts";
import { escapeMarkup } from "./markup.ts";
import { htmlDocument } from "./page.ts";

/** One notebook on the start page. */
export interface IndexItem {
  /** Its name, as people call it. */
  readonly title: string;
  /** Where its page is, relative to the start page. */
  readonly href: string;
  /** How its run ended. */
  readonly status: "ok" | "failed" | "not run";
  /** How long the run took. */
  readonly seconds?: number;
  /** What it shows, in one line. */
  readonly line?: string;
}

/** Options of {@linkcode indexPage}. */
export interface IndexPageOptions {
  /** Title and heading. Default `Notebooks`. */
  readonly title?: string;
}

/**
 * A start page for the pages of notebooks.
 *
 * @param items The notebooks, in the order in which they are read.
 * @param options See {@linkcode IndexPageOptions}.
 * @returns An HTML document that needs nothing else.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { indexPage } from "lib/view/mod.ts";
 *
 * const html = indexPage([
 *   { title: "01 Foundation", href: "01_foundation.html", status: "ok", seconds: 4.2 },
 * ]);
 * assert.ok(html.includes('<a href="01_foundation.html">01 Foundation</a>'));
 * ```
 */
export function indexPage(
  items: readonly IndexItem[],
  { title = "Notebooks" }: IndexPageOptions = {},
): string {
  const count = (status: IndexItem["status"]) =>
    items.filter((item) => item.status === status).length;
  const seconds = items.reduce((sum, item) => sum + (item.seconds ?? 0), 0);
  const total = [
    `${count("ok")} of ${items.length} ran without an error`,
    ...(count("failed") ? [`${count("failed")} failed`] : []),
    ...(seconds > 0 ? [formatSeconds(seconds)] : []),
  ].join(" · ");
  const body = items.map(({ title, href, status, seconds, line }) =>
    `<li><div class="row"><a href="${escapeMarkup(href)}">${escapeMarkup(title)}</a>` +
    `<span class="${status.replace(" ", "-")}">${SIGNS[status]} ${status}</span>${
      seconds === undefined ? "" : `<span>${formatSeconds(seconds)}</span>`
    }</div>${line ? `<p>${escapeMarkup(line)}</p>` : ""}</li>`
  ).join("\n");
  return htmlDocument({
    title,
    body: `<div class="frame"><main><h1>${escapeMarkup(title)}</h1>
<p class="meta">${total}</p>
<ol class="items">
${body}
</ol></main></div>`,
  });
}

/** A sign before the word, for those who do not see its colour. */
const SIGNS: Readonly<Record<IndexItem["status"], string>> = {
  ok: "✓",
  failed: "✗",
  "not run": "–",
};
