/** Every feature against every other, class by colour and shape. */

import defer * as Plot from "@observablehq/plot";
import { classCounts, column, type Samples, stream } from "lib/core/mod.ts";
import { extent, fittingTicks, tickFormat } from "./axis.ts";
import { density } from "./density.ts";
import { drawPlot } from "./draw.ts";
import { classLegend } from "./legend.ts";
import { escapeMarkup } from "./markup.ts";
import { frame } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { cutText, wrapText } from "./text_size.ts";
import { CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";
import { bestFeature, chooseFeatures, leftOut } from "./useful_features.ts";
import { featureLabel, formatCount, readable } from "./words.ts";

/** Options of {@linkcode pairsPlot}. */
export interface PairsPlotOptions {
  /** What to see. Default: which feature tells the classes apart best. */
  readonly title?: string;
}

/** Most features shown: more would make the panels too small for the back of a room. */
const MOST_FEATURES = 6;

/** Most marks in all panels together: a notebook's cell may show 1 MB, SVG and PNG together. */
const MOST_MARKS = 3600;

/** Room for the axes at the left and at the bottom, and between panels, in px. */
const LEFT = 78, BOTTOM = 56, GAP = 8;

/** Height of a line of a feature's name, in px. */
const LINE = 18;

/** How far the values are from the frame of their panel, in px. */
const INSET = 8;

/**
 * A scatter plot for each pair of features, below a diagonal with each feature's own distribution.
 *
 * With more than six features it shows the six that say most about the class, and with many rows a
 * random sample of them (always the same); the subtitle then says so.
 *
 * @param samples n rows of at least two features.
 * @param options See {@linkcode PairsPlotOptions}.
 * @returns The picture, 760 px wide for up to four features, 1,026 px for six.
 * @throws {RangeError} If there are fewer than two features or no rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { pairsPlot } from "lib/view/mod.ts";
 *
 * const features = ["length", "width"].map((name) => ({ name, unit: "cm", min: 0, max: 9 }));
 * const x = Float64Array.of(1, 4, 2, 4, 1, 8, 2, 8), y = Uint8Array.of(0, 0, 1, 1);
 * const { title } = pairsPlot({ features, classes: ["a", "b"], x, y });
 * assert.equal(title, "Width tells the classes apart best");
 * ```
 */
export function pairsPlot(samples: Samples, { title }: PairsPlotOptions = {}): Picture {
  const n = samples.y.length;
  if (samples.features.length < 2 || n === 0) {
    throw new RangeError(
      `Cannot draw pairs as there must be rows and two features: ` +
        `${n} rows, ${samples.features.length} features`,
    );
  }
  const choice = chooseFeatures(samples, MOST_FEATURES), { shown } = choice, count = shown.length;
  const size = Math.max(150, Math.min(220, Math.floor((760 - LEFT - 12) / count) - GAP));
  const names = shown.map((f) => nameLines(featureLabel(samples.features[f]), size - 6));
  const lines = Math.max(...names.map(({ length }) => length));
  const left = LEFT + LINE * (Math.max(...names.slice(1).map(({ length }) => length)) - 1);
  const step = size + GAP, width = Math.max(760, left + count * step + 12);
  const drawn = Math.min(n, Math.max(200, Math.ceil(MOST_MARKS / (count * (count - 1) / 2))));
  const rows = stream(1, "drawing order").shuffle(Array.from(samples.y, (_, i) => i)).slice(
    0,
    drawn,
  );

  const panels = shown.flatMap((fy, i) =>
    shown.slice(0, i + 1).map((fx, j) => {
      const at = { fx, fy, rows, size, left, atLeft: j === 0 && i > 0, atBottom: i === count - 1 };
      const panel = i === j ? densityPanel(samples, at) : scatterPanel(samples, at);
      const x = left + j * step - (at.atLeft ? left : 0);
      return `<g transform="translate(${x},${i * step})">${panel}</g>`;
    })
  );
  const labels = names.map((name, i) => edgeLabels(name, { i, count, size, left }));
  return frame({
    title: title ?? bestFeature(samples),
    subtitle: [
      drawn < n
        ? `One mark is one row; drawn are ${formatCount(drawn)} of ${formatCount(n)}.`
        : `One mark is one row.`,
      "On the diagonal: how often each value occurs.",
      leftOut(choice),
    ].filter(Boolean).join(" "),
    alt: `Scatter plots of ${shown.map((f) => readable(samples.features[f].name)).join(", ")} ` +
      `in pairs, ${formatCount(n)} rows of the classes ${samples.classes.join(", ")}`,
    width,
    body: {
      markup: [...panels, ...labels, cornerLegend(samples, left + 2 * step, width)].join(""),
      height: count * step + BOTTOM + (lines - 1) * LINE,
    },
  });
}

/** The classes with their counts, one below the other, in the corner that the panels leave free. */
function cornerLegend(samples: Samples, x: number, width: number): string {
  const counts = classCounts(samples), left = x + 10;
  const { markup } = classLegend(
    samples.classes.map((name, i) => ({
      label: cutText(`${name} (${formatCount(counts[i])})`, {
        widthPx: width - left - 30,
        sizePx: FONT_PX.base,
      }),
      colour: classColour(i),
      symbol: CLASS_SYMBOLS[i % CLASS_SYMBOLS.length],
    })),
    1,
  );
  return `<g transform="translate(${left},4)">${markup}</g>`;
}

/** What a panel needs to know. */
interface PanelOptions {
  readonly fx: number;
  readonly fy: number;
  readonly rows: readonly number[];
  readonly size: number;
  /** Room for the y axis, in px. */
  readonly left: number;
  /** Whether it carries the y axis of its row. */
  readonly atLeft: boolean;
  /** Whether it carries the x axis of its column. */
  readonly atBottom: boolean;
}

/** What both kinds of panel share: the same place on the same scale, so that columns line up. */
function panelOptions(
  xs: Float64Array,
  { size, left, atLeft, atBottom }: PanelOptions,
): Plot.PlotOptions {
  const marginLeft = atLeft ? left : 0, bottom = atBottom ? BOTTOM : 0;
  return {
    width: marginLeft + size,
    height: size + bottom,
    margin: 0,
    marginLeft,
    marginBottom: bottom,
    inset: INSET,
    x: {
      axis: atBottom ? "bottom" : null,
      domain: extent(xs),
      ...fittingTicks(xs, { length: size, inset: INSET, over: GAP / 2, font: FONT_PX.base }),
      label: null,
      grid: true,
    },
  };
}

/** Marks of two features. */
function scatterPanel(samples: Samples, options: PanelOptions): string {
  const xs = column(samples, options.fx), ys = column(samples, options.fy);
  const many = options.rows.length > 400;
  return drawPlot({
    ...panelOptions(xs, options),
    y: {
      axis: options.atLeft ? "left" : null,
      domain: extent(ys),
      ticks: 4,
      tickFormat: tickFormat(ys),
      label: null,
      grid: true,
    },
    symbol: { range: CLASS_SYMBOLS as Plot.ScaleOptions["range"], domain: samples.classes },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      Plot.dot(options.rows, {
        x: (row: number) => xs[row],
        y: (row: number) => ys[row],
        fill: (row: number) => classColour(samples.y[row]),
        symbol: (row: number) => samples.classes[samples.y[row]],
        r: many ? 2.3 : 3.2,
        fillOpacity: many ? 0.75 : 1,
      }),
    ],
  }).markup;
}

