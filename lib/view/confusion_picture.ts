/** What the model takes for what. */

import defer * as Plot from "@observablehq/plot";
import { drawPlot } from "./draw.ts";
import { escapeMarkup } from "./markup.ts";
import { frame } from "./frame.ts";
import type { Picture } from "./picture.ts";
import { rampLegend } from "./legend.ts";
import { cutText, textWidth } from "./text_size.ts";
import { FONT_PX, LIGHT, rampStep, textOnRamp } from "./theme.ts";
import { formatCount, formatPercent, sentence } from "./words.ts";

/** Predictions counted by actual and predicted class. Letter: k classes. */
export interface Confusion {
  /** Names of the classes. (k) */
  readonly classes: readonly string[];
  /** Rows are the actual classes, columns the predicted ones. (k × k) */
  readonly counts: readonly (readonly number[])[];
}

/** Options of {@linkcode confusionPicture}. */
export interface ConfusionPictureOptions {
  /** What to see. Default: how many are right, and what is confused most often. */
  readonly title?: string;
}

/** Longest label of a class, and room for the totals at the right, in px. */
const LABEL = 150, TOTALS = 104;

/** What stands above the names of the rows. */
const ACTUAL = "actual ↓";

/** One cell of the matrix. */
interface Cell {
  readonly actual: number;
  readonly predicted: number;
  readonly count: number;
  /** Share of the actual class's rows, from 0 to 1. */
  readonly share: number;
}

/**
 * A matrix of counts, coloured by the share of each actual class, so that a small class's mistakes
 * are as visible as a large one's. Framed cells are right.
 *
 * @param confusion Counts; see {@linkcode Confusion}.
 * @param options See {@linkcode ConfusionPictureOptions}.
 * @returns The picture, at least 760 px wide.
 * @throws {TypeError} If `counts` is not k rows of k numbers.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { confusionPicture } from "lib/view/mod.ts";
 *
 * const { title } = confusionPicture({ classes: ["a", "b"], counts: [[9, 1], [0, 10]] });
 * assert.equal(title, "19 of 20 are right; most often a is taken for b (1)");
 * ```
 */
export function confusionPicture(
  { classes, counts }: Confusion,
  { title }: ConfusionPictureOptions = {},
): Picture {
  const k = classes.length;
  if (k === 0 || counts.length !== k || counts.some((row) => row.length !== k)) {
    throw new TypeError(
      `Cannot draw a confusion matrix as counts must be ${k} rows of ${k}: ` +
        `${counts.length} rows of ${counts[0]?.length ?? 0}`,
    );
  }
  const cells: Cell[] = counts.flatMap((row, actual) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return row.map((count, predicted) => ({
      actual,
      predicted,
      count,
      share: total > 0 ? count / total : 0,
    }));
  });
  const labels = classes.map((name) => cutText(name, { widthPx: LABEL, sizePx: FONT_PX.base }));
  const longest = Math.ceil(Math.max(...labels.map((label) => textWidth(label, FONT_PX.base))));
  const left = Math.max(longest, Math.ceil(textWidth(ACTUAL, FONT_PX.base))) + 28;
  const cellWidth = Math.max(66, Math.min(160, Math.floor((760 - left - TOTALS) / k)));
  const cellHeight = Math.max(56, Math.min(84, Math.floor(cellWidth * 0.62)));
  const slanted = longest > cellWidth - 8;
  const top = 30 + (slanted ? Math.ceil(longest * 0.7) + 10 : 24);
  const body = {
    markup: matrix(cells, { k, left, top, cellWidth, cellHeight }) +
      rowLabels(labels, { left, top, cellHeight }) +
      columnLabels(labels, { left, top, cellWidth, slanted }) +
      rowTotals(counts, { left, top, cellWidth, cellHeight }),
    height: top + k * cellHeight + 12,
  };
  return frame({
    title: title ?? finding(classes, cells),
    subtitle: "Framed cells are right. Per cent of the actual class (of the row).",
    alt: `Confusion matrix. ${
      cells.filter(({ count }) => count > 0)
        .map(({ actual, predicted, count }) =>
          `${count} ${classes[actual]} taken for ${classes[predicted]}`
        ).join(", ")
    }`,
    width: Math.max(760, left + k * cellWidth + TOTALS),
    legend: rampLegend({
      label: "share of the row",
      colours: LIGHT.ramp,
      ticks: [0, 0.5, 1].map((at) => ({ at, text: formatPercent(at) })),
    }),
    body,
  });
}

/** The sentence that says how many are right, and which mistake is made most often. */
function finding(classes: readonly string[], cells: readonly Cell[]): string {
  const sum = (some: readonly Cell[]) => some.reduce((sum, { count }) => sum + count, 0);
  const total = sum(cells), right = sum(cells.filter((cell) => cell.actual === cell.predicted));
  if (total === 0) return "There are no predictions";
  if (right === total) return `All ${formatCount(total)} are right`;
  const worst = cells.filter((cell) => cell.actual !== cell.predicted)
    .reduce((worst, cell) => cell.count > worst.count ? cell : worst);
  return sentence(
    `${formatCount(right)} of ${formatCount(total)} are right; most often ` +
      `${classes[worst.actual]} is taken for ${classes[worst.predicted]} ` +
      `(${formatCount(worst.count)})`,
  );
}

