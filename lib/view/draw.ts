/**
 * Observable Plot without a browser: options in, SVG markup out. The only file that touches a DOM.
 *
 * Plot and linkedom together take about 60 ms to start. `import defer` puts that off until the first
 * picture is drawn and keeps drawing synchronous, so a program that only wants a table or a page
 * never pays for it.
 */

import defer * as Plot from "@observablehq/plot";
import defer * as linkedom from "linkedom";
import type { PlotOptions, Scale, ScaleName } from "@observablehq/plot";
import { LIGHT } from "./theme.ts";

/** What Plot drew: the inside of an SVG, to be put into a frame. */
export interface Drawing {
  /** SVG markup in the colours of the light theme, coordinates in px with at most two decimals. */
  readonly markup: string;
  /** Width in px. */
  readonly width: number;
  /** Height in px. */
  readonly height: number;
  /** Labels of the ticks on the y axis, to measure how much room they need. */
  readonly yTicks: readonly string[];
  /** A scale that Plot has made, or `undefined` where the marks use none. */
  scale(name: ScaleName): Scale | undefined;
}

/** The part of Plot's SVG element that is used here; linkedom's own types do not fit Plot's. */
interface PlotElement {
  readonly innerHTML: string;
  getAttribute(name: string): string | null;
  querySelectorAll(selector: string): Iterable<{ textContent: string | null }>;
  scale(name: ScaleName): Scale | undefined;
}

/** linkedom's document, typed by hand: the project has no DOM types and linkedom's do not fit. */
interface Page {
  readonly document: PlotOptions["document"];
}

let page: Page | undefined;

/**
 * Draws marks.
 *
 * Titles, legends and captions are not Plot's job here: they would turn the SVG into an HTML figure
 * that cannot become a PNG. {@linkcode chart} draws them.
 *
 * @param options Plot's options, without title, subtitle, caption and legends.
 * @returns The drawing.
 */
export function drawPlot(options: PlotOptions): Drawing {
  page ??= linkedom.parseHTML("<!doctype html><html><body></body></html>") as unknown as Page;
  const element = Plot.plot({ ...options, document: page.document }) as unknown as PlotElement;
  return {
    markup: tidy(element.innerHTML),
    width: Number(element.getAttribute("width")),
    height: Number(element.getAttribute("height")),
    yTicks: Array.from(
      element.querySelectorAll('[aria-label="y-axis tick label"] text'),
      (text) => text.textContent ?? "",
    ),
    scale: (name) => element.scale(name),
  };
}

/**
 * Clip paths numbered from 1 in the order in which they stand. Plot counts on over all the pictures
 * that a program draws, which would give the same picture other bytes the second time.
 *
 * @param markup SVG markup of one whole picture.
 * @returns The same picture.
 */
export function renumberClips(markup: string): string {
  const numbers = new Map<string, number>();
  return markup.replace(/\bplot-clip-(\d+)\b/g, (_, id) => {
    if (!numbers.has(id)) numbers.set(id, numbers.size + 1);
    return `clip-${numbers.get(id)}`;
  });
}

/** Plot's markup without its style sheet and screen reader labels, with our ink and short numbers. */
function tidy(markup: string): string {
  return markup
    .replace(/<style>[\s\S]*?<\/style>/g, "")
    .replaceAll('"currentColor"', `"${LIGHT.ink}"`)
    .replaceAll('"var(--plot-background)"', `"${LIGHT.paper}"`)
    // the picture as a whole carries one text that says what it shows
    .replace(/ (?:aria-[a-z]+|class|font-variant)="[^"]*"/g, "")
    .replace(/ (?:d|transform|points|[xy][12]?|c[xy]|d[xy]|r[xy]?|width|height)="[^"]*"/g, round);
}

/** The numbers in an attribute with at most two decimals; text between tags is not touched. */
function round(attribute: string): string {
  return attribute.replace(/-?\d*\.\d{3,}(?:e[-+]?\d+)?/g, (number) => {
    const rounded = Math.round(Number(number) * 100) / 100;
    return String(rounded === 0 ? 0 : rounded);
  });
}
