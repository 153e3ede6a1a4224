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
  /** The data records, without header, blank lines and byte order mark. */
  readonly text: string;
}

/**
 * Checks that a text is a rectangular CSV, with RFC 4180's rules for quotes.
 *
 * @param text The file's text; LF and CRLF both end a line, blank lines are passed over.
 * @param file Its name, for messages.
 * @returns See {@linkcode CsvShape}.
 * @throws {BadInput} If the text is empty, has only a header, or has a record with a stray quote or
 * with another number of fields than the header; the message names the line.
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
  const at = records.findIndex(({ text }) => text.trim() !== "");
  if (at < 0) {
    throw new BadInput({ field: file, rule: "must have a header line and rows", value: "" });
  }
  const head = records[at];
  const separator = [",", ";", "\t"]
    .map((character) => ({ character, fields: fieldsOf(head.text, character)?.length ?? 0 }))
    .reduce((best, next) => next.fields > best.fields ? next : best).character;
  const header = fields(head, separator, file).map((name) => name.trim());
  // a line of tabs is blank, unless tabs make it a row of empty fields
  const body = records.slice(at + 1).filter(({ text }) => separator === "\t" || text.trim() !== "");
  if (body.length === 0) {
    throw new BadInput({ field: file, rule: "must have rows below its header", value: head.text });
  }
  for (const record of body) {
    const { length } = fields(record, separator, file);
    if (length !== header.length) {
      throw new BadInput({
        field: `${file} line ${record.line}`,
        rule: `must have ${header.length} fields like the header`,
        value: length,
      });
    }
  }
  return {
    separator,
    header,
    lines: body.map(({ line }) => line),
    text: body.map(({ text }) => text).join("\n") + "\n",
  };
}

/** A record's text and the line on which it begins. */
interface CsvRecord {
  readonly text: string;
  readonly line: number;
}

/** Records but for empty lines; a line end inside quotes does not end a record. */
function splitRecords(text: string): CsvRecord[] {
  const records: CsvRecord[] = [];
  let open: string[] = [], quotes = 0, from = 0;
  const close = () => {
    records.push({ text: open.join("\n"), line: from });
    open = [];
  };
  text.split("\n").forEach((raw, i) => {
    const line = raw.endsWith("\r") ? raw.slice(0, -1) : raw;
    if (open.length === 0) {
      if (line.trim() === "" && !line.includes("\t")) return;
      from = i + 1;
    }
    open.push(line);
    quotes += line.split('"').length - 1;
    if (quotes % 2 === 0) close(); // else a quote is still open
  });
  if (open.length > 0) close();
  return records;
}

function fields({ text, line }: CsvRecord, separator: string, file: string): string[] {
  const found = fieldsOf(text, separator);
  if (found) return found;
  const rule = "must have quotes around whole fields only, and doubled inside them";
  throw new BadInput({ field: `${file} line ${line}`, rule, value: text });
}

/** A record's fields without their quotes; undefined if a quote is where RFC 4180 has none. */
function fieldsOf(record: string, separator: string): string[] | undefined {
  if (!record.includes('"')) return record.split(separator);
  const field = new RegExp(`(?:"([^"]*(?:""[^"]*)*)"|([^"${separator}]*))(${separator}|$)`, "y");
  const found: string[] = [];
  for (let more = true; more;) {
    const match = field.exec(record);
    if (!match) return undefined;
    found.push(match[1]?.replaceAll('""', '"') ?? match[2]);
    more = match[3] !== "";
  }
  return found;
}
