/** Small pieces of GitHub's Markdown, for a workflow's summary. Pure: values in, text out. */

/** One cell of a table; numbers are rounded to four decimals. */
export type CellValue = string | number | boolean | null | undefined;

/**
 * A value as a table's cell: what would end the cell or the line is escaped, and markup is not read.
 *
 * @param value The value; null and undefined give an empty cell.
 * @returns One line.
 */
export function cell(value: CellValue): string {
  if (value === null || value === undefined) return "";
  const text = typeof value === "number" ? String(Math.round(value * 1e4) / 1e4) : String(value);
  return text.replace(/\s+/g, " ").replace(/[\\|`*_[\]<>#~]/g, "\\$&").trim();
}

/**
 * Text from outside in backticks, so that nothing in it is read as markup.
 *
 * @param text Any text.
 * @returns One line; backticks in it are left out.
 */
export function code(text: string): string {
  return `\`${text.replace(/[`\s|]+/g, " ").trim() || " "}\``;
}

/**
 * A table.
 *
 * @param head The column names.
 * @param rows Cells in the order of the columns.
 * @returns Its lines, with an empty line before and after.
 */
export function mdTable(head: readonly string[], rows: readonly (readonly CellValue[])[]): string {
  const line = (cells: readonly CellValue[]) => `| ${cells.map(cell).join(" | ")} |`;
  return ["", line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line), "", ""].join("\n");
}

const BARS = "▁▂▃▄▅▆▇█";

/**
 * A row of numbers as a line of bars.
 *
 * @param values The numbers, in order.
 * @param range The values of the lowest and the highest bar. Default: from 0, or less, to the largest.
 * @returns One character a number, a space for what is not finite.
 */
export function sparkline(
  values: readonly number[],
  [low, high]: readonly [number, number] = [
    Math.min(0, ...values.filter(Number.isFinite)),
    Math.max(...values.filter(Number.isFinite)),
  ],
): string {
  return values.map((value) => {
    if (!Number.isFinite(value)) return " ";
    const share = high > low ? (value - low) / (high - low) : 0;
    return BARS[Math.min(7, Math.max(0, Math.floor(share * 8)))];
  }).join("");
}
