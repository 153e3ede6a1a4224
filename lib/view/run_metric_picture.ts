/** One metric of several runs: its curve over the steps, or its value where it was logged once. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame, innerWidth, SIDE } from "./frame.ts";
import { classLegend } from "./legend.ts";
import type { Picture } from "./picture.ts";
import { textWidth } from "./text_size.ts";
import { CLASS_COLOURS, CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";

/** A metric of one run. */
export interface RunMetric {
  /** How the reader knows the run. */
  readonly name: string;
  /** Its points in order; a value of null is not a number and leaves a gap. */
  readonly points: readonly { readonly step: number; readonly value: number | null }[];
}

/** Options of {@linkcode runMetricPicture}. */
export interface RunMetricOptions {
  /** Name of the metric. */
  readonly metric: string;
  /** What to see. Default: which run ends highest and which lowest. */
  readonly title?: string;
}

/** Sizes in px: the picture's width, the panel of curves, a row of bars, and the room around. */
const WIDTH = 760, PANEL = 300, ROW = 34, ABOVE = 34, BELOW = 52, LEFT = 84, RIGHT = 24;

/** Widest name at the left of a bar, in px. */
const WIDEST = 240;

/** Points from which on a curve shows some of its shapes only. */
const CROWDED = 24;

/**
 * Curves over the steps if a run has several of them, otherwise a bar for each run. Runs are told by
 * colour and shape, or by their names at the bars.
 *
 * @param runs The runs; at most ten, since there are ten colours.
 * @param options See {@linkcode RunMetricOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are more than ten runs, or none that has a value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runMetricPicture } from "lib/view/mod.ts";
 *
 * const { title } = runMetricPicture([
 *   { name: "25 trees", points: [{ step: 0, value: 0.94 }] },
 *   { name: "50 trees", points: [{ step: 0, value: 0.96 }] },
 * ], { metric: "accuracy" });
 * assert.equal(title, "accuracy is highest in 50 trees (0.96) and lowest in 25 trees (0.94)");
 * ```
 */
export function runMetricPicture(
  runs: readonly RunMetric[],
  { metric, title }: RunMetricOptions,
): Picture {
  if (runs.length > CLASS_COLOURS.length) {
    const most = CLASS_COLOURS.length;
    throw new RangeError(`Cannot draw ${metric} as there are more than ${most} runs`);
  }
  const seen = runs.flatMap(({ name, points }, place) => {
    const values = points.filter(isNumber);
    return values.length > 0 ? [{ name, points, last: values.at(-1)!.value, place }] : [];
  });
  if (seen.length === 0) throw new RangeError(`Cannot draw ${metric} as no run has a value of it`);
  const isCurve = seen.some(({ points }) => new Set(points.map(({ step }) => step)).size > 1);
  return frame({
    title: title ?? finding(metric, seen, isCurve),
    subtitle: isCurve ? `${metric} over the steps of each run.` : `${metric}, logged once a run.`,
    alt: `${metric}. ${seen.map(({ name, last }) => `${name}: ${short(last)}`).join(". ")}`,
    width: WIDTH,
    legend: isCurve
      ? classLegend(
        seen.map(({ name, place }) => ({
          label: cut(name, innerWidth(WIDTH) - 40),
          colour: classColour(place),
          symbol: CLASS_SYMBOLS[place],
        })),
        innerWidth(WIDTH),
      )
      : undefined,
    body: isCurve ? curves(metric, seen) : bars(metric, seen),
  });
}

/** A run that has a value, its last one, and its place among all, which is its colour. */
type Seen = RunMetric & { readonly last: number; readonly place: number };

function finding(metric: string, seen: readonly Seen[], isCurve: boolean): string {
  const sorted = seen.toSorted((a, b) => b.last - a.last), verb = isCurve ? "ends" : "is";
  const [highest, lowest] = [sorted[0], sorted[sorted.length - 1]];
  if (seen.length === 1) return `${metric} ${verb} at ${short(highest.last)} in ${highest.name}`;
  if (highest.last === lowest.last) {
    return `${metric} ${verb} the same in all ${seen.length} runs: ${short(highest.last)}`;
  }
  return `${metric} ${verb} highest in ${highest.name} (${short(highest.last)}) and lowest in ` +
    `${lowest.name} (${short(lowest.last)})`;
}

