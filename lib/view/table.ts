/** Rows as a table, for a notebook, a page and a terminal. */

import { type Displayable, JUPYTER_DISPLAY } from "./display.ts";
import { escapeMarkup } from "./markup.ts";
import { readable } from "./words.ts";

/** One column of a table. */
export interface TableColumn<Row> {
  /** Which field of a row it shows. */
  readonly key: keyof Row & string;
  /** What stands in its header. Default: the key with spaces for underscores, as in the pictures. */
  readonly label?: string;
  /** Unit of the values, set in the header in brackets, e.g. `cm`, `%`. */
  readonly unit?: string;
  /** Decimals of numbers. Default: as many as the values need, up to 3. */
  readonly digits?: number;
  /** Default: right where all values are numbers, otherwise left. */
  readonly align?: "left" | "right" | "center";
}

/** Options of {@linkcode table}. */
export interface TableOptions<Row> {
  /** Columns in their order. Default: the fields of the first row. */
  readonly columns?: readonly TableColumn<Row>[];
  /** What the table shows. */
  readonly caption?: string;
  /** Most rows shown; below them stands how many more there are. Default 100. */
  readonly limit?: number;
}

/** A finished table. */
export interface Table extends Displayable {
  /** A `<table>` that takes its colours from the page around it. */
  readonly html: string;
  /** The same as aligned text. */
  readonly text: string;
}

/** A column with its values written out. */
interface Written {
  readonly header: string;
  readonly align: "left" | "right" | "center";
  readonly cells: readonly string[];
  /** Whether its cells are prose, which may break, and not numbers and names, which may not. */
  readonly prose: boolean;
}

/** Longest text of a cell that is kept in one line, in characters. */
const ONE_LINE = 28;

/** What stands for a value that is not there. */
const MISSING = "–";

/**
 * Makes a table. Numbers are right-aligned with the same decimals in the whole column; what is not
 * there (`null`, `undefined`, `NaN`) is shown as a dash.
 *
 * @param rows Plain records.
 * @param options See {@linkcode TableOptions}.
 * @returns The table as HTML and as text; Jupyter shows it by itself.
 * @throws {RangeError} If `digits` is not a whole number from 0 to 20 or `limit` is below 1.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { table } from "lib/view/mod.ts";
 *
 * const { text } = table([{ model: "forest", error: 4.25 }, { model: "guess", error: 66 }], {
 *   columns: [{ key: "model" }, { key: "error", unit: "%", digits: 1 }],
 * });
 * assert.deepEqual(text.split("\n"), [
 *   "model   error (%)",
 *   "──────  ─────────",
 *   "forest        4.3",
 *   "guess        66.0",
 * ]);
 * ```
 */
// `object`, not a record: an interface has no index signature and would not fit one
export function table<Row extends object>(
  rows: readonly Row[],
  { columns, caption, limit = 100 }: TableOptions<Row> = {},
): Table {
  if (!(limit >= 1)) throw new RangeError(`Cannot make a table as limit must be above 0: ${limit}`);
  const shown = rows.slice(0, limit), more = rows.length - shown.length;
  const chosen = columns ??
    Object.keys(rows[0] ?? {}).map((key) => ({ key: key as keyof Row & string }));
  const written = chosen.map((column) => write(shown, column));
  const note = more > 0 ? `… ${more} more ${more === 1 ? "row" : "rows"}` : "";
  const html = toHtml(written, { count: shown.length, caption, note });
  const text = toText(written, { count: shown.length, caption, note });
  return {
    html,
    text,
    [JUPYTER_DISPLAY]: () => ({ "text/html": html, "text/plain": text }),
  };
}

/** One column: header, alignment and every cell as text. */
function write<Row extends object>(rows: readonly Row[], column: TableColumn<Row>): Written {
  const values = rows.map((row) => row[column.key] as unknown);
  const numbers = values.filter((value) => typeof value === "number" && !Number.isNaN(value));
  const { digits = decimals(numbers as number[]) } = column;
  if (!(Number.isInteger(digits) && digits >= 0 && digits <= 20)) {
    throw new RangeError(
      `Cannot make a table as digits must be a whole number from 0 to 20: ${digits}`,
    );
  }
  const numeric = values.every((value) =>
    typeof value === "number" || typeof value === "bigint" || value === null || value === undefined
  );
  const label = column.label ?? readable(column.key);
  const cells = values.map((value) => cell(value, digits));
  return {
    header: label + (column.unit ? ` (${column.unit})` : ""),
    align: column.align ?? (numeric && rows.length > 0 ? "right" : "left"),
    cells,
    prose: cells.some((text) => text.length > ONE_LINE),
  };
}

