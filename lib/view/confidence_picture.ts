/** How the difference of two accuracies becomes clearer from look to look. */

import defer * as Plot from "@observablehq/plot";
import { chart } from "./chart.ts";
import type { Picture } from "./picture.ts";
import { classColour, FONT_PX, LIGHT } from "./theme.ts";
import { formatCount } from "./words.ts";

/** The difference at one look. */
export interface DifferenceLook {
  /** Rows so far. */
  readonly rows: number;
  /** Accuracy of B minus accuracy of A, as a share. */
  readonly difference: number;
  /** Lower end of its confidence sequence. */
  readonly low: number;
  /** Upper end of it. */
  readonly high: number;
}

/** Options of {@linkcode confidencePicture}. */
export interface ConfidencePictureOptions {
  /** Loss that is accepted, as a share: a line is drawn there. */
  readonly margin?: number;
  /** Share of experiments in which the band ever misses the truth. Default 0.05. */
  readonly alpha?: number;
  /** Name of what is compared with what serves now. Default `"B"`. */
  readonly name?: string;
  /** What to see. Default: what the last look says. */
  readonly title?: string;
}

/** Points of accuracy that are drawn at least; what is far beyond says nothing: first looks know little. */
const LEAST_SHOWN = 30;

/**
 * A band that narrows around a line, with the line of no difference and that of the margin.
 *
 * @param looks The looks, the first first.
 * @param options See {@linkcode ConfidencePictureOptions}.
 * @returns The picture, 760 px wide; ends beyond 30 points are cut off, or later where the difference
 * itself is large.
 * @throws {RangeError} If there is no look.
 * @see Howard, Ramdas, McAuliffe and Sekhon (2021), Time-uniform confidence sequences, Annals of
 * Statistics 49.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { confidencePicture } from "lib/view/mod.ts";
 *
 * const looks = [
 *   { rows: 100, difference: -0.02, low: -0.2, high: 0.16 },
 *   { rows: 900, difference: 0.01, low: -0.03, high: 0.05 },
 * ];
 * assert.equal(
 *   confidencePicture(looks, { margin: 0.05 }).title,
 *   "After 900 rows B loses less than 5 points of accuracy; better or worse is open",
 * );
 * ```
 */
export function confidencePicture(
  looks: readonly DifferenceLook[],
  { margin, alpha = 0.05, name = "B", title }: ConfidencePictureOptions = {},
): Picture {
  const last = looks.at(-1);
  if (!last) throw new RangeError("Cannot draw a confidence sequence as there are no looks");
  // a large difference has room above it
  const most = Math.max(LEAST_SHOWN, 10 * Math.ceil(10 * Math.abs(last.difference) + 1.5));
  const cut = (share: number) => Math.min(most, Math.max(-most, 100 * share));
  const points = looks.map(({ rows, difference, low, high }) => ({
    rows,
    difference: cut(difference),
    low: cut(low),
    high: cut(high),
  }));
  const ends = [
    ...points.flatMap(({ low, high }) => [low, high]),
    ...margin ? [-100 * margin] : [],
  ];
  const blue = classColour(0);
  const label = (text: string, at: number, dy: number) =>
    Plot.text([text], {
      y: [at],
      frameAnchor: "right",
      textAnchor: "end",
      dx: -8,
      dy,
      fontSize: FONT_PX.small,
      fontWeight: "bold",
      stroke: LIGHT.paper,
      strokeWidth: 4,
      fill: LIGHT.ink,
    });
  return chart({
    title: title ?? finding(last, name, margin),
    subtitle: `Line: difference so far. Band: holds the truth at all looks at once, ${
      Number((100 - 100 * alpha).toPrecision(4))
    } times in 100.`,
    alt: `Accuracy of ${name} minus accuracy of what serves now, over rows. At the end ${
      signed(last.difference)
    } points, between ${signed(last.low)} and ${signed(last.high)}${
      margin ? `; accepted are ${signed(-margin)}` : ""
    }`,
    legend: false,
    x: { label: "rows with a label", domain: [points[0].rows, last.rows] },
    y: {
      label: `accuracy gained by ${name} (percentage points)`,
      domain: [Math.min(-1, ...ends), Math.max(1, ...ends)],
      tickFormat: (points: number) => points > 0 ? `+${points}` : `${points}`.replace("-", "−"),
    },
    marks: [
      Plot.areaY(points, { x: "rows", y1: "low", y2: "high", fill: LIGHT.ramp[2] }),
      Plot.line(points, { x: "rows", y: "low", stroke: blue, strokeWidth: 1.5 }),
      Plot.line(points, { x: "rows", y: "high", stroke: blue, strokeWidth: 1.5 }),
      Plot.ruleY([0], { stroke: LIGHT.ink, strokeWidth: 1.5 }),
      Plot.line(points, { x: "rows", y: "difference", stroke: blue, strokeWidth: 3 }),
      label("no difference", 0, -11),
      ...margin
        ? [
          Plot.ruleY([-100 * margin], {
            stroke: classColour(1),
            strokeWidth: 2.5,
            strokeDasharray: "7,6",
          }),
          label(
            `loss that is accepted: ${Number((100 * margin).toFixed(1))} points`,
            -100 * margin,
            13,
          ),
        ]
        : [],
    ],
  });
}

function finding({ rows, low, high }: DifferenceLook, name: string, margin?: number): string {
  const after = `After ${formatCount(rows)} rows ${name}`;
  if (low > 0) return `${after} is better, by at least ${points(low)} of accuracy`;
  if (high < 0) return `${after} is worse, by at least ${points(-high)} of accuracy`;
  if (margin && low > -margin) {
    return `${after} loses less than ${points(margin)} of accuracy; better or worse is open`;
  }
  return `${after} may be better or worse: between ${signed(low)} and ${signed(high)} points`;
}

function points(share: number): string {
  const number = Number((100 * share).toFixed(1));
  return `${number} ${number === 1 ? "point" : "points"}`;
}

function signed(share: number): string {
  const text = (100 * Math.abs(share)).toFixed(1);
  return text === "0.0" ? text : `${share > 0 ? "+" : "−"}${text}`;
}
