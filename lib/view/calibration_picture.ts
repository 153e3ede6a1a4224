/** Whether the model is right as often as it says. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame, SIDE } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { classColour, FONT_PX, LIGHT } from "./theme.ts";
import { formatCount, formatPercent } from "./words.ts";

/** Predictions of about the same confidence. */
export interface CalibrationBin {
  /** Mean of the probability that the model gave to the class it chose, from 0 to 1. */
  readonly meanConfidence: number;
  /** Share of them that are right, from 0 to 1. */
  readonly accuracy: number;
  /** How many there are. */
  readonly count: number;
  /** Lower end of the interval of `accuracy`; left out where there is none. */
  readonly low?: number;
  /** Upper end of it. */
  readonly high?: number;
}

/** How well confidence and accuracy agree. */
export interface Calibration {
  /** Bins in any order; those with no predictions are not drawn. */
  readonly bins: readonly CalibrationBin[];
  /** Expected calibration error: mean distance of the two over all predictions, from 0 to 1. */
  readonly ece: number;
}

/** Options of {@linkcode calibrationPicture}. */
export interface CalibrationPictureOptions {
  /** What to see. Default: whether the model is surer than it may be, with the two numbers. */
  readonly title?: string;
  /** How sure the numbers are; left out where nobody has drawn for them. */
  readonly intervals?: CalibrationPictureIntervals;
}

/** Calibration error and Brier score with their 95 % intervals, as the room training gives them. */
export interface CalibrationPictureIntervals {
  /** Ends of the calibration error, from 0 to 1. */
  readonly ece: { readonly low: number; readonly high: number };
  /** The Brier score, from 0 to 2, with its ends. */
  readonly brier: { readonly value: number; readonly low: number; readonly high: number };
  /** Error that a calibrated model of as many rows passes in 5 of 100 cases, from 0 to 1. */
  readonly ifCalibrated: { readonly high: number };
}

/** Sizes in px: the picture's width, the two panels, and the room at their left and right. */
const WIDTH = 760, UPPER = 380, LOWER = 96, LEFT = 72, RIGHT = 28;

/**
 * A reliability diagram: for each bin the confidence against the accuracy, with the diagonal on which
 * they agree, and below it how many predictions there are.
 *
 * @param calibration See {@linkcode Calibration}.
 * @param options See {@linkcode CalibrationPictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If no bin has a prediction.
 * @see Guo et al. (2017), On Calibration of Modern Neural Networks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrationPicture } from "lib/view/mod.ts";
 *
 * const bins = [{ meanConfidence: 0.95, accuracy: 0.8, count: 50, low: 0.67, high: 0.89 }];
 * const { title } = calibrationPicture({ bins, ece: 0.15 });
 * assert.equal(title, "Too sure of itself: it says 95 % on average and is right in 80 %");
 * ```
 */
export function calibrationPicture(
  { bins, ece }: Calibration,
  { title, intervals }: CalibrationPictureOptions = {},
): Picture {
  const drawn = bins.filter(({ count }) => count > 0)
    .sort((a, b) => a.meanConfidence - b.meanConfidence);
  if (drawn.length === 0) {
    throw new RangeError(
      `Cannot draw a calibration as a bin must have predictions: ${bins.length} bins, all empty`,
    );
  }
  const total = drawn.reduce((sum, { count }) => sum + count, 0);
  const from = {
    x: tenthBelow(drawn.map(({ meanConfidence }) => meanConfidence)),
    y: tenthBelow(drawn.map(({ low, accuracy }) => low ?? accuracy)),
  };
  const upper = reliability(drawn, from), lower = histogram(drawn, from.x);
  const withIntervals = drawn.some(({ low, high }) => low !== undefined && high !== undefined);
  return frame({
    title: title ?? finding(drawn, total),
    subtitle: `Expected calibration error ${(ece * 100).toFixed(1)} points over ` +
      `${formatCount(total)} predictions${
        intervals ? `: ${inWords(intervals)}` : ""
      }. On the dashed line confidence and accuracy agree; ` +
      `below it the model is too sure.${withIntervals ? " Bars: 95 % intervals." : ""}`,
    alt: `Reliability diagram. ${
      drawn.map(({ meanConfidence, accuracy, count }) =>
        `Confidence ${formatPercent(meanConfidence)}: ${formatPercent(accuracy)} of ${count} right`
      ).join(". ")
    }`,
    width: WIDTH,
    body: {
      markup: `${upper}<g transform="translate(0,${UPPER})">${lower}</g>`,
      height: UPPER + LOWER + 60,
    },
  });
}

