/** A CSV as it lies on disk: every cell a text. The only file here that touches polars' reader. */

import { basename } from "node:path";
import pl from "nodejs-polars";
import { BadInput, sha256 } from "lib/core/mod.ts";
import { csvShape } from "./csv_shape.ts";
import type { Descriptor } from "./descriptor.ts";

/** The columns that the descriptor names, as texts and as numbers. n rows. */
export interface RawTable {
  /** The file's name, for messages. */
  readonly file: string;
  /** SHA-256 of the file's bytes. */
  readonly sha256: string;
  /** The character between fields. */
  readonly separator: string;
  /** Columns of the file that the descriptor does not name. */
  readonly ignored: readonly string[];
  /** The line of the file on which each row begins. (n) */
  readonly lines: readonly number[];
  /** Feature name → cells, trimmed; null where empty. (n each) */
  readonly texts: Readonly<Record<string, readonly (string | null)[]>>;
  /** Feature name → the cells as polars reads numbers, in the CSV's unit; null where it is none. (n each) */
  readonly numbers: Readonly<Record<string, readonly (number | null)[]>>;
  /** The class of each row, trimmed; null where empty. (n) */
  readonly labels: readonly (string | null)[];
  /** The group of each row, trimmed; null where empty. Absent where the descriptor names no column. (n) */
  readonly groups?: readonly (string | null)[];
}

/**
 * Reads the CSV of a descriptor.
 *
 * @param descriptor See {@linkcode Descriptor}.
 * @returns The raw table. Bad cells stay in it: the contract finds them.
 * @throws {BadInput} If the file is missing, empty, not UTF-8 or ragged, or a column is missing or
 * there twice.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDescriptor, readRawTable } from "lib/data/mod.ts";
 *
 * const raw = await readRawTable(await readDescriptor("data/iris.dataset.json"));
 * assert.equal(raw.labels.length, 150);
 * assert.equal(raw.texts.petal_length[0], "1.4");
 * ```
 */
export async function readRawTable(descriptor: Descriptor): Promise<RawTable> {
  let bytes: Uint8Array;
  try {
    bytes = await Deno.readFile(descriptor.csv);
  } catch (cause) {
    const from = descriptor.path ? `${basename(descriptor.path)} ` : "";
    throw new BadInput({
      field: `${from}/csv`,
      rule: "must name a file that can be read",
      value: descriptor.csv,
    }, { cause });
  }
  return parseRawTable(bytes, descriptor);
}

/**
 * The same from bytes in memory.
 *
 * @param bytes The CSV file's bytes, UTF-8.
 * @param descriptor See {@linkcode Descriptor}.
 * @returns The raw table.
 * @throws {BadInput} As {@linkcode readRawTable}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseDescriptor, parseRawTable } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const pets = parseDescriptor({ name: "pets", csv: "pets.csv", target: "kind", classes: ["cat", "dog"], features });
 * const raw = parseRawTable(new TextEncoder().encode("length,kind\n1.5,cat\nabc,dog\n"), pets);
 * assert.deepEqual(raw.numbers.length, [1.5, null]);
 * ```
 */
export function parseRawTable(bytes: Uint8Array, descriptor: Descriptor): RawTable {
  const file = basename(descriptor.csv);
  let decoded: string;
  try {
    decoded = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new BadInput({ field: file, rule: "must be UTF-8 text" }, { cause });
  }
  const { header, separator, lines, text } = csvShape(decoded, file);
  const names = descriptor.features.map(({ name }) => name);
  const { target, group } = descriptor;
  const wanted = [...names, target, ...(group === undefined ? [] : [group])];
  for (const name of wanted) {
    const times = header.filter((other) => other === name).length;
    if (times === 0) {
      throw new BadInput({
        field: file,
        rule: `must have the column "${name}"`,
        value: header.join(separator),
      });
    }
    if (times > 1) {
      throw new BadInput({
        field: `${file} column "${name}"`,
        rule: "must come once",
        value: times,
      });
    }
  }
  // without the header: polars would rename doubled columns that the descriptor does not even name
  const frame = pl.readCSV(text, {
    hasHeader: false,
    inferSchemaLength: 0,
    sep: separator,
  });
  const trimmed = (name: string) =>
    frame.getColumn(`column_${header.indexOf(name) + 1}`).str.strip();
  const cells = (name: string) =>
    (trimmed(name).toArray() as (string | null)[]).map((cell) => cell === "" ? null : cell);
  return {
    file,
    sha256: sha256(bytes),
    separator,
    ignored: header.filter((name) => !wanted.includes(name)),
    lines,
    texts: Object.fromEntries(names.map((name) => [name, cells(name)])),
    numbers: Object.fromEntries(
      names.map((name) => [name, trimmed(name).cast(pl.Float64).toArray() as (number | null)[]]),
    ),
    labels: cells(target),
    ...(group !== undefined && { groups: cells(group) }),
  };
}