/** How many decimals these numbers need, up to 3. */
function decimals(numbers: readonly number[]): number {
  return Math.max(
    0,
    ...numbers.filter(Number.isFinite).map((number) => {
      for (let digits = 0; digits < 3; digits++) {
        if (
          Math.abs(number - Number(number.toFixed(digits))) < 1e-9 * Math.abs(number)
        ) return digits;
      }
      return number === 0 ? 0 : 3;
    }),
  );
}

/** A value as a person reads it. */
function cell(value: unknown, digits: number): string {
  if (value === null || value === undefined || Number.isNaN(value)) return MISSING;
  if (typeof value === "number") {
    const text = value.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text; // no -0.00
  }
  if (typeof value === "boolean") return value ? "yes" : "no";
  if (value instanceof Date) {
    return Number.isNaN(value.getTime()) ? MISSING : value.toISOString().replace(/\.000Z$/, "Z");
  }
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

/** What both forms write besides the columns. */
interface Around {
  readonly count: number;
  readonly caption?: string;
  readonly note: string;
}

/**
 * HTML with inline styles only: JupyterLab's sanitiser drops style sheets. It names no colour, so it
 * is readable on any ground; lines and bands are mixed from the colour of the text.
 */
function toHtml(columns: readonly Written[], { count, caption, note }: Around): string {
  const line = "1px solid color-mix(in srgb, currentColor 22%, transparent)";
  const style = (align: string, more = "") =>
    ` style="text-align:${align};padding:0.3em 0.8em;${more}"`;
  const head = columns.map(({ header, align }) =>
    `<th scope="col"${style(align, "font-weight:600;border-bottom:2px solid currentColor;")}>${
      escapeMarkup(header)
    }</th>`
  ).join("");
  const body = Array.from(
    { length: count },
    (_, row) =>
      `<tr style="background:transparent">${
        columns.map(({ cells, align, prose }) => {
          const room = prose ? "min-width:14em" : "white-space:nowrap";
          return `<td${style(align, `border-bottom:${line};${room};`)}>${
            escapeMarkup(cells[row])
          }</td>`;
        }).join("")
      }</tr>`,
  ).join("\n");
  const foot = note
    ? `<tfoot><tr><td colspan="${columns.length}"${
      style("left", "opacity:0.8;")
    }>${note}</td></tr></tfoot>`
    : "";
  return `<table style="border-collapse:collapse;border:none;color:inherit;` +
    `background:transparent;font-variant-numeric:tabular-nums">${
      caption
        ? `<caption style="text-align:left;caption-side:top;padding:0.3em 0.8em;color:inherit;` +
          `font-weight:600">${escapeMarkup(caption)}</caption>`
        : ""
    }\n<thead><tr style="background:transparent">${head}</tr></thead>\n<tbody>\n${body}\n</tbody>${foot}</table>`;
}

/** Text in columns. */
function toText(columns: readonly Written[], { count, caption, note }: Around): string {
  const padded = columns.map(({ header, align, cells }) => {
    const lines = [header, ...cells].map((text) => text.replace(/\s+/g, " "));
    const width = Math.max(...lines.map((text) => [...text].length));
    const pad = (text: string) => {
      const free = width - [...text].length;
      if (align === "right") return " ".repeat(free) + text;
      if (align === "left") return text + " ".repeat(free);
      return " ".repeat(free >> 1) + text + " ".repeat(free - (free >> 1));
    };
    return { rule: "─".repeat(width), lines: lines.map(pad) };
  });
  const line = (at: number) => padded.map(({ lines }) => lines[at]).join("  ").trimEnd();
  return [
    ...(caption ? [caption] : []),
    line(0),
    padded.map(({ rule }) => rule).join("  "),
    ...Array.from({ length: count }, (_, row) => line(row + 1)),
    ...(note ? [note] : []),
  ].join("\n");
}
