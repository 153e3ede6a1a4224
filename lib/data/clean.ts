/** Cleaning: what the descriptor's policy allows to be mended, with a report of each thing done. */

import { type Samples, sha256 } from "lib/core/mod.ts";
import { canonicalJson } from "lib/core/mod.ts";
import type { ContractReport } from "./contract.ts";
import type { Descriptor } from "./descriptor.ts";
import type { RawTable } from "./raw_table.ts";
import { rowKeys } from "./row_keys.ts";
import { conversion, convert } from "./units.ts";

/** The group of rows that do not say it. */
export const NO_GROUP = "(not stated)";

/** One thing that cleaning did. */
export interface CleaningAction {
  /** `types`, `missing`, `range`, `duplicates` or `units`. */
  readonly step: "types" | "missing" | "range" | "duplicates" | "units";
  /** In words, e.g. `dropped 1 row equal to another`. */
  readonly what: string;
  /** Lines of the CSV that it touched; empty where it touched all of them. */
  readonly lines: readonly number[];
}

/** The rows after cleaning. Letters: n rows, d features, k classes. */
export interface CleanTable {
  /** n rows × d features and their labels. */
  readonly samples: Samples;
  /** The line of the CSV from which each row comes. (n) */
  readonly lines: readonly number[];
  /** The group of each row, `NO_GROUP` where its cell is empty; absent where none is declared. (n) */
  readonly groups?: readonly string[];
  /** Everything that was done; empty if the file was used as it lies. */
  readonly actions: readonly CleaningAction[];
  /** SHA-256 over features, classes and rows: the dataset's name by content. */
  readonly digest: string;
}

/**
 * Turns a raw table into samples.
 *
 * Converts units, drops the rows that the policy says to drop, and drops rows that are equal to an
 * earlier one (they could stand on both sides of a split). Everything else that breaks the contract
 * is refused before: a caller looks at {@linkcode refusals} first.
 *
 * @param raw n rows, as read.
 * @param options The descriptor, and what the contract found in this very table.
 * @returns See {@linkcode CleanTable}.
 * @throws {RangeError} If a row is left that breaks the contract.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkContract, clean, parseDescriptor, parseRawTable } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", csvUnit: "mm", min: 0, max: 9 }];
 * const pets = parseDescriptor({ name: "pets", csv: "pets.csv", target: "kind", classes: ["cat", "dog"], features });
 * const csv = "length,kind\n12,cat\n12,cat\n34,dog\n";
 * const raw = parseRawTable(new TextEncoder().encode(csv), pets);
 * const { samples, actions } = clean(raw, { descriptor: pets, contract: { passed: true, rows: 3, violations: [] } });
 * assert.deepEqual([...samples.x], [1.2, 3.4]);
 * assert.deepEqual(actions.map(({ step, lines }) => [step, lines]), [["units", []], ["duplicates", [3]]]);
 * ```
 */
export function clean(
  raw: RawTable,
  { descriptor, contract }: { descriptor: Descriptor; contract: ContractReport },
): CleanTable {
  const { features, classes, cleaning } = descriptor;
  for (const { row, column } of refusals(contract, descriptor)) {
    if (row !== null) throw unmended(raw, row, column);
  }
  const actions: CleaningAction[] = [];
  const dropped = new Set<number>();
  for (const rule of ["missing", "range"] as const) {
    if (cleaning[rule] !== "drop") continue;
    const lines = distinct(contract.violations.filter((found) => found.rule === rule))
      .filter((line) => !dropped.has(line)); // each row counts once
    lines.forEach((line) => dropped.add(line));
    const why = rule === "missing" ? "an empty cell" : "a value outside its range";
    if (lines.length) {
      actions.push({ step: rule, what: `dropped ${rows(lines.length)} with ${why}`, lines });
    }
  }
  for (const { name, csvUnit, unit } of features) {
    if (csvUnit !== unit) {
      actions.push({
        step: "units",
        what: `converted ${name} from ${csvUnit} to ${unit}`,
        lines: [],
      });
    }
  }
  const kept = raw.lines.flatMap((line, i) => dropped.has(line) ? [] : [i]);
  const factors = features.map(({ csvUnit, unit }) => conversion({ from: csvUnit, to: unit })!);
  const samples = toSamples(raw, kept, descriptor, factors);

  const keys = rowKeys(samples), seen = new Set<string>();
  const again = new Set(keys.flatMap((key, i) => seen.has(key) ? [i] : (seen.add(key), [])));
  let final = samples, places = kept;
  if (again.size > 0 && cleaning.duplicates === "drop") {
    const lines = [...again].map((i) => raw.lines[kept[i]]);
    const what = `dropped ${rows(again.size)} equal to an earlier one in every column`;
    actions.push({ step: "duplicates", what, lines });
    places = kept.filter((_, i) => !again.has(i));
    final = toSamples(raw, places, descriptor, factors);
  }
  return {
    samples: final,
    lines: places.map((i) => raw.lines[i]),
    ...(raw.groups && { groups: places.map((i) => raw.groups![i] ?? NO_GROUP) }),
    actions,
    digest: samplesDigest(final, classes),
  };
}

/**
 * The violations that cleaning may not mend: while there is one, the table is refused.
 *
 * @param contract What the check found.
 * @param descriptor Whose policy counts.
 * @returns The violations left, in the report's order.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDescriptor, refusals } from "lib/data/mod.ts";
 *
 * const iris = await readDescriptor("data/iris.dataset.json");
 * assert.deepEqual(refusals({ passed: true, rows: 150, violations: [] }, iris), []);
 * ```
 */
export function refusals(
  contract: ContractReport,
  { cleaning }: Pick<Descriptor, "cleaning">,
): ContractReport["violations"] {
  return contract.violations.filter(({ rule }) =>
    !((rule === "missing" || rule === "range") && cleaning[rule] === "drop")
  );
}

/** SHA-256 over the columns' description and every value, independent of how the CSV spells them. */
export function samplesDigest({ features, x, y }: Samples, classes: readonly string[]): string {
  const parts = [JSON.stringify({ features, classes }), sha256(bytes(x)), sha256(y)];
  return sha256(canonicalJson(parts));
}

function toSamples(
  raw: RawTable,
  places: readonly number[],
  { features, classes, target }: Descriptor,
  factors: readonly number[],
): Samples {
  const d = features.length;
  const x = new Float64Array(places.length * d), y = new Uint8Array(places.length);
  places.forEach((row, i) => {
    features.forEach(({ name }, f) => {
      const value = raw.numbers[name][row];
      if (value === null || !Number.isFinite(value)) throw unmended(raw, raw.lines[row], name);
      x[i * d + f] = convert(value, factors[f]) + 0; // + 0: -0 is another spelling of 0
    });
    const label = classes.indexOf(raw.labels[row]!);
    if (label < 0) throw unmended(raw, raw.lines[row], target);
    y[i] = label;
  });
  return {
    features: features.map(({ name, unit, min, max }) => ({ name, unit, min, max })),
    classes,
    x,
    y,
  };
}

function unmended({ file }: RawTable, line: number, column: string): RangeError {
  return new RangeError(`Cannot clean ${file} as line ${line} must keep the contract in ${column}`);
}

function distinct(violations: ContractReport["violations"]): number[] {
  return [...new Set(violations.flatMap(({ row }) => row === null ? [] : [row]))];
}

function rows(count: number): string {
  return count === 1 ? "1 row" : `${count} rows`;
}

function bytes(values: Float64Array): Uint8Array {
  return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
}
