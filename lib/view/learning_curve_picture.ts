/** What more rows bring. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame, SIDE } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";
import { formatCount, formatPercent } from "./words.ts";

/** Accuracy after learning from some of the rows. */
export interface LearningCurvePoint {
  /** Rows learnt from. */
  readonly rows: number;
  /** Mean over the folds, with its interval, from 0 to 1. */
  readonly accuracy: {
    readonly mean: number;
    readonly interval: { readonly low: number; readonly high: number } | null;
  };
}

/** A learning curve, as the room training gives it. */
export interface LearningCurveInput {
  /** By rising number of rows. */
  readonly points: readonly LearningCurvePoint[];
  /** The finding in one sentence. */
  readonly sentence: string;
}

/** Options of {@linkcode learningCurvePicture}. */
export interface LearningCurvePictureOptions {
  /** What to see. Default: the curve's own sentence. */
  readonly title?: string;
}

/** Sizes in px: the picture's width, the panel, and the room around it. */
const WIDTH = 760, PANEL = 400, LEFT = 72, RIGHT = 40, ABOVE = 34, BELOW = 56;

/**
 * Accuracy over the number of rows learnt from, with the band of its intervals.
 *
 * @param curve See {@linkcode LearningCurveInput}.
 * @param options See {@linkcode LearningCurvePictureOptions}.
 * @returns The picture, 760 px wide; rows are on a scale on which doubling is the same step everywhere.
 * @throws {RangeError} If there are no points.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learningCurvePicture } from "lib/view/mod.ts";
 *
 * const point = (rows: number, mean: number) => ({ rows, accuracy: { mean, interval: { low: mean - 0.05, high: mean + 0.05 } } });
 * const sentence = "Still rising: +4.0 points from 20 to 40 rows, so more rows should help";
 * assert.equal(learningCurvePicture({ points: [point(20, 0.85), point(40, 0.89)], sentence }).title, sentence);
 * ```
 */
export function learningCurvePicture(
  { points, sentence }: LearningCurveInput,
  { title }: LearningCurvePictureOptions = {},
): Picture {
  if (points.length === 0) {
    throw new RangeError("Cannot draw a learning curve as there are no points");
  }
  return frame({
    title: title ?? sentence,
    subtitle:
      "Dots: accuracy on rows not learnt from, mean over the folds. Band: 95 % intervals, " +
      "corrected for shared rows.",
    alt: `${sentence}. ${
      points.map(({ rows, accuracy }) =>
        `After ${formatCount(rows)} rows ${formatPercent(accuracy.mean)}`
      ).join(", ")
    }`,
    width: WIDTH,
    body: panel(points),
  });
}

function panel(points: readonly LearningCurvePoint[]) {
  const drawn = points.map(({ rows, accuracy: { mean, interval } }) => ({
    ...{ rows, mean, low: interval?.low ?? mean, high: interval?.high ?? mean },
  }));
  const blue = classColour(0), lowest = Math.min(...drawn.map(({ low }) => low));
  const all = drawn.map(({ rows }) => rows), single = all.length === 1;
  return drawPlot({
    width: WIDTH,
    height: PANEL,
    marginTop: ABOVE,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: BELOW,
    insetLeft: 34,
    insetRight: 34,
    insetTop: 14,
    x: {
      type: "log",
      domain: single ? [all[0] / 2, all[0] * 2] : [all[0], all[all.length - 1]],
      ticks: apart(all),
      tickFormat: (rows: number) => formatCount(rows),
      label: "rows learnt from (count, doubling is the same step everywhere)",
      labelAnchor: "center",
    },
    y: {
      domain: [Math.max(0, Math.floor(lowest * 20 - 0.2) / 20), 1],
      label: "accuracy (share that is right, %)",
      labelOffset: LEFT - SIDE, // below the title
      tickFormat: (share: number) => `${Math.round(share * 1000) / 10}`,
      ticks: 6,
      grid: true,
    },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.areaY(drawn, { x: "rows", y1: "low", y2: "high", fill: blue, fillOpacity: 0.22 }),
      Plot.line(drawn, { x: "rows", y: "mean", stroke: blue, strokeWidth: 2.5 }),
      Plot.dot(drawn, {
        x: "rows",
        y: "mean",
        r: 7,
        fill: blue,
        symbol: CLASS_SYMBOLS[0] as Plot.SymbolType,
        stroke: LIGHT.paper,
        strokeWidth: 1.5,
      }),
      Plot.text(drawn, {
        x: "rows",
        y: "mean",
        dy: 20,
        text: ({ mean }: { mean: number }) => `${(100 * mean).toFixed(1)} %`,
        fontSize: FONT_PX.small,
        fontWeight: "bold",
        fill: LIGHT.ink,
        stroke: LIGHT.paper,
        strokeWidth: 4,
      }),
    ],
  });
}

/** Numbers of rows that have room for themselves on the axis, the last one always. */
function apart(rows: readonly number[]): number[] {
  const kept: number[] = [];
  for (const count of rows.toReversed()) {
    const next = kept[0];
    const width = WIDTH - LEFT - RIGHT - 68, share = Math.log(rows[rows.length - 1] / rows[0]) || 1;
    if (next === undefined || Math.log(next / count) / share * width > 56) kept.unshift(count);
  }
  return kept;
}
