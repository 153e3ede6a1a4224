/** An executed notebook as one HTML file that needs nothing else. */

import { cellHtml, formatSeconds } from "./cell_html.ts";
import { contentsList } from "./contents_list.ts";
import type { Heading } from "./markdown.ts";
import { escapeMarkup } from "./markup.ts";
import { hasTag, type NotebookDocument, secondsOf } from "./notebook_format.ts";
import { pageStyle } from "./page_style.ts";

/** Options of {@linkcode notebookPage}. */
export interface NotebookPageOptions {
  /** Title of the page, and its first heading where the notebook has none of its own. */
  readonly title: string;
  /** Where the page of all notebooks is, relative to this one. Default: no link. */
  readonly home?: string;
  /** Way from the page to the notebook's folder, e.g. `../../notebooks/`. Default: the same folder. */
  readonly base?: string;
}

/**
 * Makes a page: prose, code with its colours, what each cell has shown, a list of contents at the
 * side. It has no script, loads nothing, follows the viewer's light or dark, can be read on a phone
 * and printed.
 *
 * Of each output the first of these is shown: SVG, PNG or another picture, HTML, Markdown, JSON,
 * text. HTML that a cell has shown is taken as it is: whoever runs a notebook trusts it. Everything
 * else is escaped, and raw HTML in Markdown is shown as text, so it cannot run a script.
 *
 * @param notebook The executed notebook, as read from its file.
 * @param options See {@linkcode NotebookPageOptions}.
 * @returns An HTML document.
 * @throws {TypeError} If it has no cells.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { notebookPage } from "lib/view/mod.ts";
 *
 * const html = notebookPage({
 *   cells: [{ cell_type: "markdown", source: "# Hello" }, {
 *     cell_type: "code",
 *     source: "1 + 1",
 *     execution_count: 1,
 *     outputs: [{ output_type: "execute_result", data: { "text/plain": "2" } }],
 *   }],
 * }, { title: "Hello" });
 * assert.ok(html.startsWith("<!doctype html>") && html.includes('<h1 id="hello">Hello</h1>'));
 * ```
 */
export function notebookPage(
  notebook: NotebookDocument,
  { title, home, base }: NotebookPageOptions,
): string {
  if (!Array.isArray(notebook?.cells)) {
    throw new TypeError(`Cannot make a page of ${title} as it is no notebook: it has no cells`);
  }
  const headings: Heading[] = [];
  let number = 0;
  const body = notebook.cells.map((cell) =>
    cellHtml(cell, cell.cell_type === "code" ? ++number : number, { headings, base })
  ).join("");
  const listed = headings.filter(({ depth }) => depth <= 3);
  const contents = listed.length > 1 ? contentsList(listed) : "";
  const main = `<main>
<p class="meta">${
    home ? `<span class="home"><a href="${escapeMarkup(home)}">All notebooks</a> · </span>` : ""
  }${summary(notebook)}</p>
${headings.some(({ depth }) => depth === 1) ? "" : `<h1>${escapeMarkup(title)}</h1>\n`}${
    contents && `<details class="contents"><summary>Contents</summary>${contents}</details>\n`
  }${body}</main>`;
  return htmlDocument({
    title,
    body: `<div class="frame${contents ? " with-side" : ""}">
${contents && `<nav class="side" aria-label="Contents">${contents}</nav>\n`}${main}
</div>`,
  });
}

/**
 * A whole HTML document in the house style.
 *
 * @param parts Title as text, body as HTML.
 * @returns The document.
 */
export function htmlDocument({ title, body }: { title: string; body: string }): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escapeMarkup(title)}</title>
<link rel="icon" href="data:,">
<style>${pageStyle()}</style>
</head>
<body>
${body}
</body>
</html>
`;
}

/** How many cells ran, how long, and where an error stopped them. */
function summary({ cells }: NotebookDocument): string {
  const code = cells.filter(({ cell_type }) => cell_type === "code");
  const ran = code.filter(({ execution_count }) => typeof execution_count === "number");
  const seconds = code.reduce((sum, cell) => sum + (secondsOf(cell) ?? 0), 0);
  const failed = code.findIndex((cell) =>
    cell.outputs?.some(({ output_type }) => output_type === "error") &&
    !hasTag(cell, "raises-exception")
  );
  return `${ran.length} of ${code.length} code cells ran${
    seconds > 0 ? ` in ${formatSeconds(seconds)}` : ""
  }${failed >= 0 ? ` · <a href="#cell-${failed + 1}">an error in cell ${failed + 1}</a>` : ""}`;
}
