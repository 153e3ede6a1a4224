/**
 * Markdown to HTML that cannot do anything: raw HTML is shown as text but for a few tags without
 * attributes, addresses lead to the web or to a neighbouring page, pictures are inside the page.
 */

import defer * as marked from "marked";
import type { MarkedExtension, Tokens } from "marked";
import { highlight } from "./highlight.ts";
import { escapeMarkup } from "./markup.ts";
import { wholeText } from "./notebook_format.ts";

/** A heading, for a list of contents. */
export interface Heading {
  /** From 1 to 6. */
  readonly depth: number;
  /** Its text, without markup. */
  readonly text: string;
  /** Its `id` in the page. */
  readonly id: string;
}

/** What several pieces of one page share. */
export interface MarkdownContext {
  /** Headings so far; new ones are added, and ids are kept apart. */
  readonly headings: Heading[];
  /** Pictures that came with the text, by file name: an object of base64 by MIME type. */
  readonly attachments?: Readonly<Record<string, unknown>>;
  /** Way from the page to the folder of the text, for links to its other files. Default: the same folder. */
  readonly base?: string;
}

/** Raw tags that are let through, exactly as written here, opening and closing. */
const TAGS = "details|summary|br|code|sub|sup|kbd|b|i|em|strong|mark|small|hr|p|ul|ol|li";

/**
 * Turns Markdown into HTML.
 *
 * Links to `.ipynb` files beside the page lead to the `.html` pages made of them, other relative ones to
 * the files beside the text. A picture that lies
 * outside the page becomes a link to it, so that the page needs nothing but itself.
 *
 * @param text Markdown, from anybody.
 * @param context What is shared with the other pieces of the page.
 * @returns HTML without scripts, event handlers, styles or outside content.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { type Heading, markdown } from "./markdown.ts";
 *
 * const headings: Heading[] = [];
 * const html = markdown("# Drift\n\n<script>steal()</script>", { headings });
 * assert.ok(html.includes('<h1 id="drift">Drift</h1>'));
 * assert.ok(!html.includes("<script>"));
 * assert.deepEqual(headings, [{ depth: 1, text: "Drift", id: "drift" }]);
 * ```
 */
export function markdown(text: string, context: MarkdownContext): string {
  const html = new marked.Marked(extension(context)).parse(text, { async: false });
  // a <details> that is never closed would swallow the rest of the page
  const open = html.split("<details").length - html.split("</details>").length;
  return html + "</details>".repeat(Math.max(0, open));
}

function extension(context: MarkdownContext): MarkedExtension {
  return {
    gfm: true,
    renderer: {
      heading({ tokens, depth }: Tokens.Heading): string {
        const text = plainText(this.parser.parseInline(tokens, this.parser.textRenderer));
        const id = freeId(slug(text), context.headings);
        context.headings.push({ depth, text, id });
        return `<h${depth} id="${id}">${this.parser.parseInline(tokens)}</h${depth}>\n`;
      },
      html({ text }: Tokens.HTML | Tokens.Tag): string {
        return safeTags(text);
      },
      code({ text, lang }: Tokens.Code): string {
        return `<pre class="code"><code>${
          highlight(text, lang?.split(/\s/)[0] ?? "")
        }</code></pre>\n`;
      },
      link({ href, title, tokens }: Tokens.Link): string {
        const label = this.parser.parseInline(tokens), address = safeAddress(href, context.base);
        if (address === undefined) return label;
        return `<a href="${escapeMarkup(address)}"${titled(title)}>${label}</a>`;
      },
      image({ href, title, text }: Tokens.Image): string {
        const source = insideAddress(href, context.attachments);
        if (source) {
          return `<img src="${escapeMarkup(source)}" alt="${escapeMarkup(text)}"${titled(title)}>`;
        }
        const address = safeAddress(href), label = `[picture: ${escapeMarkup(text || href)}]`;
        return address ? `<a href="${escapeMarkup(address)}">${label}</a>` : label;
      },
      table(token: Tokens.Table): string {
        const row = (cells: Tokens.TableCell[], tag: "th" | "td") =>
          `<tr>${
            cells.map(({ tokens, align }) =>
              `<${tag}${align ? ` style="text-align:${align}"` : ""}>${
                this.parser.parseInline(tokens)
              }</${tag}>`
            ).join("")
          }</tr>`;
        const body = token.rows.map((cells) => row(cells, "td")).join("\n");
        return `<div class="scroll"><table><thead>${row(token.header, "th")}</thead>\n` +
          `<tbody>${body}</tbody></table></div>\n`;
      },
    },
  };
}

/** Raw HTML as text, comments left out, with the harmless tags let through. */
function safeTags(html: string): string {
  return escapeMarkup(html.replace(/<!--[\s\S]*?-->/g, ""))
    .replace(new RegExp(`&lt;(/?(?:${TAGS})|details open)\\s*/?&gt;`, "gi"), "<$1>");
}

/** An address that a link may have, or `undefined`. */
function safeAddress(href: string, base = ""): string | undefined {
  // browsers ignore control characters and line breaks inside `java\nscript:`
  const address = href.replaceAll("&amp;", "&").replace(/[\0-\x20\x7f]/g, "");
  const scheme = /^([^/?#]*):/.exec(address)?.[1].toLowerCase(); // of whatever characters
  if (scheme !== undefined) {
    return ["http", "https", "mailto"].includes(scheme) ? address : undefined;
  }
  if (address.startsWith("#")) return `#${slug(decode(address.slice(1)))}`;
  if (/\.ipynb(?=$|[?#])/.test(address)) return address.replace(/\.ipynb(?=$|[?#])/, ".html");
  return address.startsWith("/") ? address : base + address;
}

/** A percent-encoded text, or the text itself where the encoding is broken. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** The data address of a picture that is part of the text, or `undefined`. */
function insideAddress(
  href: string,
  attachments: MarkdownContext["attachments"] = {},
): string | undefined {
  if (/^data:image\/(?:png|jpeg|gif|webp|svg\+xml)[;,]/i.test(href)) return href;
  if (!href.startsWith("attachment:")) return undefined;
  const file = attachments[decode(href.slice("attachment:".length))] ?? {};
  const [mime, content] = Object.entries(file).find(([mime]) => mime.startsWith("image/")) ?? [];
  return mime && `data:${mime};base64,${wholeText(content).replace(/\s/g, "")}`;
}

function titled(title: string | null | undefined): string {
  return title ? ` title="${escapeMarkup(title)}"` : "";
}

/** What a heading says, without tags and entities. */
function plainText(text: string): string {
  return text.replace(/<[^>]*>/g, "").replace(
    /&(amp|lt|gt|quot|#39);/g,
    (_, name: string) => ({ amp: "&", lt: "<", gt: ">", quot: '"' })[name] ?? "'",
  ).trim();
}

/** A text as an id: letters and digits of any script, with `-` between words. */
function slug(text: string): string {
  return text.toLowerCase().replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-|-$/g, "") || "part";
}

/** The id, with a number behind it where an earlier heading has it. */
function freeId(id: string, headings: readonly Heading[]): string {
  const taken = new Set(headings.map((heading) => heading.id));
  if (!taken.has(id)) return id;
  let number = 2;
  while (taken.has(`${id}-${number}`)) number++;
  return `${id}-${number}`;
}