function curves(metric: string, seen: readonly Seen[]) {
  const height = ABOVE + PANEL + BELOW;
  const marks = seen.flatMap(({ points, place }) => {
    const colour = classColour(place), every = Math.ceil(points.length / CROWDED);
    // the shapes of two curves stand beside each other, not on each other
    const marked = points.filter((point, i) =>
      isNumber(point) && (i % every === place % every || i === points.length - 1)
    );
    return [
      Plot.line(points.map(({ step, value }) => ({ step, value: value ?? NaN })), {
        ...{ x: "step", y: "value", stroke: colour, strokeWidth: 2 },
      }),
      Plot.dot(marked, {
        ...{ x: "step", y: "value", r: 5, fill: colour, stroke: LIGHT.paper, strokeWidth: 1 },
        symbol: CLASS_SYMBOLS[place] as Plot.SymbolType,
      }),
    ];
  });
  const { markup } = drawPlot({
    ...{ width: WIDTH, height, marginTop: ABOVE, marginBottom: BELOW },
    ...{ marginLeft: LEFT, marginRight: RIGHT, insetTop: 8, insetBottom: 8 },
    x: {
      label: "step",
      labelAnchor: "center",
      tickFormat: "~s",
      ticks: 8,
      insetLeft: 8,
      insetRight: 8,
    },
    y: { label: metric, labelOffset: LEFT - SIDE, grid: true, ticks: 6, nice: true },
    marks: [Plot.frame({ stroke: LIGHT.faint }), ...marks],
  });
  return { markup, height };
}

function bars(metric: string, seen: readonly Seen[]) {
  const height = 8 + seen.length * ROW + BELOW;
  const rows = seen.map((run) => ({ ...run, label: cut(run.name, WIDEST) }));
  const left = 28 + Math.max(...rows.map(({ label }) => textWidth(label, FONT_PX.base)));
  const ends = [0, ...rows.map(({ last }) => last)];
  const { markup } = drawPlot({
    ...{ width: WIDTH, height, marginTop: 8, marginBottom: BELOW },
    ...{ marginLeft: left, marginRight: 90 },
    x: {
      ...{ label: metric, labelAnchor: "center", grid: true, ticks: 5 },
      domain: [Math.min(...ends), Math.max(...ends) || 1],
    },
    y: {
      ...{ type: "band", label: null, padding: 0.3, domain: rows.map(({ place }) => place) },
      tickFormat: (place: number) => rows.find((row) => row.place === place)!.label,
      tickSize: 0,
    },
    marks: [
      Plot.barX(rows, { x: "last", y: "place", fill: (row: Seen) => classColour(row.place) }),
      Plot.ruleX([0], { stroke: LIGHT.ink }),
      Plot.text(rows, {
        ...{ x: (row: Seen) => Math.max(0, row.last), y: "place", textAnchor: "start", dx: 6 },
        ...{ text: (row: Seen) => short(row.last), fill: LIGHT.ink },
      }),
    ],
    color: { type: "identity" },
  });
  return { markup, height };
}

function isNumber<T extends { readonly value: number | null }>(
  point: T,
): point is T & { value: number } {
  return point.value !== null && Number.isFinite(point.value);
}

/** Four significant digits, without zeros at the end. */
function short(value: number): string {
  return String(Number(value.toPrecision(4))).replaceAll("-", "−");
}

/** A name that is no wider than that, with … at its end where it was. */
function cut(name: string, widthPx: number): string {
  const fits = (text: string) => textWidth(text, FONT_PX.base) <= widthPx;
  if (fits(name)) return name;
  const letters = [...name];
  while (letters.length > 1 && !fits(`${letters.join("")}…`)) letters.pop();
  return `${letters.join("")}…`;
}