/** How sure error and score are. */
function inWords({ ece, brier, ifCalibrated }: CalibrationPictureIntervals): string {
  const points = (share: number) => (share * 100).toFixed(1);
  return `95 % interval ${points(ece.low)} to ${points(ece.high)}, true confidences show up to ` +
    `${points(ifCalibrated.high)}. Brier score ${brier.value.toFixed(3)}, ` +
    `${brier.low.toFixed(3)} to ${brier.high.toFixed(3)}`;
}

/** The sentence that compares mean confidence and accuracy; within two points they agree. */
function finding(bins: readonly CalibrationBin[], total: number): string {
  const over = (value: (bin: CalibrationBin) => number) =>
    bins.reduce((sum, bin) => sum + value(bin) * bin.count, 0) / total;
  const says = over((bin) => bin.meanConfidence), is = over((bin) => bin.accuracy);
  const numbers = `it says ${formatPercent(says)} on average and is right in ${formatPercent(is)}`;
  if (Math.abs(says - is) <= 0.02) return `About as sure as it may be: ${numbers}`;
  return `${says > is ? "Too sure of itself" : "Better than it says"}: ${numbers}`;
}

/** Where an axis begins: a tenth with a margin below all values, and at most at one half. */
function tenthBelow(shares: readonly number[]): number {
  return Math.max(0, Math.min(0.5, Math.floor(Math.min(...shares) * 10 - 0.2) / 10));
}

/** Confidence against accuracy. */
function reliability(
  bins: readonly CalibrationBin[],
  from: { readonly x: number; readonly y: number },
): string {
  const blue = classColour(0), both = Math.max(from.x, from.y);
  return drawPlot({
    width: WIDTH,
    height: UPPER,
    marginTop: 34,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 8,
    inset: 10,
    x: { domain: [from.x, 1], axis: null, ticks: 6, grid: true },
    y: {
      domain: [from.y, 1],
      label: "accuracy (share that is right, %)",
      labelOffset: LEFT - SIDE, // below the title
      tickFormat: (share: number) => `${Math.round(share * 100)}`,
      ticks: 6,
      grid: true,
    },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.line([[both, both], [1, 1]], {
        stroke: LIGHT.muted,
        strokeWidth: 2,
        strokeDasharray: "7,6",
      }),
      Plot.ruleX(bins.filter(({ low, high }) => low !== undefined && high !== undefined), {
        x: "meanConfidence",
        y1: "low",
        y2: "high",
        stroke: blue,
        strokeWidth: 3,
      }),
      Plot.dot(bins, {
        x: "meanConfidence",
        y: "accuracy",
        r: 7,
        fill: blue,
        stroke: LIGHT.paper,
        strokeWidth: 1.5,
      }),
    ],
  }).markup;
}

/** How many predictions there are at each confidence. */
function histogram(bins: readonly CalibrationBin[], from: number): string {
  const half = (1 - from) / 56;
  return drawPlot({
    width: WIDTH,
    height: LOWER + 60,
    marginTop: 24,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 60,
    insetLeft: 10,
    insetRight: 10,
    x: {
      domain: [from, 1],
      label: "confidence (probability of the class it chose, %)",
      labelAnchor: "center",
      tickFormat: (share: number) => `${Math.round(share * 100)}`,
      ticks: 6,
    },
    y: { axis: null, domain: [0, Math.max(...bins.map(({ count }) => count))] },
    marks: [
      Plot.rect(bins, {
        x1: ({ meanConfidence }: CalibrationBin) => Math.max(from, meanConfidence - half),
        x2: ({ meanConfidence }: CalibrationBin) => Math.min(1, meanConfidence + half),
        y1: 0,
        y2: "count",
        fill: LIGHT.muted,
      }),
      Plot.text(bins, {
        x: "meanConfidence",
        y: "count",
        dy: -10,
        text: ({ count }: CalibrationBin) => formatCount(count),
        fontSize: FONT_PX.small,
      }),
      Plot.ruleY([0], { stroke: LIGHT.muted }),
    ],
  }).markup;
}
