/** Input validation: rows from outside, held against a signature, every violation at once. */

import type { Signature } from "./signature.ts";

/** One broken rule of an input. */
export interface InputViolation {
  /** Place of the row in the request, from 0; null where the rule is about all rows. */
  readonly row: number | null;
  /** Name of the input; null where the rule is about a whole row. */
  readonly input: string | null;
  /** The rule in words. */
  readonly rule: string;
  /** What was found. */
  readonly value: unknown;
}

/** Rows that a model can take, or the reasons why not. */
export type CheckedInput =
  | {
    readonly ok: true;
    /** Values, row after row. (n × d) */
    readonly x: Float64Array;
    /** Values outside the signature's ranges: answered all the same, worth a look. */
    readonly unusual: readonly InputViolation[];
  }
  | { readonly ok: false; readonly violations: readonly InputViolation[] };

/**
 * Checks rows against a signature.
 *
 * Each row is an array in the signature's order, or an object by input name. Numbers must be numbers:
 * `"1.5"`, null and NaN are refused, not guessed at. A value outside its range is answered and
 * reported as unusual, since only whoever watches many of them can tell a fault from a rare flower.
 *
 * @param rows What a caller sent.
 * @param signature What the model takes.
 * @returns See {@linkcode CheckedInput}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkInput } from "lib/model/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const good = checkInput([[1.5], { length: 14 }], signature);
 * assert.ok(good.ok && good.unusual.length === 1);
 * const bad = checkInput([["1.5"], []], signature);
 * assert.deepEqual(!bad.ok && bad.violations.map(({ row, rule }) => [row, rule]), [
 *   [0, "must be a finite number"],
 *   [1, "must have 1 value: length"],
 * ]);
 * ```
 */
export function checkInput(rows: unknown, signature: Signature): CheckedInput {
  const { inputs } = signature;
  if (!Array.isArray(rows) || rows.length === 0) {
    const rule = "must be an array of at least one row";
    return { ok: false, violations: [{ row: null, input: null, rule, value: rows }] };
  }
  const violations: InputViolation[] = [], unusual: InputViolation[] = [];
  const x = new Float64Array(rows.length * inputs.length);
  const names = inputs.map(({ name }) => name);
  Array.from(rows).forEach((row, i) => { // Array.from: forEach passes over holes
    const { values, rules } = rowValues(row, names);
    violations.push(...rules.map((rule) => ({ row: i, input: null, rule, value: row })));
    if (!values) return;
    inputs.forEach(({ name, unit, min, max }, f) => {
      const value = values[f];
      if (typeof value !== "number" || !Number.isFinite(value)) {
        violations.push({ row: i, input: name, rule: "must be a finite number", value });
        return;
      }
      if (value < min || value > max) {
        const rule = `is usually from ${min} to ${max} ${unit}`.trimEnd();
        unusual.push({ row: i, input: name, rule, value });
      }
      x[i * inputs.length + f] = value;
    });
  });
  return violations.length > 0 ? { ok: false, violations } : { ok: true, x, unusual };
}

/** A row's values in the signature's order, or the rules that it breaks as a whole. */
function rowValues(
  row: unknown,
  names: readonly string[],
): { values?: unknown[]; rules: string[] } {
  if (Array.isArray(row)) {
    if (row.length === names.length) return { values: row, rules: [] };
    const count = names.length === 1 ? "1 value" : `${names.length} values`;
    return { rules: [`must have ${count}: ${names.join(", ")}`] };
  }
  if (typeof row !== "object" || row === null) {
    return { rules: ["must be an array of numbers or an object by input name"] };
  }
  const missing = names.filter((name) => !Object.hasOwn(row, name));
  const extra = Object.keys(row).filter((name) => !names.includes(name));
  if (missing.length + extra.length > 0) {
    return {
      rules: [
        ...(missing.length > 0 ? [`must have ${missing.join(", ")}`] : []),
        ...(extra.length > 0 ? [`must not have ${extra.join(", ")}`] : []),
      ],
    };
  }
  return { values: names.map((name) => (row as Record<string, unknown>)[name]), rules: [] };
}