/** Where the cells lie, in px. */
interface Grid {
  readonly k: number;
  readonly left: number;
  readonly top: number;
  readonly cellWidth: number;
  readonly cellHeight: number;
}

/** The cells with their numbers. */
function matrix(cells: readonly Cell[], grid: Grid): string {
  const { k, left, top, cellWidth, cellHeight } = grid;
  const longest = Math.max(
    ...cells.map(({ count }) => textWidth(formatCount(count), FONT_PX.title, "bold")),
  );
  const small = cellHeight < 64 || longest > cellWidth - 16;
  const some = cells.filter(({ count }) => count > 0);
  const middle = ({ predicted }: Cell) => left + (predicted + 0.5) * cellWidth;
  const centre = ({ actual }: Cell) => top + (actual + 0.5) * cellHeight;
  const box = (inset: number) => ({
    x1: ({ predicted }: Cell) => left + predicted * cellWidth + inset,
    x2: ({ predicted }: Cell) => left + (predicted + 1) * cellWidth - inset,
    y1: ({ actual }: Cell) => top + actual * cellHeight + inset,
    y2: ({ actual }: Cell) => top + (actual + 1) * cellHeight - inset,
  });
  return drawPlot({
    width: left + k * cellWidth + 4,
    height: top + k * cellHeight + 4,
    margin: 0,
    axis: null,
    x: { type: "identity" },
    y: { type: "identity" },
    marks: [
      Plot.rect(cells, {
        ...box(1.5),
        fill: ({ share }: Cell) => LIGHT.ramp[rampStep(share)],
        stroke: LIGHT.faint,
        rx: 4,
      }),
      Plot.rect(cells.filter((cell) => cell.actual === cell.predicted), {
        ...box(2.5),
        stroke: LIGHT.ink,
        strokeWidth: 2.5,
        rx: 4,
      }),
      Plot.text(cells.filter(({ count }) => count === 0), {
        x: middle,
        y: centre,
        text: () => "0",
        fill: LIGHT.muted,
      }),
      Plot.text(some, {
        x: middle,
        y: centre,
        dy: small ? -8 : -10,
        text: ({ count }: Cell) => formatCount(count),
        fill: ({ share }: Cell) => textOnRamp(rampStep(share)),
        fontSize: small ? FONT_PX.base : FONT_PX.title,
        fontWeight: "bold",
      }),
      Plot.text(some, {
        x: middle,
        y: centre,
        dy: small ? 10 : 14,
        text: ({ share }: Cell) => formatPercent(share),
        fill: ({ share }: Cell) => textOnRamp(rampStep(share)),
        fontSize: small ? FONT_PX.small : FONT_PX.base,
      }),
    ],
  }).markup;
}

/** Names of the actual classes, beside their rows. */
function rowLabels(
  labels: readonly string[],
  { left, top, cellHeight }: Pick<Grid, "left" | "top" | "cellHeight">,
): string {
  const names = labels.map((label, i) =>
    `<text x="${left - 10}" y="${top + (i + 0.5) * cellHeight}" dy="0.35em" text-anchor="end">${
      escapeMarkup(label)
    }</text>`
  );
  return `<text x="${left - 10}" y="${top - 9}" text-anchor="end" fill="${LIGHT.muted}">` +
    `${ACTUAL}</text>${names.join("")}`;
}

/** Names of the predicted classes, above their columns; slanted where they are too long. */
function columnLabels(
  labels: readonly string[],
  { left, top, cellWidth, slanted }: Omit<Grid, "k" | "cellHeight"> & { slanted: boolean },
): string {
  const names = labels.map((label, i) => {
    const x = left + (i + 0.5) * cellWidth;
    return slanted
      ? `<text transform="translate(${x},${top - 8}) rotate(-42)" text-anchor="start">${
        escapeMarkup(label)
      }</text>`
      : `<text x="${x}" y="${top - 9}">${escapeMarkup(label)}</text>`;
  });
  return `<text x="${left}" y="18" text-anchor="start" fill="${LIGHT.muted}">` +
    `taken for →</text>${names.join("")}`;
}

/** How many rows each actual class has. */
function rowTotals(
  counts: readonly (readonly number[])[],
  { left, top, cellWidth, cellHeight }: Omit<Grid, "k">,
): string {
  return counts.map((row, i) => {
    const total = row.reduce((sum, count) => sum + count, 0);
    return `<text x="${left + row.length * cellWidth + 12}" y="${
      top + (i + 0.5) * cellHeight
    }" dy="0.35em" text-anchor="start" fill="${LIGHT.muted}">of ${formatCount(total)}</text>`;
  }).join("");
}
