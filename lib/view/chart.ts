/** Any chart that Observable Plot can draw, in the house theme, with title and legend. */

import type * as Plot from "@observablehq/plot";
import { type Drawing, drawPlot } from "./draw.ts";
import { classLegend, type Piece, rampLegend } from "./legend.ts";
import { frame, innerWidth, SIDE } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { textWidth } from "./text_size.ts";
import { CLASS_COLOURS, CLASS_SYMBOLS, type ClassSymbol, FONT_PX, LIGHT } from "./theme.ts";

/**
 * How values become places, colours or sizes: any option of a scale and its axis in Plot. The common
 * ones are named here.
 */
export interface ScaleInput {
  /** What the axis says: the quantity with its unit, e.g. `error (%)`; `null` for nothing. */
  readonly label?: string | null;
  /** Smallest and largest value, or all the names in their order. Default: as the data have it. */
  readonly domain?: Iterable<unknown>;
  /** E.g. `linear`, `log`, `band`. Default: what fits the data. */
  readonly type?: string;
  /** Whether values from 0 to 1 are shown as 0 to 100. Default `false`. */
  readonly percent?: boolean;
  /** Whether the axis begins at 0. Default `false`. */
  readonly zero?: boolean;
  /** How many ticks about, or where. */
  readonly ticks?: number | Iterable<unknown>;
  /** A format of d3, e.g. `.1f`, or a function. */
  readonly tickFormat?: string | ((value: never, index: number) => unknown);
  /** Whether lines are drawn across at the ticks. Default: as the chart's own `grid`. */
  readonly grid?: boolean;
  /** Whatever else Plot knows. */
  readonly [option: string]: unknown;
}

/** Plot's options, and what a chart of ours needs besides. */
export interface ChartOptions {
  /** What to see, in one sentence. */
  readonly title: string;
  /** How to read it. */
  readonly subtitle?: string;
  /** What the chart shows, for those who do not see it. */
  readonly alt: string;
  /** Marks of Plot, the later ones on top. */
  readonly marks: readonly unknown[];
  /** Whether colours and shapes are explained. Default `true`; without either there is none. */
  readonly legend?: boolean;
  /** Width in px. Default 760. */
  readonly width?: number;
  /** Height of the part below title and legend, in px. Default 420. */
  readonly height?: number;
  /** Room above the marks, in px. Default 36. */
  readonly marginTop?: number;
  /** Room at their right, in px. Default 28. */
  readonly marginRight?: number;
  /** Room below them, in px. Default 52. */
  readonly marginBottom?: number;
  /** Room at their left, in px. Default: what the labels of the y axis need. */
  readonly marginLeft?: number;
  /** Whether lines are drawn across at the ticks. Default `true`. */
  readonly grid?: boolean;
  /** From left to right. */
  readonly x?: ScaleInput;
  /** From bottom to top. */
  readonly y?: ScaleInput;
  /** Panels beside each other. */
  readonly fx?: ScaleInput;
  /** Panels below each other. */
  readonly fy?: ScaleInput;
  /** Colours. Default: those of the house. */
  readonly color?: ScaleInput;
  /** Shapes. Default: those of the house. */
  readonly symbol?: ScaleInput;
  /** Whatever else Plot knows; its own title, subtitle and caption would not become a PNG. */
  readonly [option: string]: unknown;
}

/**
 * Draws a chart.
 *
 * Defaults: 760 × 420 px, grid lines, the class colours and shapes for names, the ramp in six steps
 * for numbers, and as much room at the left as the labels of the y axis need. Each can be given.
 *
 * @param options See {@linkcode ChartOptions}; marks come from `@observablehq/plot`.
 * @returns The picture.
 * @throws {TypeError} If there is no title or no `alt`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import * as Plot from "@observablehq/plot";
 * import { chart } from "lib/view/mod.ts";
 *
 * const days = [{ day: 1, error: 0.04 }, { day: 2, error: 0.05 }, { day: 3, error: 0.09 }];
 * const { svg, width } = chart({
 *   title: "The error has doubled in two days",
 *   alt: "Line from 4 % on day 1 to 9 % on day 3",
 *   y: { label: "error (%)", percent: true, zero: true },
 *   marks: [Plot.lineY(days, { x: "day", y: "error", marker: true })],
 * });
 * assert.ok(svg.startsWith("<svg xmlns=") && svg.includes("The error has doubled"));
 * assert.equal(width, 760);
 * ```
 */
