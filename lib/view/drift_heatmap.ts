/** Which inputs have moved, and when. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { frame } from "./frame.ts";
import { rampLegend } from "./legend.ts";
import { escapeMarkup } from "./markup.ts";
import type { Picture } from "./picture.ts";
import { cutText, textWidth } from "./text_size.ts";
import { FONT_PX, LIGHT, rampStep, textOnRamp } from "./theme.ts";
import { windowAxis } from "./window_axis.ts";
import { readable, sentence } from "./words.ts";

/** One feature in one window. */
export interface DriftCell {
  /** Distance from the reference (effect size), from 0; null where there was nothing to compare. */
  readonly distance: number | null;
  /** Whether it was decided that the feature drifts. */
  readonly drift: boolean;
}

/** Distances of features over windows. Letters: d features, w windows. */
export interface DriftTable {
  /** Names of the windows in the order of time. (w) */
  readonly windows: readonly string[];
  /** Each feature with a cell for each window. (d) */
  readonly features: readonly { readonly name: string; readonly cells: readonly DriftCell[] }[];
}

/** Options of {@linkcode driftHeatmap}. */
export interface DriftHeatmapOptions {
  /** What to see. Default: which feature drifts first, or that none does. */
  readonly title?: string;
  /** What the distance is, with its unit. Default `"distance from the reference"`. */
  readonly label?: string;
  /** Distance that has the fullest colour, above 0. Default: the largest, and at least 0.3. */
  readonly max?: number;
}

/** Room for names, and width of the picture at least, in px. */
const NAME = 190, WIDTH = 760, RIGHT = 20;

/** Smallest distance with the fullest colour: below it noise would look like a storm. */
const LEAST_MAX = 0.3;

/**
 * A table of colours: the further from the reference, the further from the paper. A diamond stands
 * where drift was decided, so distance (how much) and decision (whether) are not taken for each other.
 *
 * @param table See {@linkcode DriftTable}.
 * @param options See {@linkcode DriftHeatmapOptions}.
 * @returns The picture, at least 760 px wide; features in the order given.
 * @throws {RangeError} If there are no windows or features, or `max` is not above 0.
 * @throws {TypeError} If a feature has not one cell for each window.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { driftHeatmap } from "lib/view/mod.ts";
 *
 * const { title } = driftHeatmap({
 *   windows: ["window 1", "window 2"],
 *   features: [{ name: "petal_length", cells: [{ distance: 0.05, drift: false }, { distance: 0.6, drift: true }] }],
 * });
 * assert.equal(title, "Petal length drifts first, in window 2");
 * ```
 */
export function driftHeatmap(
  { windows, features }: DriftTable,
  { title, label = "distance from the reference", max }: DriftHeatmapOptions = {},
): Picture {
  const w = windows.length, d = features.length;
  if (w === 0 || d === 0) {
    throw new RangeError(
      `Cannot draw drift as there must be windows and features: ${w} windows, ${d} features`,
    );
  }
  const uneven = features.find(({ cells }) => cells.length !== w);
  if (uneven) {
    throw new TypeError(
      `Cannot draw drift as ${uneven.name} must have a cell for each of ${w} windows: ` +
        `${uneven.cells.length}`,
    );
  }
  const distances = features.flatMap(({ cells }) => cells.map(({ distance }) => distance ?? 0));
  const full = max ?? Math.max(LEAST_MAX, ...distances);
  if (!(full > 0 && Number.isFinite(full))) {
    throw new RangeError(`Cannot draw drift as max must be a number above 0: ${full}`);
  }
  const row = d > 16 ? 22 : 36;
  const names = features.map(({ name }) =>
    cutText(readable(name), { widthPx: NAME, sizePx: d > 16 ? FONT_PX.small : FONT_PX.base })
  );
  const left = 26 +
    Math.ceil(
      Math.max(...names.map((name) => textWidth(name, d > 16 ? FONT_PX.small : FONT_PX.base))),
    );
  const step = Math.max(16, Math.min(110, (WIDTH - left - RIGHT) / w));
  const axis = windowAxis(windows, { left, step, top: d * row + 4 });
  return frame({
    title: title ?? finding({ windows, features }),
    subtitle:
      `Diamond: it was decided that the feature drifts. Empty with a dash: nothing to compare.`,
    alt: `Drift of ${d} features over ${w} windows. ${
      features.map(({ name, cells }) => altOf(readable(name), cells, windows)).join(". ")
    }`,
    width: Math.max(WIDTH, Math.ceil(left + w * step + RIGHT)),
    legend: rampLegend({
      label,
      colours: LIGHT.ramp,
      ticks: [0, 0.5, 1].map((at) => ({ at, text: `${Number((at * full).toPrecision(2))}` })),
    }),
    body: {
      markup: cellsOf(features, { left, step, row, full }) + names.map((name, i) =>
        `<text x="${left - 10}" y="${(i + 0.5) * row}" dy="0.35em" text-anchor="end"${
          d > 16 ? ` font-size="${FONT_PX.small}"` : ""
        }>${escapeMarkup(name)}</text>`
      ).join("") + axis.markup,
      height: d * row + 4 + axis.height,
    },
  });
}

