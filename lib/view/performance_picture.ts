/** How good the model is over time: by its own votes at once, and by labels once they have come. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame, innerWidth, SIDE } from "./frame.ts";
import { classLegend } from "./legend.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour, LIGHT } from "./theme.ts";
import { windowAxis } from "./window_axis.ts";
import { formatPercent, sentence } from "./words.ts";

/** A share with its ends, each from 0 to 1. */
export interface ShareWithEnds {
  /** The share. */
  readonly value: number;
  /** Lower end of its band or interval. */
  readonly low: number;
  /** Upper end of it. */
  readonly high: number;
}

/** Performance in one window. What is not known is null. */
export interface WindowPerformance {
  /** Name of the window. */
  readonly name: string;
  /** Accuracy estimated without labels, with its band. */
  readonly estimated: ShareWithEnds | null;
  /** Accuracy by the labels that have come, with its interval. */
  readonly realised: ShareWithEnds | null;
  /** Between what an unchanged model stays; shares. */
  readonly limits: { readonly low: number; readonly high: number } | null;
  /** Which of the two was decided to be too low; null: nobody can say. Default: what lies below the limit. */
  readonly fell?: { readonly estimated: boolean | null; readonly realised: boolean | null };
}

/** Options of {@linkcode performancePicture}. */
export interface PerformancePictureOptions {
  /** What to see. Default: whether labels fall where the estimate does not, and from which window on. */
  readonly title?: string;
}

/** Sizes in px: the picture's width, the panel, and the room at its left and right. */
const WIDTH = 760, PANEL = 340, ABOVE = 34, LEFT = 72, RIGHT = 24;

const GREEN = classColour(3), BLUE = classColour(0), RED = classColour(8);

/** Shapes: estimated, realised, and whatever is below its limit. */
const CIRCLE = CLASS_SYMBOLS[0], SQUARE = CLASS_SYMBOLS[2], FALLEN = CLASS_SYMBOLS[8];

/**
 * How far estimate and labels stand from the middle of a window, so that they do not cover each
 * other: a share of the window, and at most in px.
 */
const ASIDE = 0.16, MOST_ASIDE = 12;

/**
 * Estimated accuracy with its band, realised accuracy with its interval, and the limits of both, over
 * windows. What is below the limit is red and a triangle on its tip: an estimate with its value, labels
 * with their whole interval. Concept drift is the picture in which the estimate stays green and the
 * labels turn red.
 *
 * @param windows Windows in the order of time.
 * @param options See {@linkcode PerformancePictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no windows.
 *
 * @example Labels fall, the estimate does not
 * ```ts
 * import assert from "node:assert/strict";
 * import { performancePicture } from "lib/view/mod.ts";
 *
 * const limits = { low: 0.9, high: 1 }, estimated = { value: 0.95, low: 0.9, high: 1 };
 * const { title } = performancePicture([
 *   { name: "window 1", estimated, realised: { value: 0.94, low: 0.88, high: 0.97 }, limits },
 *   { name: "window 2", estimated, realised: { value: 0.7, low: 0.6, high: 0.79 }, limits },
 * ]);
 * assert.equal(title, "Window 2: labels fall below the limit, and the estimate does not see it");
 * ```
 */
export function performancePicture(
  windows: readonly WindowPerformance[],
  { title }: PerformancePictureOptions = {},
): Picture {
  if (windows.length === 0) {
    throw new RangeError("Cannot draw performance as there are no windows");
  }
  const step = (WIDTH - LEFT - RIGHT) / windows.length;
  const axis = windowAxis(windows.map(({ name }) => name), { left: LEFT, step, top: PANEL });
  return frame({
    title: title ?? finding(windows),
    subtitle: "Band: estimate ± 3 standard errors. Bars: 95 % intervals of the labels." +
      (windows.some(({ limits }) => limits)
        ? " Dashed: limits within which an unchanged model stays."
        : ""),
    alt: `Accuracy by window. ${windows.map(altOf).join(". ")}`,
    width: WIDTH,
    legend: classLegend([
      { label: "estimated, without labels", colour: GREEN, symbol: CIRCLE },
      { label: "realised, by labels", colour: BLUE, symbol: SQUARE },
      { label: "below the limit", colour: RED, symbol: FALLEN },
    ], innerWidth(WIDTH)),
    body: { markup: panel(windows) + axis.markup, height: PANEL + axis.height },
  });
}

/** Whether the estimate is below its limit. */
function estimateFell({ estimated, limits, fell }: WindowPerformance): boolean {
  if (fell) return fell.estimated === true;
  return estimated !== null && limits !== null && estimated.value < limits.low;
}

/** Whether the labels are: with the whole interval, since their number is small. */
function labelsFell({ realised, limits, fell }: WindowPerformance): boolean {
  if (fell) return fell.realised === true;
  return realised !== null && limits !== null && realised.high < limits.low;
}