export function chart(
  { title, subtitle, alt, legend = true, ...plot }: ChartOptions,
): Picture {
  const options = {
    width: 760,
    height: 420,
    marginTop: 36,
    marginRight: 28,
    marginBottom: 52,
    grid: true,
    ...plot,
    x: { labelAnchor: "center", ...plot.x },
    y: { nice: true, ...plot.y },
    symbol: { range: CLASS_SYMBOLS, ...plot.symbol },
  } as unknown as Plot.PlotOptions; // Plot checks them; its types cannot be part of our manual
  const drawing = drawPlot(fitted(options));
  return frame({
    title,
    subtitle,
    alt,
    width: drawing.width,
    legend: legend ? legendOf(drawing, plot.color?.label ?? "") : undefined,
    body: drawing,
  });
}

/** The options with what depends on the data, as a first drawing tells it. */
function fitted(options: Plot.PlotOptions): Plot.PlotOptions {
  const ownColours = ["scheme", "range", "interpolate"].some((key) =>
    options.color && key in options.color
  );
  const ownMargin = options.marginLeft !== undefined || options.margin !== undefined;
  const trial = drawPlot(options);
  const colour = trial.scale("color"), marginLeft = 26 + widest(trial.yTicks);
  // a line through the middle of a bar says nothing
  const grid = (scale?: Plot.Scale) => scale?.type === "band" ? { grid: false } : {};
  return {
    ...options,
    ...(!ownMargin && { marginLeft }),
    x: { ...grid(trial.scale("x")), ...options.x },
    y: {
      ...grid(trial.scale("y")),
      ...(!ownMargin && { labelOffset: marginLeft - SIDE }), // below the title
      ...options.y,
    },
    ...(!ownColours && colour && { color: { ...options.color, ...houseColours(colour) } }),
  };
}

function widest(labels: readonly string[]): number {
  return Math.ceil(Math.max(0, ...labels.map((label) => textWidth(label, FONT_PX.base))));
}

/** Class colours for names, the ramp for numbers; anything else stays Plot's. */
function houseColours({ type, domain }: Plot.Scale): Plot.ScaleOptions {
  if (isCategorical(type)) {
    const range = Array.from(domain ?? [], (_, i) => CLASS_COLOURS[i % CLASS_COLOURS.length]);
    return { range };
  }
  if (type === "linear") {
    const range = LIGHT.ramp.slice(3); // the first steps are for areas: a dot in them is not seen
    return { type: "quantize", n: range.length, range };
  }
  return {};
}

function isCategorical(type: Plot.Scale["type"]): boolean {
  return type === "ordinal" || type === "categorical";
}

/** A legend for what the marks encode, or none. */
function legendOf(drawing: Drawing, label: string): Piece | undefined {
  const colour = drawing.scale("color"), symbol = drawing.scale("symbol");
  const names = [colour, symbol].find((scale) => scale && isCategorical(scale.type));
  if (names) {
    const entries = Array.from(names.domain ?? [], (value) => ({
      label: String(value),
      colour: names === colour ? String(colour?.apply(value)) : LIGHT.ink,
      symbol: symbol?.apply(value) as ClassSymbol | undefined,
    }));
    return classLegend(entries, innerWidth(drawing.width));
  }
  return colour && numberLegend(colour, label);
}

/** A strip of the colours that numbers have. */
function numberLegend(scale: Plot.Scale, label: string): Piece | undefined {
  if (scale.type === "threshold") {
    const colours = Array.from(scale.range ?? [], String), bounds = Array.from(scale.domain ?? []);
    const ticks = bounds.map((bound, i) => ({ at: (i + 1) / colours.length, text: short(bound) }))
      .filter((_, i) => i % 2 === (bounds.length > 5 ? 1 : i % 2));
    return rampLegend({ label, colours, ticks });
  }
  const domain = Array.from(scale.domain ?? [], Number);
  if (!domain.every(Number.isFinite) || domain.length < 2) return undefined;
  const [low, high] = [domain[0], domain[domain.length - 1]];
  const at = (share: number) => low + (high - low) * share;
  return rampLegend({
    label,
    colours: Array.from({ length: 13 }, (_, i) => String(scale.apply(at(i / 12)))),
    ticks: [0, 0.5, 1].map((share) => ({ at: share, text: short(at(share)) })),
    stepped: false,
  });
}

function short(value: unknown): string {
  return typeof value === "number" ? String(Number(value.toPrecision(3))) : String(value);
}
