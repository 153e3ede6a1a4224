/** Charts as mermaid text, which GitHub draws in a workflow's summary. Pure: values in, text out. */

import { BadInput } from "lib/core/mod.ts";

/** One row of numbers in a chart, one for each name on the x-axis. */
export interface Series {
  /** Whether it is drawn as bars or as a line. */
  readonly kind: "bar" | "line";
  /** Its colour, `#rrggbb`: mermaid has no legend, so whoever shows the chart names it. */
  readonly colour: string;
  /** Finite numbers. */
  readonly values: readonly number[];
}

/**
 * A chart over names.
 *
 * @param chart Title, names on the x-axis, what the y-axis is and its ends, and the series.
 * @returns A fenced block, with an empty line before and after.
 * @throws {BadInput} If a series has not one finite number for each name.
 * @see https://mermaid.js.org/syntax/xyChart.html
 */
export function xyChart({ title, names, y, series }: {
  readonly title: string;
  readonly names: readonly string[];
  readonly y: { readonly label: string; readonly from: number; readonly to: number };
  readonly series: readonly Series[];
}): string {
  for (const { values } of series) {
    if (values.length !== names.length || !values.every(Number.isFinite)) {
      const rule = `must have ${names.length} finite numbers`;
      throw new BadInput({ field: "series", rule, value: values });
    }
  }
  const palette = series.map(({ colour }) => colour).join(",");
  const theme = { themeVariables: { xyChart: { plotColorPalette: palette } } };
  return [
    "",
    "```mermaid",
    `%%{init: ${JSON.stringify(theme)}}%%`,
    "xychart-beta",
    `  title ${quoted(title)}`,
    `  x-axis [${names.map(quoted).join(", ")}]`,
    `  y-axis ${quoted(y.label)} ${number(y.from)} --> ${number(y.to)}`,
    ...series.map(({ kind, values }) => `  ${kind} [${values.map(number).join(", ")}]`),
    "```",
    "",
    "",
  ].join("\n");
}

/** Text between quotes; what would end it, the line or the block is left out. */
function quoted(text: string): string {
  return `"${text.replace(/["`\\<>{}#;\s]+/g, " ").trim() || " "}"`;
}

/** Four decimals, and never an exponent, which mermaid does not read. */
function number(value: number): string {
  return value.toFixed(4).replace(/\.?0+$/, "");
}