/** The sentence that says what fell first. */
function finding(windows: readonly WindowPerformance[]): string {
  const unseen = windows.find((window) => labelsFell(window) && !estimateFell(window));
  if (unseen) {
    const estimate = !unseen.estimated
      ? "is missing"
      : unseen.fell?.estimated === null
      ? "cannot be judged"
      : "does not see it";
    return sentence(`${unseen.name}: labels fall below the limit, and the estimate ${estimate}`);
  }
  const fell = windows.find((window) => estimateFell(window));
  if (!fell) return "Accuracy stays within what an unchanged model shows";
  return sentence(
    labelsFell(fell)
      ? `${fell.name}: estimate and labels fall below the limit`
      : `${fell.name}: the estimate falls below the limit before labels can say so`,
  );
}

function altOf(window: WindowPerformance): string {
  const { name, estimated, realised } = window;
  const say = (share: ShareWithEnds | null, fell: boolean) =>
    share ? `${formatPercent(share.value)}${fell ? " (below the limit)" : ""}` : "unknown";
  return `${name}: estimated ${say(estimated, estimateFell(window))}, ` +
    `realised ${say(realised, labelsFell(window))}`;
}

/** One series of points, in the order of the windows. */
interface Point extends ShareWithEnds {
  /** Place on the axis: window 0 lies from 0 to 1. */
  readonly x: number;
  readonly fell: boolean;
}

function panel(windows: readonly WindowPerformance[]): string {
  const isCrowded = windows.length > 20;
  const aside = Math.min(ASIDE, MOST_ASIDE * windows.length / (WIDTH - LEFT - RIGHT));
  const estimated = pointsOf(windows, "estimated", -aside, estimateFell);
  const realised = pointsOf(windows, "realised", aside, labelsFell);
  const limits = windows.flatMap(({ limits }, i) =>
    limits ? [{ i, y: limits.low }, { i, y: limits.high }] : []
  );
  const lowest = Math.min(
    1,
    ...[...estimated, ...realised].map(({ low }) => low),
    ...limits.map(({ y }) => y),
  );
  const dots = (points: readonly Point[], colour: string, symbol: typeof CIRCLE) =>
    [false, true].map((fell) =>
      Plot.dot(points.filter((point) => point.fell === fell), {
        x: "x",
        y: "value",
        r: isCrowded ? (fell ? 5.5 : 4) : fell ? 7 : 6,
        fill: fell ? RED : colour,
        symbol: (fell ? FALLEN : symbol) as Plot.SymbolType,
        stroke: LIGHT.paper,
        strokeWidth: 1,
      })
    );
  return drawPlot({
    width: WIDTH,
    height: PANEL,
    marginTop: ABOVE,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 4,
    insetTop: 10,
    insetBottom: 4,
    x: { domain: [0, windows.length], axis: null },
    y: {
      domain: [Math.max(0, Math.floor(lowest * 10 - 0.2) / 10), 1],
      label: "accuracy (share that is right, %)",
      labelOffset: LEFT - SIDE,
      tickFormat: (share: number) => `${Math.round(share * 100)}`,
      ticks: 6,
      grid: true,
    },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.rect(estimated, {
        x1: ({ x }: Point) => Math.floor(x),
        x2: ({ x }: Point) => Math.floor(x) + 1,
        y1: "low",
        y2: "high",
        fill: GREEN,
        fillOpacity: 0.2,
      }),
      Plot.ruleY(limits, {
        x1: "i",
        x2: ({ i }: { i: number }) => i + 1,
        y: "y",
        stroke: LIGHT.ink,
        strokeWidth: 1.5,
        strokeDasharray: "6,4",
      }),
      ...runs(estimated).map((run) =>
        Plot.line(run, { x: "x", y: "value", stroke: GREEN, strokeWidth: 2 })
      ),
      Plot.ruleX(realised, {
        x: "x",
        y1: "low",
        y2: "high",
        stroke: ({ fell }: Point) => fell ? RED : BLUE,
        strokeWidth: isCrowded ? 2 : 3,
      }),
      ...dots(estimated, GREEN, CIRCLE),
      ...dots(realised, BLUE, SQUARE),
    ],
  }).markup;
}

function pointsOf(
  windows: readonly WindowPerformance[],
  series: "estimated" | "realised",
  aside: number,
  hasFallen: (window: WindowPerformance) => boolean,
): Point[] {
  return windows.flatMap((window, i) => {
    const share = window[series];
    return share ? [{ ...share, x: i + 0.5 + aside, fell: hasFallen(window) }] : [];
  });
}

/** Points in unbroken runs: over a window without an estimate no line is drawn. */
function runs(points: readonly Point[]): Point[][] {
  const found: Point[][] = [];
  for (const point of points) {
    const last = found.at(-1);
    if (last && Math.floor(point.x) === Math.floor(last[last.length - 1].x) + 1) last.push(point);
    else found.push([point]);
  }
  return found;
}
