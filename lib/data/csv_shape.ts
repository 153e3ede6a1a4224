/** The shape of a CSV text: header, separator, and where each record begins. No values are read. */

import { BadInput } from "lib/core/mod.ts";

/** What {@linkcode csvShape} found. */
export interface CsvShape {
  /** The character between fields: comma, semicolon or tab. */
  readonly separator: string;
  /** Column names, trimmed. */
  readonly header: readonly string[];
  /** The 1-based line on which each data record begins. (n) */
  readonly lines: readonly number[];
  /** The text with blank lines and the byte order mark taken out. */
  readonly text: string;
}

/**
 * Checks that a text is a rectangular CSV, with RFC 4180's rules for quotes.
 *
 * @param text The file's text; LF and CRLF both end a line, blank lines are passed over.
 * @param file Its name, for messages.
 * @returns See {@linkcode CsvShape}.
 * @throws {BadInput} If the text is empty, has only a header, or has a record with another number of
 * fields than the header; the message names the line.
 * @see RFC 4180.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { csvShape } from "lib/data/mod.ts";
 *
 * const { separator, header, lines } = csvShape("a;b\n1;2\n\n3;4\n", "x.csv");
 * assert.deepEqual([separator, ...header, ...lines], [";", "a", "b", 2, 4]);
 * assert.throws(() => csvShape("a,b\n1,2\n3\n", "x.csv"), /x.csv line 3 must have 2 fields .*: got 1/);
 * ```
 */
export function csvShape(text: string, file: string): CsvShape {
  const records = splitRecords(text.replace(/^\uFEFF/, ""));
  if (records.length === 0) {
    throw new BadInput({ field: file, rule: "must have a header line and rows", value: "" });
  }
  const [head, ...body] = records;
  const separator = [",", ";", "\t"]
    .map((character) => ({ character, fields: fieldCount(head.text, character) }))
    .reduce((best, next) => next.fields > best.fields ? next : best).character;
  const header = head.text.split(separator).map((name) => name.trim().replace(/^"(.*)"$/, "$1"));
  if (body.length === 0) {
    throw new BadInput({ field: file, rule: "must have rows below its header", value: head.text });
  }
  for (const { text, line } of body) {
    const fields = fieldCount(text, separator);
    if (fields !== header.length) {
      throw new BadInput({
        field: `${file} line ${line}`,
        rule: `must have ${header.length} fields like the header`,
        value: fields,
      });
    }
  }
  return {
    separator,
    header,
    lines: body.map(({ line }) => line),
    text: records.map(({ text }) => text).join("\n") + "\n",
  };
}

/** Records with the line each begins on; a line end inside quotes does not end a record. */
function splitRecords(text: string): { text: string; line: number }[] {
  const records: { text: string; line: number }[] = [];
  let open = "", from = 0;
  text.split("\n").forEach((raw, i) => {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (open === "" && line.trim() === "") return;
    if (open === "") from = i + 1;
    open = open === "" ? line : `${open}\n${line}`;
    if (open.includes('"') && open.split('"').length % 2 === 0) return; // a quote is still open
    records.push({ text: open, line: from });
    open = "";
  });
  if (open !== "") records.push({ text: open, line: from });
  return records;
}

function fieldCount(record: string, separator: string): number {
  if (!record.includes('"')) return record.split(separator).length;
  let count = 1, quoted = false;
  for (const character of record) {
    if (character === '"') quoted = !quoted;
    else if (character === separator && !quoted) count++;
  }
  return count;
}
