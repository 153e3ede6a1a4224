/** Each feature by itself: where the rows of each class lie. */

import defer * as Plot from "@observablehq/plot";
import { column, quantile, type Samples, stream } from "lib/core/mod.ts";
import { extent, tickFormat } from "./axis.ts";
import { density } from "./density.ts";
import { drawPlot } from "./draw.ts";
import { escapeMarkup } from "./markup.ts";
import { frame } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { cutText, textWidth } from "./text_size.ts";
import { CLASS_SYMBOLS, classColour, FONT_PX, LIGHT } from "./theme.ts";
import { bestFeature, betweenClassShares, chooseFeatures, leftOut } from "./useful_features.ts";
import { featureLabel, formatCount, readable, sentence } from "./words.ts";

/** Options of {@linkcode classDistributions}. */
export interface ClassDistributionsOptions {
  /** What to see. Default: which class stands apart, or which feature tells them apart best. */
  readonly title?: string;
}

/** Most features shown: two columns of four panels. */
const MOST_FEATURES = 8;

/** Rows of a class that a curve is drawn from: more do not change it. */
const MOST_ROWS = 2000;

/** Width of the picture, room above a panel for its name and below for its axis, in px. */
const WIDTH = 760, NAME = 30, AXIS = 38;

/**
 * One panel for each feature and in it one row for each class: a curve of how often each value
 * occurs, below it the middle half of the rows as a bar and their median as the class's symbol.
 *
 * With more than eight features it shows the eight that say most about the class and says so.
 *
 * @param samples n rows of at least one feature.
 * @param options See {@linkcode ClassDistributionsOptions}.
 * @returns The picture, 760 px wide.
 * @throws {RangeError} If there are no features or no rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { classDistributions } from "lib/view/mod.ts";
 *
 * const features = [{ name: "petal_length", unit: "cm", min: 0, max: 9 }];
 * const x = Float64Array.of(1, 2, 4, 5), y = Uint8Array.of(0, 0, 1, 1);
 * const { title } = classDistributions({ features, classes: ["a", "b"], x, y });
 * assert.equal(title, "Petal length alone sets a apart from all others");
 * ```
 */
export function classDistributions(
  samples: Samples,
  { title }: ClassDistributionsOptions = {},
): Picture {
  const n = samples.y.length;
  if (samples.features.length === 0 || n === 0) {
    throw new RangeError(
      `Cannot draw distributions as there must be rows and a feature: ` +
        `${n} rows, ${samples.features.length} features`,
    );
  }
  const choice = chooseFeatures(samples, MOST_FEATURES), { shown } = choice;
  const names = samples.classes.map((name) =>
    cutText(name, { widthPx: 150, sizePx: FONT_PX.base })
  );
  const left = 28 + Math.ceil(Math.max(...names.map((name) => textWidth(name, FONT_PX.base))));
  const columns = shown.length === 1 ? 1 : 2, gap = 28;
  const panelWidth = (WIDTH - left - 16 - gap * (columns - 1)) / columns;
  const lane = samples.classes.length <= 4 ? 52 : 38, panelHeight = samples.classes.length * lane;
  const rowHeight = NAME + panelHeight + AXIS;

  const panels = shown.map((f, i) => {
    const x = left + (i % columns) * (panelWidth + gap), y = Math.floor(i / columns) * rowHeight;
    const label = cutText(featureLabel(samples.features[f]), {
      widthPx: panelWidth,
      sizePx: FONT_PX.base,
      weight: "bold",
    });
    const name = `<text x="0" y="20" text-anchor="start" font-weight="bold">${
      escapeMarkup(label)
    }</text>`;
    const panel = lanesPanel(samples, f, { width: panelWidth, height: panelHeight });
    return `<g transform="translate(${x},${y})">${name}<g transform="translate(0,${NAME})">${panel}</g></g>`;
  });
  const rows = Math.ceil(shown.length / columns);
  const laneNames = Array.from({ length: rows }, (_, row) =>
    names.map((name, label) => {
      const y = row * rowHeight + NAME + (label + 0.5) * lane;
      return `<text x="${left - 12}" y="${y}" dy="0.35em" text-anchor="end">${
        escapeMarkup(name)
      }</text>`;
    })).flat();
  return frame({
    title: title ?? separation(samples),
    subtitle: [
      `${formatCount(n)} rows. Curve: how often a value occurs; bar: the middle half of a class;`,
      "symbol: its median.",
      leftOut(choice),
    ].filter(Boolean).join(" "),
    alt: `Distributions of ${shown.map((f) => featureLabel(samples.features[f])).join(", ")} ` +
      `in the classes ${samples.classes.join(", ")}`,
    width: WIDTH,
    body: { markup: [...laneNames, ...panels].join(""), height: rows * rowHeight },
  });
}

