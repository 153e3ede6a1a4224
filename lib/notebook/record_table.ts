/** A record as a small table for people. */

import { type Json, type JsonRecord } from "lib/core/mod.ts";

/** Longest value shown whole, in characters. */
const LONGEST = 80;

/** How much is left of a digest, in characters. */
const DIGEST_SHOWN = 12;

/**
 * A record as rows: nested objects flattened with dots, in the record's order.
 *
 * @param record Plain data.
 * @returns Pairs of name and value; an array is one value.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { recordRows } from "./record_table.ts";
 *
 * assert.deepEqual(recordRows({ run: { id: "r1", trees: 5 }, tags: ["a"] }), [
 *   ["run.id", "r1"],
 *   ["run.trees", 5],
 *   ["tags", ["a"]],
 * ]);
 * ```
 */
export function recordRows(record: JsonRecord): [name: string, value: Json][] {
  return Object.entries(record).flatMap(([name, value]) =>
    isRecord(value) && Object.keys(value).length > 0
      ? recordRows(value).map(([rest, item]): [string, Json] => [`${name}.${rest}`, item])
      : [[name, value]]
  );
}

/**
 * A record as an HTML table of two columns: numbers to the right, digests and long texts shortened
 * with the whole in the title.
 *
 * @param record Plain data.
 * @returns HTML.
 */
export function recordHtml(record: JsonRecord): string {
  const rows = recordRows(record).map(([name, value]) => {
    const whole = textOf(value), text = shortened(whole);
    const title = text === whole ? "" : ` title="${escaped(whole)}"`;
    const side = typeof value === "number" ? "right" : "left";
    return `<tr><th style="text-align:left">${escaped(name)}</th>` +
      `<td style="text-align:${side}"${title}>${escaped(text)}</td></tr>`;
  });
  return `<table>${rows.join("")}</table>`;
}

/**
 * A record as lines of text, values in one column.
 *
 * @param record Plain data.
 * @returns The lines.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { recordText } from "./record_table.ts";
 *
 * assert.equal(recordText({ run: { id: "r1" }, accuracy: 0.97 }), "run.id    r1\naccuracy  0.97");
 * ```
 */
export function recordText(record: JsonRecord): string {
  const rows = recordRows(record), width = Math.max(0, ...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${shortened(textOf(value))}`).join(
    "\n",
  );
}

function isRecord(value: Json): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: Json): string {
  if (typeof value === "string") return value;
  const isPlainList = Array.isArray(value) && value.every((item) => typeof item !== "object");
  return isPlainList ? value.join(", ") : JSON.stringify(value);
}

function shortened(text: string): string {
  if (/^(?:[a-z0-9]+:)?[\da-f]{32,}$/i.test(text)) return `${text.slice(0, DIGEST_SHOWN)}…`;
  return text.length > LONGEST ? `${text.slice(0, LONGEST - 1)}…` : text;
}

function escaped(text: string): string {
  const entities: Record<string, string> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
  };
  return text.replace(/[&<>"]/g, (character) => entities[character]);
}
