/** A page of sections with pictures and tables: dashboard, monitoring report, post-mortem. */

import { contentsList } from "./contents_list.ts";
import { svgHtml } from "./image_html.ts";
import { escapeMarkup } from "./markup.ts";
import { htmlDocument } from "./page.ts";
import type { Picture } from "./picture.ts";
import type { Table } from "./table.ts";

/** How something stands; the page shows a sign and the word, not the colour alone. */
export type ReportState = "ok" | "warning" | "critical" | "unknown";

/** One figure at the head of the page. */
export interface ReportTile {
  /** What it is. */
  readonly label: string;
  /** The figure with its unit. */
  readonly value: string;
  /** Where it comes from, or what it is held against. */
  readonly note?: string;
  /** How it stands. Default: it is only told. */
  readonly state?: ReportState;
}

/** One section of the page. */
export interface ReportSection {
  /** Its heading. */
  readonly heading: string;
  /** What to see in it, in a sentence or two. */
  readonly lead?: string;
  /** Pictures, tables and paragraphs of plain text, in order. Without any, the section says that there is nothing yet. */
  readonly items: readonly (Picture | Table | string)[];
}

/** What a page is made of. */
export interface ReportPage {
  /** Title and heading. */
  readonly title: string;
  /** One line below: of what, as of when. */
  readonly meta: string;
  /** What a reader has to know before the figures, one line each. Default: nothing. */
  readonly notices?: readonly string[];
  /** Figures at the head. */
  readonly tiles?: readonly ReportTile[];
  /** The sections. */
  readonly sections: readonly ReportSection[];
  /** Seconds after which a browser loads the page again; for a page that is served. Default: never. */
  readonly refreshSeconds?: number;
}

/** A sign before the word, for those who do not see its colour. */
const SIGNS: Readonly<Record<ReportState, string>> = {
  ok: "✓ ok",
  warning: "▲ warning",
  critical: "✗ critical",
  unknown: "? unknown",
};

/**
 * Makes the page.
 *
 * @param page See {@linkcode ReportPage}.
 * @returns An HTML document that needs nothing else, light and dark.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { reportPage, table } from "lib/view/mod.ts";
 *
 * const html = reportPage({
 *   title: "iris in use",
 *   meta: "as of 2026-03-04",
 *   tiles: [{ label: "Realised accuracy", value: "94.1 %", state: "ok" }],
 *   sections: [{ heading: "Traffic", items: [table([{ deployment: "blue", share: 100 }])] }],
 * });
 * assert.match(html, /✓ ok/);
 * ```
 */
export function reportPage(
  { title, meta, notices = [], tiles = [], sections, refreshSeconds }: ReportPage,
): string {
  const told = notices.map((line) => `<p class="notice">${escapeMarkup(line)}</p>\n`).join("");
  const head = tiles.map(({ label, value, note, state }) =>
    `<li${state ? ` class="${state}"` : ""}><span>${escapeMarkup(label)}</span><b>${
      escapeMarkup(value)
    }</b>${state ? `<em>${SIGNS[state]}</em>` : ""}${
      note ? `<small>${escapeMarkup(note)}</small>` : ""
    }</li>`
  ).join("\n");
  const body = sections.map(({ heading, lead, items }, i) =>
    `<section class="report"><h2 id="section-${i + 1}">${escapeMarkup(heading)}</h2>
${lead ? `<p>${escapeMarkup(lead)}</p>\n` : ""}${
      items.length > 0 ? items.map(itemHtml).join("\n") : `<p class="meta">Nothing yet.</p>`
    }</section>`
  ).join("\n");
  const refresh = refreshSeconds === undefined
    ? ""
    : `<meta http-equiv="refresh" content="${Math.max(1, Math.round(refreshSeconds))}">\n`;
  const contents = sections.length < LONG ? "" : contentsList(
    sections.map(({ heading }, i) => ({
      depth: 1,
      text: heading,
      id: `section-${i + 1}`,
    })),
  );
  return htmlDocument({
    title,
    body: `${refresh}<div class="frame${contents && " with-side"}">
${contents && `<nav class="side" aria-label="Contents">${contents}</nav>\n`}<main><h1>${
      escapeMarkup(title)
    }</h1>
<p class="meta">${escapeMarkup(meta)}</p>
${told}${head && `<ul class="tiles">\n${head}\n</ul>\n`}${
      contents && `<details class="contents"><summary>Contents</summary>${contents}</details>\n`
    }${body}</main></div>`,
  });
}

/** Sections from which on a page has a list of them. */
const LONG = 4;

function itemHtml(item: Picture | Table | string): string {
  if (typeof item === "string") return `<p>${escapeMarkup(item)}</p>`;
  if ("svg" in item) return svgHtml(item.svg, item.alt);
  return `<div class="scroll" tabindex="0">${item.html}</div>`;
}
