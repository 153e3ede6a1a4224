/** The data contract: what every row must keep to. Reports; changes and refuses nothing. */

import type { Descriptor } from "./descriptor.ts";
import type { RawTable } from "./raw_table.ts";
import { conversion, convert } from "./units.ts";

/** The rules, in the order in which they are checked. */
export const CONTRACT_RULES = {
  missing: "must be given",
  type: "must be a number",
  finite: "must be finite",
  range: "must be in the feature's range",
  class: "must be one of the classes",
  "class-rows": "must have at least 5 rows, so that each part of the split gets some",
  classes: "must come in at least two classes",
} as const;

/** One of the rules. */
export type ContractRule = keyof typeof CONTRACT_RULES;

/** Fewest rows of a class that a split into three parts can use. */
export const MIN_CLASS_ROWS = 5;

/** One broken rule. */
export interface Violation {
  /** Line of the CSV; null where the rule is about the whole column. */
  readonly row: number | null;
  /** Column name. */
  readonly column: string;
  /** Which rule. */
  readonly rule: ContractRule;
  /** The rule in words, with its limits. */
  readonly expected: string;
  /** What was found: the cell's text, or a count. */
  readonly value: string | number | null;
}

/** What the check found. */
export interface ContractReport {
  /** True if there is no violation. */
  readonly passed: boolean;
  /** Rows checked. */
  readonly rows: number;
  /** Every violation, by row and column; those of whole columns last. */
  readonly violations: readonly Violation[];
}

/**
 * Holds a table against its descriptor and lists every violation at once.
 *
 * @param raw n rows, as read.
 * @param descriptor What they should be. Ranges are checked in the model's unit.
 * @returns A finding, never an exception.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkContract, parseDescriptor, parseRawTable } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const pets = parseDescriptor({ name: "pets", csv: "pets.csv", target: "kind", classes: ["cat", "dog"], features });
 * const csv = "length,kind\n" + "1,cat\n2,dog\n".repeat(5) + "abc,cat\n99,cow\n";
 * const { violations } = checkContract(parseRawTable(new TextEncoder().encode(csv), pets), pets);
 * assert.deepEqual(violations.map(({ row, column, rule, value }) => [row, column, rule, value]), [
 *   [12, "length", "type", "abc"],
 *   [13, "length", "range", "99"],
 *   [13, "kind", "class", "cow"],
 * ]);
 * ```
 */
export function checkContract(raw: RawTable, descriptor: Descriptor): ContractReport {
  const { features, target, classes } = descriptor;
  const violations: Violation[] = [];
  const counts = new Map(classes.map((name) => [name, 0]));
  const factors = features.map(({ csvUnit, unit }) => conversion({ from: csvUnit, to: unit })!);
  raw.lines.forEach((line, i) => {
    features.forEach((feature, f) => {
      const text = raw.texts[feature.name][i], number = raw.numbers[feature.name][i];
      const rule = brokenRule(text, number, feature, factors[f]);
      if (!rule) return;
      const expected = rule === "range"
        ? `must be from ${feature.min} to ${feature.max} ${feature.unit}`.trimEnd()
        : CONTRACT_RULES[rule];
      violations.push({ row: line, column: feature.name, rule, expected, value: text });
    });
    const label = raw.labels[i];
    if (label !== null && counts.has(label)) counts.set(label, counts.get(label)! + 1);
    else {
      const rule = label === null ? "missing" : "class";
      const expected = label === null
        ? CONTRACT_RULES.missing
        : `must be one of ${classes.join(", ")}`;
      violations.push({ row: line, column: target, rule, expected, value: label });
    }
  });
  violations.push(...classViolations(target, counts));
  return { passed: violations.length === 0, rows: raw.lines.length, violations };
}

function brokenRule(
  text: string | null,
  number: number | null,
  { min, max }: { min: number; max: number },
  factor: number,
): "missing" | "type" | "finite" | "range" | undefined {
  if (text === null) return "missing";
  if (number === null) return "type";
  if (!Number.isFinite(number)) return "finite";
  const value = convert(number, factor);
  return value < min || value > max ? "range" : undefined;
}

function classViolations(column: string, counts: ReadonlyMap<string, number>): Violation[] {
  const present = [...counts].filter(([, count]) => count > 0);
  if (present.length < 2) {
    const value = present.map(([name]) => name).join(", ");
    return [{ row: null, column, rule: "classes", expected: CONTRACT_RULES.classes, value }];
  }
  return [...counts]
    .filter(([, count]) => count < MIN_CLASS_ROWS)
    .map(([name, count]) => ({
      row: null,
      column,
      rule: "class-rows",
      expected: `class "${name}" ${CONTRACT_RULES["class-rows"]}`,
      value: count,
    }));
}
