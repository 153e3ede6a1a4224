/** A dot with its interval in each row: the form that estimates and sweeps share. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import type { Piece } from "./legend.ts";
import { cutText, textWidth } from "./text_size.ts";
import { type ClassSymbol, FONT_PX, LIGHT } from "./theme.ts";

/** A share with its interval, in a row of its own. */
export interface IntervalRow {
  /** What stands at its left. */
  readonly name: string;
  /** The share, from 0 to 1. */
  readonly value: number;
  /** Its interval; null where there is none. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Colour of dot and bar. */
  readonly colour: string;
  /** Shape of the dot. */
  readonly symbol: ClassSymbol;
}

/** Height of a row and of the axis, and the room for the number at the right, in px. */
const ROW = 36, AXIS = 56, RIGHT = 92;

/**
 * Draws the rows under each other.
 *
 * @param rows One or more.
 * @param options `width` in px; `label`: what the axis says; `reference`: a value with a dashed line.
 * @returns The drawing.
 */
export function intervalRows(
  rows: readonly IntervalRow[],
  { width, label, reference }: { width: number; label: string; reference?: number },
): Piece {
  const names = rows.map(({ name }) => cutText(name, { widthPx: 360, sizePx: FONT_PX.base }));
  const margin = 26 + Math.ceil(Math.max(...names.map((name) => textWidth(name, FONT_PX.base))));
  const points = rows.map(({ value, interval, ...row }, i) => ({
    ...{ ...row, y: i + 0.5, value: 100 * value },
    low: 100 * (interval?.low ?? value),
    high: 100 * (interval?.high ?? value),
  }));
  const [low, high] = ends(points);
  const height = rows.length * ROW + AXIS;
  return drawPlot({
    width,
    height,
    marginTop: 4,
    marginRight: RIGHT,
    marginLeft: margin,
    marginBottom: AXIS,
    insetLeft: 10,
    insetRight: 10,
    x: { domain: [low, high], label, labelAnchor: "center", grid: true, ticks: 6 },
    y: { domain: [rows.length, 0], axis: null },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.ruleX(reference === undefined ? [] : [100 * reference], {
        stroke: LIGHT.ink,
        strokeWidth: 1.5,
        strokeDasharray: "6,4",
      }),
      ...points.flatMap((point) => [
        Plot.ruleY([point], {
          x1: "low",
          x2: "high",
          y: "y",
          stroke: point.colour,
          strokeWidth: 4,
        }),
        Plot.dot([point], {
          x: "value",
          y: "y",
          r: 7,
          fill: point.colour,
          symbol: point.symbol as Plot.SymbolType,
          stroke: LIGHT.paper,
          strokeWidth: 1.5,
        }),
      ]),
      Plot.text(points, {
        y: "y",
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
        text: (_: unknown, i: number) => names[i],
      }),
      Plot.text(points, {
        y: "y",
        frameAnchor: "right",
        textAnchor: "end",
        dx: 80,
        text: ({ value }: { value: number }) => `${value.toFixed(1)} %`,
        fontWeight: "bold",
      }),
    ],
  });
}

/** Ends of the axis in %: what is drawn, at least two points apart, and not beyond 100. */
function ends(points: readonly { readonly low: number; readonly high: number }[]): number[] {
  const low = Math.min(...points.map(({ low }) => low));
  const high = Math.max(...points.map(({ high }) => high));
  return [Math.max(0, Math.min(low, high - 2)), Math.min(100, Math.max(high, low + 2))];
}
