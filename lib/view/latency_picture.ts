/** How long answers take, window by window. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame, innerWidth, SIDE } from "./frame.ts";
import { classLegend } from "./legend.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour, LIGHT } from "./theme.ts";
import { windowAxis } from "./window_axis.ts";
import { sentence } from "./words.ts";

/** Latency of one window, in milliseconds. */
export interface WindowLatency {
  /** Name of the window. */
  readonly name: string;
  /** Percentiles; null where no request was answered. */
  readonly latency: {
    /** Median. */
    readonly p50Ms: number;
    /** 95th percentile. */
    readonly p95Ms: number;
    /** 99th percentile. */
    readonly p99Ms: number;
  } | null;
}

/** Options of {@linkcode latencyPicture}. */
export interface LatencyPictureOptions {
  /** What to see. Default: whether the 95th percentile keeps its objective, or its range. */
  readonly title?: string;
  /** What was promised for the 95th percentile, in milliseconds, above 0; no line without it. */
  readonly objectiveMs?: number;
}

/** Sizes in px: the picture's width, the panel, and the room at its left and right. */
const WIDTH = 760, PANEL = 320, ABOVE = 34, LEFT = 72, RIGHT = 24;

/** Ratio of the largest to the smallest time above which the axis is logarithmic. */
const LOG_FROM = 20;

/** The three percentiles: what they are called, and which colour and shape they have. */
const SERIES = [
  { key: "p50Ms", label: "p50 (median)", place: 0 },
  { key: "p95Ms", label: "p95", place: 1 },
  { key: "p99Ms", label: "p99", place: 2 },
] as const;

/**
 * Three percentiles over windows, and the objective as a dashed line. Where times lie far apart the
 * axis is logarithmic, and says so.
 *
 * @param windows Windows in the order of time.
 * @param options See {@linkcode LatencyPictureOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no windows, or the objective is not a number above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { latencyPicture } from "lib/view/mod.ts";
 *
 * const latency = { p50Ms: 12, p95Ms: 30, p99Ms: 48 };
 * const { title } = latencyPicture([{ name: "window 1", latency }], { objectiveMs: 100 });
 * assert.equal(title, "95 of 100 answers come within 30 ms, as promised (100 ms)");
 * ```
 */
export function latencyPicture(
  windows: readonly WindowLatency[],
  { title, objectiveMs }: LatencyPictureOptions = {},
): Picture {
  if (windows.length === 0) throw new RangeError("Cannot draw latency as there are no windows");
  if (objectiveMs !== undefined && !(objectiveMs > 0 && Number.isFinite(objectiveMs))) {
    throw new RangeError(
      `Cannot draw latency as the objective must be a number above 0: ${objectiveMs}`,
    );
  }
  const step = (WIDTH - LEFT - RIGHT) / windows.length;
  const axis = windowAxis(windows.map(({ name }) => name), { left: LEFT, step, top: PANEL });
  return frame({
    title: title ?? finding(windows, objectiveMs),
    subtitle: objectiveMs === undefined
      ? "p95: 95 of 100 answers were at least so fast."
      : `p95: 95 of 100 answers were at least so fast. Dashed: its objective, ${ms(objectiveMs)}.`,
    alt: `Latency by window. ${
      windows.map(({ name, latency }) =>
        latency
          ? `${name}: p50 ${ms(latency.p50Ms)}, p95 ${ms(latency.p95Ms)}, p99 ${ms(latency.p99Ms)}`
          : `${name}: no answer`
      ).join(". ")
    }`,
    width: WIDTH,
    legend: classLegend(
      SERIES.map(({ label, place }) => ({
        label,
        colour: classColour(place),
        symbol: CLASS_SYMBOLS[place],
      })),
      innerWidth(WIDTH),
    ),
    body: { markup: panel(windows, objectiveMs) + axis.markup, height: PANEL + axis.height },
  });
}

/** The sentence about the 95th percentile. */
function finding(windows: readonly WindowLatency[], objectiveMs?: number): string {
  const answered = windows.filter(({ latency }) => latency !== null);
  if (answered.length === 0) return "No request was answered";
  const p95 = ({ latency }: WindowLatency) => latency!.p95Ms;
  const worst = answered.reduce((worst, window) => p95(window) > p95(worst) ? window : worst);
  const within = `95 of 100 answers come within ${ms(p95(worst))}`;
  if (objectiveMs === undefined) return `${within} in every window`;
  const missed = answered.filter((window) => p95(window) > objectiveMs);
  if (missed.length === 0) return `${within}, as promised (${ms(objectiveMs)})`;
  return sentence(
    `${missed[0].name}: p95 goes beyond its objective of ${ms(objectiveMs)}${
      missed.length > 1 ? `, the first of ${missed.length} windows` : ""
    }`,
  );
}

/** One percentile in one window. */
interface Point {
  readonly x: number;
  readonly value: number;
}

function panel(windows: readonly WindowLatency[], objectiveMs?: number): string {
  const values = windows.flatMap(({ latency }) => latency ? Object.values(latency) : []);
  if (objectiveMs !== undefined) values.push(objectiveMs);
  const largest = Math.max(1, ...values), smallest = Math.min(largest, ...values);
  const isLog = smallest > 0 && largest / smallest > LOG_FROM;
  const isCrowded = windows.length > 20;
  const low = isLog ? smallest * 0.7 : 0;
  return drawPlot({
    width: WIDTH,
    height: PANEL,
    marginTop: ABOVE,
    marginLeft: LEFT,
    marginRight: RIGHT,
    marginBottom: 4,
    insetTop: 12,
    x: { domain: [0, windows.length], axis: null },
    y: {
      type: isLog ? "log" : "linear",
      domain: [low, largest * 1.05],
      label: `latency of answers (ms${isLog ? ", logarithmic" : ""})`,
      labelOffset: LEFT - SIDE,
      tickFormat: isLog ? "~s" : undefined,
      ticks: 5,
      grid: true,
    },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      ...(objectiveMs === undefined ? [] : [
        Plot.ruleY([objectiveMs], {
          stroke: LIGHT.ink,
          strokeWidth: 1.5,
          strokeDasharray: "6,4",
        }),
      ]),
      ...SERIES.flatMap(({ key, place }) => {
        const colour = classColour(place);
        return [
          ...runs(windows, key).map((run) =>
            Plot.line(run, { x: "x", y: "value", stroke: colour, strokeWidth: 2 })
          ),
          Plot.dot(runs(windows, key).flat(), {
            x: "x",
            y: "value",
            r: isCrowded ? 4 : 6,
            fill: colour,
            symbol: CLASS_SYMBOLS[place] as Plot.SymbolType,
            stroke: LIGHT.paper,
            strokeWidth: 1,
          }),
        ];
      }),
    ],
  }).markup;
}

/** A percentile in unbroken runs: over a window without answers no line is drawn. */
function runs(windows: readonly WindowLatency[], key: typeof SERIES[number]["key"]): Point[][] {
  const found: Point[][] = [[]];
  windows.forEach(({ latency }, i) => {
    if (latency) found[found.length - 1].push({ x: i + 0.5, value: latency[key] });
    else found.push([]);
  });
  return found.filter((run) => run.length > 0);
}

function ms(value: number): string {
  return `${Number(value.toPrecision(3)).toLocaleString("en-GB")} ms`;
}