/** How often each value of a feature occurs in each class, classes weighted by their rows. */
function densityPanel(samples: Samples, options: PanelOptions): string {
  const values = column(samples, options.fx), [low, high] = extent(values);
  const filled = samples.classes.length <= 4; // more of them would only mix into mud
  return drawPlot({
    ...panelOptions(values, options),
    y: { axis: null },
    marks: [
      Plot.frame({ stroke: LIGHT.faint }),
      ...samples.classes.flatMap((_, label) => {
        const own = options.rows.filter((row) => samples.y[row] === label)
          .map((row) => values[row]).filter(Number.isFinite);
        if (own.length === 0) return [];
        const curve = density(own, { low, high })
          .map(({ at, density }) => ({ at, rows: density * own.length }));
        const colour = classColour(label);
        const peak = curve.reduce((best, point) => point.rows > best.rows ? point : best);
        return [
          ...(filled
            ? [Plot.areaY(curve, { x: "at", y: "rows", fill: colour, fillOpacity: 0.3 })]
            : []),
          Plot.lineY(curve, { x: "at", y: "rows", stroke: colour, strokeWidth: 1.8 }),
          Plot.dot([peak], { // tells whose curve it is where there are no colours
            x: "at",
            y: "rows",
            fill: colour,
            stroke: LIGHT.paper,
            strokeWidth: 1,
            r: 4.5,
            symbol: CLASS_SYMBOLS[label % CLASS_SYMBOLS.length] as Plot.SymbolType,
          }),
        ];
      }),
    ],
  }).markup;
}

/** A feature's name in one line or two; what does not fit into a line is cut in its middle. */
function nameLines(label: string, widthPx: number): string[] {
  const room = { widthPx, sizePx: FONT_PX.base }, [first, ...rest] = wrapText(label, room);
  return [first, ...rest.length > 0 ? [rest.join(" ")] : []].map((line) => cutText(line, room));
}

/** The feature's name under its column and beside its row. */
function edgeLabels(
  lines: readonly string[],
  { i, count, size, left }: { i: number; count: number; size: number; left: number },
): string {
  const x = left + i * (size + GAP) + size / 2, y = count * (size + GAP) + BOTTOM - 12;
  const middle = i * (size + GAP) + size / 2;
  return lines.map((line, number) => {
    const text = escapeMarkup(line);
    const below = `<text x="${x}" y="${y + number * LINE}">${text}</text>`;
    if (i === 0) return below; // what the first row has at its left edge is no value of a feature
    const at = `translate(${18 + number * LINE},${middle})`;
    return below + `<text transform="${at} rotate(-90)">${text}</text>`;
  }).join("");
}