/** The sentence that names a class which one feature alone sets apart, or else the best feature. */
function separation(samples: Samples): string {
  const shares = betweenClassShares(samples);
  const order = shares.map((_, f) => f).sort((a, b) => shares[b] - shares[a] || a - b);
  for (const f of samples.classes.length > 1 ? order : []) {
    const ranges = samples.classes.map((_, label) => extent(ofClass(samples, f, label)));
    const apart = ranges.findIndex(([low, high], i) =>
      ranges.every((other, j) => i === j || high < other[0] || low > other[1])
    );
    if (apart >= 0) {
      return sentence(
        `${readable(samples.features[f].name)} alone sets ${
          samples.classes[apart]
        } apart from all others`,
      );
    }
  }
  return bestFeature(samples);
}

function ofClass(samples: Samples, f: number, label: number): Float64Array {
  return column(samples, f).filter((value, i) => samples.y[i] === label && Number.isFinite(value));
}

/** One feature, a lane for each class, the first class at the top. */
function lanesPanel(
  samples: Samples,
  f: number,
  { width, height }: { width: number; height: number },
): string {
  const values = column(samples, f), [low, high] = extent(values), k = samples.classes.length;
  const margin = (high - low) * 0.04;
  const marks = samples.classes.flatMap((_, label) => {
    const own = ofClass(samples, f, label);
    if (own.length === 0) return [];
    const drawn = own.length > MOST_ROWS
      ? stream(1, "drawn rows").shuffle([...own]).slice(0, MOST_ROWS)
      : own;
    const curve = density(drawn, { low: low - margin, high: high + margin, places: 100 });
    const highest = Math.max(...curve.map(({ density }) => density));
    const base = k - 1 - label + 0.26, colour = classColour(label);
    const area = curve.map(({ at, density }) => ({ at, top: base + density / highest * 0.66 }));
    const bar = [quantile(own, 0.25), quantile(own, 0.75)];
    return [
      Plot.areaY(area, { x: "at", y1: base, y2: "top", fill: colour, fillOpacity: 0.35 }),
      Plot.lineY(area, { x: "at", y: "top", stroke: colour, strokeWidth: 1.8 }),
      Plot.ruleY([base - 0.12], { x1: bar[0], x2: bar[1], stroke: colour, strokeWidth: 5 }),
      Plot.dot([base - 0.12], {
        x: quantile(own, 0.5),
        y: Plot.identity,
        r: 5.5,
        fill: colour,
        stroke: LIGHT.paper,
        strokeWidth: 1,
        symbol: CLASS_SYMBOLS[label % CLASS_SYMBOLS.length] as Plot.SymbolType,
      }),
    ];
  });
  return drawPlot({
    width,
    height: height + AXIS,
    margin: 0,
    marginBottom: AXIS,
    insetLeft: 10,
    insetRight: 10,
    x: {
      domain: [low - margin, high + margin],
      ticks: 5,
      tickFormat: tickFormat(values),
      label: null,
      grid: true,
    },
    y: { domain: [0, k], axis: null },
    marks: [Plot.frame({ stroke: LIGHT.faint }), ...marks],
  }).markup;
}
