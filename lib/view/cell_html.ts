/** Cells of a notebook as HTML. */

import { highlight } from "./highlight.ts";
import { markdown, type MarkdownContext } from "./markdown.ts";
import { imageHtml, type ImageSize, svgHtml } from "./image_html.ts";
import { escapeMarkup, stripAnsi } from "./markup.ts";
import {
  hasTag,
  type NotebookCell,
  type NotebookOutput,
  secondsOf,
  wholeText,
} from "./notebook_format.ts";

/** Formats of an output, the richest that is still calm first; others are not shown. */
const FORMATS = [
  ...["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"],
  ...["text/html", "text/markdown", "application/json", "text/plain"],
];

/**
 * One cell.
 *
 * @param cell The cell.
 * @param number Its place among the code cells, from 1.
 * @param context What is shared with the other cells of the page.
 * @returns A `<section>`, or nothing for an empty cell.
 */
export function cellHtml(cell: NotebookCell, number: number, context: MarkdownContext): string {
  const source = wholeText(cell.source);
  if (cell.cell_type === "markdown") {
    const { attachments } = cell;
    return `<section class="prose">${markdown(source, { ...context, attachments })}</section>\n`;
  }
  if (!source.trim() && !cell.outputs?.length) return "";
  if (cell.cell_type !== "code") {
    return `<section class="cell"><pre class="code">${escapeMarkup(source)}</pre></section>\n`;
  }
  const seconds = secondsOf(cell);
  const about = [
    `<span>[${cell.execution_count ?? " "}]</span>`,
    hasTag(cell, "injected-parameters") ? "<span>set for this run</span>" : "",
    seconds === undefined ? "" : `<span>${formatSeconds(seconds)}</span>`,
  ].join("");
  const outputs = (cell.outputs ?? []).map((output) => outputHtml(output, context)).join("\n");
  return `<section class="cell" id="cell-${number}"><div class="about">${about}</div>` +
    `<pre class="code" tabindex="0"><code>${highlight(source, "typescript")}</code></pre>${
      outputs ? `<div class="outputs">${outputs}</div>` : ""
    }</section>\n`;
}

/**
 * A time as people read it.
 *
 * @param seconds The time in seconds.
 * @returns E.g. `0.4 s`, `42 s`, `2 min 5 s`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { formatSeconds } from "lib/view/mod.ts";
 *
 * assert.deepEqual([0.04, 9.99, 125].map(formatSeconds), ["0.0 s", "10 s", "2 min 5 s"]);
 * ```
 */
export function formatSeconds(seconds: number): string {
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** One output, in the richest format that is known here. */
function outputHtml(output: NotebookOutput, context: MarkdownContext): string {
  if (output.output_type === "stream") {
    const error = output.name === "stderr", text = stripAnsi(wholeText(output.text)).trimEnd();
    return error ? labelled("stderr", "stderr", text) : plain(text);
  }
  if (output.output_type === "error") {
    const { ename = "Error", evalue = "", traceback = [] } = output;
    const message = `${ename}: ${evalue}`, stack = stripAnsi(traceback.join("\n"));
    return labelled(
      "error",
      "error",
      stack.includes(evalue) && stack ? stack : `${message}\n${stack}`,
    );
  }
  const { data = {}, metadata = {} } = output;
  const format = FORMATS.find((format) => data[format] !== undefined);
  if (!format) return "";
  const content = data[format], alt = stripAnsi(wholeText(data["text/plain"])).trim();
  switch (format) {
    case "image/svg+xml":
      return svgHtml(wholeText(content), alt);
    case "text/html": // made by our own cells, hence trusted, unlike Markdown
      return `<div class="html scroll">${wholeText(content)}</div>`;
    case "text/markdown":
      return `<div class="prose">${
        markdown(wholeText(content), { headings: [...context.headings] })
      }</div>`;
    case "application/json":
      return plain(JSON.stringify(content, null, 2), "json");
    case "text/plain":
      return plain(stripAnsi(wholeText(content)));
    default:
      return imageHtml({
        source: `data:${format};base64,${wholeText(content).replace(/\s/g, "")}`,
        alt: alt || "picture",
        size: metadata[format] as ImageSize | undefined,
      });
  }
}

function plain(text: string, language = ""): string {
  return `<pre class="text" tabindex="0">${highlight(text, language)}</pre>`;
}

/** Text that a reader must not take for a result. */
function labelled(kind: "stderr" | "error", label: string, text: string): string {
  return `<div class="${kind}"><span class="label">${label}</span>` +
    `<pre tabindex="0">${escapeMarkup(text)}</pre></div>`;
}