/** The sentence that names the feature that drifts first; of several, the one furthest away. */
function finding({ windows, features }: DriftTable): string {
  for (const [w, window] of windows.entries()) {
    const drifting = features.filter(({ cells }) => cells[w].drift)
      .sort((a, b) => (b.cells[w].distance ?? 0) - (a.cells[w].distance ?? 0));
    if (drifting.length === 0) continue;
    const more = drifting.length - 1;
    return sentence(
      more === 0
        ? `${readable(drifting[0].name)} drifts first, in ${window}`
        : `${readable(drifting[0].name)} and ${more} more drift first, in ${window}`,
    );
  }
  return windows.length === 1
    ? `No feature drifts in ${windows[0]}`
    : "No feature drifts in any window";
}

function altOf(name: string, cells: readonly DriftCell[], windows: readonly string[]): string {
  const drifting = windows.filter((_, w) => cells[w].drift);
  const largest = Math.max(0, ...cells.map(({ distance }) => distance ?? 0));
  return `${name}: ${
    drifting.length > 0 ? `drifts in ${drifting.join(", ")}` : "no drift"
  }, distance at most ${Number(largest.toPrecision(2))}`;
}

function cellsOf(
  features: DriftTable["features"],
  { left, step, row, full }: { left: number; step: number; row: number; full: number },
): string {
  const cells = features.flatMap(({ cells }, f) => cells.map((cell, w) => ({ ...cell, f, w })));
  type Cell = typeof cells[number];
  const level = ({ distance }: Cell) => rampStep((distance ?? 0) / full);
  const centre = {
    x: ({ w }: Cell) => left + (w + 0.5) * step,
    y: ({ f }: Cell) => (f + 0.5) * row,
  };
  const gap = step < 24 ? 0.75 : 1.5;
  const w = features[0].cells.length;
  return drawPlot({
    width: Math.ceil(left + w * step + 4),
    height: features.length * row + 4,
    margin: 0,
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    marks: [
      Plot.rect(cells, {
        x1: ({ w }: Cell) => left + w * step + gap,
        x2: ({ w }: Cell) => left + (w + 1) * step - gap,
        y1: ({ f }: Cell) => f * row + gap,
        y2: ({ f }: Cell) => (f + 1) * row - gap,
        fill: (cell: Cell) => cell.distance === null ? LIGHT.paper : LIGHT.ramp[level(cell)],
        stroke: LIGHT.faint,
        rx: 3,
      }),
      Plot.text(cells.filter(({ distance }) => distance === null), {
        ...centre,
        text: () => "–",
        fill: LIGHT.muted,
      }),
      Plot.dot(cells.filter(({ drift }) => drift), {
        ...centre,
        r: Math.min(7, row / 4, step / 3.4),
        symbol: "diamond",
        fill: (cell: Cell) => cell.distance === null ? LIGHT.ink : textOnRamp(level(cell)),
      }),
    ],
  }).markup;
}
