/** Legends as SVG: classes by colour and shape, or a ramp of steps. Plot's own are HTML. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { escapeMarkup } from "./markup.ts";
import { textWidth } from "./text_size.ts";
import { type ClassSymbol, FONT_PX, LIGHT } from "./theme.ts";

/** One class of a legend. */
export interface LegendEntry {
  /** Name of the class. */
  readonly label: string;
  /** Its colour, `#rrggbb`. */
  readonly colour: string;
  /** Its shape; a small bar of colour where it is left out. */
  readonly symbol?: ClassSymbol;
}

/** A piece of a picture, drawn from its own left upper corner. */
export interface Piece {
  /** SVG markup. */
  readonly markup: string;
  /** Height in px. */
  readonly height: number;
}

/** Height of a row of the legend, in px. */
const ROW = 26;

/** Room for the mark before a name, and between one entry and the next, in px. */
const MARK = 22, GAP = 24;

/**
 * Classes in a row, or in as many rows as they need.
 *
 * @param entries The classes.
 * @param widthPx Room in px.
 * @returns The legend.
 */
export function classLegend(entries: readonly LegendEntry[], widthPx: number): Piece {
  let x = 0, row = 0;
  const placed = entries.map((entry) => {
    const width = MARK + textWidth(entry.label, FONT_PX.base);
    if (x > 0 && x + width > widthPx) [x, row] = [0, row + 1];
    const place = { ...entry, x: x + 8, y: row * ROW + ROW / 2 };
    x += width + GAP;
    return place;
  });
  const height = (row + 1) * ROW;
  const names = placed.map(({ label, x, y }) =>
    `<text x="${round(x + MARK - 8)}" y="${y}" dy="0.35em" text-anchor="start">${
      escapeMarkup(label)
    }</text>`
  );
  const bars = placed.filter(({ symbol }) => symbol === undefined).map(({ colour, x, y }) =>
    `<rect x="${round(x - 7)}" y="${y - 7}" width="14" height="14" rx="3" fill="${colour}"/>`
  );
  const symbols = placed.filter(({ symbol }) => symbol !== undefined);
  return { markup: bars.join("") + drawSymbols(symbols, widthPx, height) + names.join(""), height };
}

/** What a ramp's legend says. */
export interface RampLegendOptions {
  /** What the colour means, with its unit. */
  readonly label: string;
  /** Colours from the lowest to the highest value. */
  readonly colours: readonly string[];
  /** Numbers to write under the ramp: where, from 0 (left) to 1 (right), and what. */
  readonly ticks: readonly { readonly at: number; readonly text: string }[];
  /** Whether the colours are steps, or samples of a smooth change. Default `true`. */
  readonly stepped?: boolean;
}

/**
 * A strip of colours with numbers under it.
 *
 * @param options What it says.
 * @returns The legend.
 */
export function rampLegend({ label, colours, ticks, stepped = true }: RampLegendOptions): Piece {
  const left = label ? textWidth(label, FONT_PX.base) + 16 : 2, width = 270, height = 14;
  const strip = stepped
    ? colours.map((colour, i) => {
      const step = width / colours.length;
      return `<rect x="${round(left + i * step)}" y="4" width="${
        round(step)
      }" height="${height}" fill="${colour}"/>`;
    }).join("")
    : `<defs><linearGradient id="ramp">${
      colours.map((colour, i) =>
        `<stop offset="${round(i / (colours.length - 1))}" stop-color="${colour}"/>`
      ).join("")
    }</linearGradient></defs><rect x="${
      round(left)
    }" y="4" width="${width}" height="${height}" fill="url(#ramp)"/>`;
  const numbers = ticks.map(({ at, text }) =>
    `<text x="${round(left + at * width)}" y="${height + 21}" font-size="${FONT_PX.small}">${
      escapeMarkup(text)
    }</text>`
  );
  const frame = `<rect x="${
    round(left)
  }" y="4" width="${width}" height="${height}" fill="none" stroke="${LIGHT.muted}"/>`;
  const name = `<text x="0" y="16" text-anchor="start">${escapeMarkup(label)}</text>`;
  return { markup: name + strip + frame + numbers.join(""), height: height + 28 };
}

/** The marks of the entries that have a shape. */
function drawSymbols(
  entries: readonly (LegendEntry & { x: number; y: number })[],
  width: number,
  height: number,
): string {
  if (entries.length === 0) return "";
  return drawPlot({
    width,
    height,
    margin: 0,
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    marks: entries.map(({ x, y, colour, symbol }) =>
      Plot.dot([0], { x: [x], y: [y], fill: colour, symbol: symbol as Plot.SymbolType, r: 6 })
    ),
  }).markup;
}

function round(px: number): number {
  return Math.round(px * 100) / 100;
}
