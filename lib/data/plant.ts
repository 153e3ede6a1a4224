/** Mistakes planted on purpose: a contract that has never refused anything proves nothing. */

import type { ContractRule } from "./contract.ts";
import type { Descriptor } from "./descriptor.ts";
import type { RawTable } from "./raw_table.ts";
import { conversion, convert } from "./units.ts";

/** One mistake, and the rule that has to find it. */
export interface PlantedMistake {
  /** Line of the CSV. */
  readonly row: number;
  /** Column name. */
  readonly column: string;
  /** The rule that it breaks. */
  readonly rule: ContractRule;
  /** What was written into the cell. */
  readonly value: string | null;
}

/**
 * A copy of a table with one mistake of each kind.
 *
 * @param raw n rows, n ≥ 5. Stays as it is.
 * @param descriptor What the rows should be.
 * @returns The copy, and what was planted where.
 * @throws {RangeError} If there are fewer than 5 rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkContract, plantMistakes, readDescriptor, readRawTable } from "lib/data/mod.ts";
 *
 * const iris = await readDescriptor("data/iris.dataset.json");
 * const { raw, planted } = plantMistakes(await readRawTable(iris), iris);
 * assert.equal(checkContract(raw, iris).violations.length, planted.length);
 * ```
 */
export function plantMistakes(
  raw: RawTable,
  descriptor: Descriptor,
): { raw: RawTable; planted: PlantedMistake[] } {
  if (raw.lines.length < 5) {
    throw new RangeError(
      `Cannot plant mistakes as there must be 5 rows or more: ${raw.lines.length}`,
    );
  }
  const { features, target } = descriptor;
  const first = features[0].name, last = features[features.length - 1];
  const toCsv = conversion({ from: last.unit, to: last.csvUnit })!;
  const tooLarge = convert(last.max + Math.abs(last.max) + 1, toCsv);
  const cells: [column: string, rule: ContractRule, value: string | null, number: number | null][] =
    [
      [first, "type", "abc", null],
      [first, "missing", null, null],
      [last.name, "finite", "NaN", NaN],
      [last.name, "range", String(tooLarge), tooLarge],
    ];
  const texts = structuredClone(raw.texts) as Record<string, (string | null)[]>;
  const numbers = structuredClone(raw.numbers) as Record<string, (number | null)[]>;
  const labels = [...raw.labels];
  const planted = cells.map(([column, rule, value, number], i) => {
    texts[column][i] = value;
    numbers[column][i] = number;
    return { row: raw.lines[i], column, rule, value };
  });
  labels[4] = "no such class";
  planted.push({ row: raw.lines[4], column: target, rule: "class", value: labels[4] });
  return { raw: { ...raw, texts, numbers, labels }, planted };
}
