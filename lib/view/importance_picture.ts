/** What the model leans on. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { cutText, textWidth } from "./text_size.ts";
import { classColour, FONT_PX, LIGHT } from "./theme.ts";
import { readable, sentence } from "./words.ts";

/** How much one feature matters: the accuracy that is lost when its column is shuffled. */
export interface Importance {
  /** Column name. */
  readonly name: string;
  /** Mean loss over the shuffles, as a share: 0.28 is 28 points of accuracy. */
  readonly mean: number;
  /** Lower end of its interval. */
  readonly low: number;
  /** Upper end of it. */
  readonly high: number;
}

/** Options of {@linkcode importancePicture}. */
export interface ImportancePictureOptions {
  /** What to see. Default: the feature that matters most, with its loss. */
  readonly title?: string;
}

/** Most features shown. */
const MOST_FEATURES = 16;

/** Width of the picture, height of a feature's row and of the axis, in px. */
const WIDTH = 760, ROW = 44, AXIS = 56;

/**
 * A dot with its interval for each feature, the most important at the top.
 *
 * @param features One entry for each feature, in any order.
 * @param options See {@linkcode ImportancePictureOptions}.
 * @returns The picture, 760 px wide; with more than 16 features the 16 most important.
 * @throws {RangeError} If there are no features.
 * @see Breiman (2001), Random Forests; Fisher, Rudin and Dominici (2019), All Models are Wrong, but
 * Many are Useful: permutation importance.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { importancePicture } from "lib/view/mod.ts";
 *
 * const { title } = importancePicture([
 *   { name: "petal_length", mean: 0.28, low: 0.24, high: 0.32 },
 *   { name: "sepal_width", mean: 0.01, low: -0.01, high: 0.03 },
 * ]);
 * assert.equal(title, "Petal length matters most: without it 28 points of accuracy are lost");
 * ```
 */
export function importancePicture(
  features: readonly Importance[],
  { title }: ImportancePictureOptions = {},
): Picture {
  if (features.length === 0) {
    throw new RangeError("Cannot draw importances as there are no features");
  }
  const sorted = [...features].sort((a, b) => b.mean - a.mean);
  const shown = sorted.slice(0, MOST_FEATURES), left = sorted.length - shown.length;
  const names = shown.map(({ name }) =>
    cutText(readable(name), { widthPx: 230, sizePx: FONT_PX.base })
  );
  const margin = 26 + Math.ceil(Math.max(...names.map((name) => textWidth(name, FONT_PX.base))));
  const points = shown.map(({ mean, low, high }, row) => ({
    row: row + 0.5,
    mean: mean * 100,
    low: low * 100,
    high: high * 100,
  }));
  const lowest = Math.min(0, ...points.map(({ low }) => low));
  const highest = Math.max(1, ...points.map(({ high }) => high));
  const height = shown.length * ROW + AXIS, blue = classColour(0);
  const body = drawPlot({
    width: WIDTH,
    height,
    marginTop: 4,
    marginRight: 92,
    marginLeft: margin,
    marginBottom: AXIS,
    insetLeft: 10,
    insetRight: 10,
    x: {
      domain: [lowest, highest],
      label: "accuracy lost when the column is shuffled (percentage points)",
      labelAnchor: "center",
      grid: true,
      ticks: 6,
    },
    y: { domain: [shown.length, 0], axis: null },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.ruleX([0], { stroke: LIGHT.ink, strokeWidth: 1.5 }),
      Plot.ruleY(points, { y: "row", x1: "low", x2: "high", stroke: blue, strokeWidth: 4 }),
      Plot.dot(points, {
        x: "mean",
        y: "row",
        r: 8,
        fill: blue,
        stroke: LIGHT.paper,
        strokeWidth: 1.5,
      }),
      Plot.text(points, {
        y: "row",
        frameAnchor: "left",
        textAnchor: "end",
        dx: -10,
        text: (_: unknown, i: number) => names[i],
      }),
      Plot.text(points, {
        y: "row",
        frameAnchor: "right",
        textAnchor: "end",
        dx: 80,
        text: ({ mean }: { mean: number }) => signed(mean),
        fontWeight: "bold",
      }),
    ],
  });
  return frame({
    title: title ?? finding(shown[0]),
    subtitle: `Dot: mean; bar: its interval. A bar that reaches the line at 0 may mean nothing.${
      left > 0 ? ` ${left} features that matter less are left out.` : ""
    }`,
    alt: `Accuracy lost when a column is shuffled, in points. ${
      shown.map(({ name, mean }) => `${readable(name)} ${signed(mean * 100)}`).join(", ")
    }`,
    width: WIDTH,
    body,
  });
}

/** The sentence that names the most important feature, if its interval is clear of zero. */
function finding({ name, mean, low }: Importance): string {
  if (low <= 0) return "No feature matters measurably by itself";
  const points = mean >= 0.1 ? Math.round(mean * 100) : Number((mean * 100).toFixed(1));
  return sentence(
    `${readable(name)} matters most: without it ${points} points of accuracy are lost`,
  );
}

function signed(points: number): string {
  const text = points.toFixed(1);
  return text === "0.0" || text === "-0.0" ? "0.0" : points > 0 ? `+${text}` : `−${text.slice(1)}`;
}
