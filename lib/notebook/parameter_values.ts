/** Values of parameters: checked against the notebook's own, and read from a command line. */

import { BadInput, type Json, type JsonRecord } from "lib/core/mod.ts";

type Kind = "null" | "boolean" | "number" | "string" | "array" | "object";

const RULES: Readonly<Record<Kind, string>> = {
  null: "must be JSON",
  boolean: "must be true or false",
  number: "must be a finite number",
  string: "must be a text",
  array: "must be a JSON array",
  object: "must be a JSON object",
};

function kindOf(value: Json): Kind {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value as Kind;
}

/**
 * The error for a parameter that the notebook does not have.
 *
 * @param name The name given.
 * @param known The names that there are.
 * @returns The error, not thrown.
 */
export function unknownParameter(name: string, known: readonly string[]): BadInput {
  const rule = known.length > 0
    ? `must be one of ${known.join(", ")}`
    : "must not be given, as the notebook has none";
  return new BadInput({ field: "parameter", rule, value: name });
}

/**
 * Checks a value against the notebook's own.
 *
 * @param name The parameter's name, for the message.
 * @param value The value given.
 * @param fallback The notebook's own value: its type is the one wanted; `null` takes any.
 * @throws {BadInput} If the value is of another type.
 */
export function checkParameter(name: string, value: Json, fallback: Json): void {
  const wanted = kindOf(fallback), kind = kindOf(value);
  const isRight = (wanted === "null" || wanted === kind) &&
    (typeof value !== "number" || Number.isFinite(value));
  if (!isRight) {
    throw wrongType(name, RULES[kind === "number" && wanted === "null" ? kind : wanted], value);
  }
}

function wrongType(name: string, rule: string, value: unknown): BadInput {
  return new BadInput({ field: `parameter ${name}`, rule, value });
}

/**
 * A parameter's value from a text, as `--set name=value` gives it.
 *
 * @param text The value as it was typed.
 * @param fallback The notebook's own value: its type is the one wanted. Where it is `null`, JSON is
 * taken as such and anything else as text.
 * @param name The parameter's name, for the message.
 * @returns The value.
 * @throws {BadInput} If the text says nothing of that type.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parameterFromText } from "lib/notebook/mod.ts";
 *
 * assert.equal(parameterFromText("5", 50), 5);
 * assert.equal(parameterFromText("5", "a name"), "5");
 * assert.throws(() => parameterFromText("many", 50, "trees"), {
 *   message: 'parameter trees must be a finite number: got "many"',
 * });
 * ```
 */
export function parameterFromText(text: string, fallback: Json, name = "value"): Json {
  const kind = kindOf(fallback);
  if (kind === "string") return text;
  const value = kind === "number" ? numberFrom(text) : jsonFrom(text);
  if (kind === "null") return value ?? text;
  if (value === undefined || kindOf(value) !== kind) throw wrongType(name, RULES[kind], text);
  return value;
}

function numberFrom(text: string): number | undefined {
  const isDecimal = /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?$/i.test(text.trim());
  const value = Number(text);
  return isDecimal && Number.isFinite(value) ? value : undefined;
}

function jsonFrom(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * All parameters from the texts of `--set`.
 *
 * @param settings Each `name=value`. Of two with one name the later counts.
 * @param defaults The notebook's own values, from {@linkcode parametersOf}.
 * @returns The values by name.
 * @throws {BadInput} If one is no `name=value`, its name is unknown, or its value of another type.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parametersFromText } from "lib/notebook/mod.ts";
 *
 * assert.deepEqual(parametersFromText(["trees=5", "note=a=b"], { trees: 50, note: "" }), {
 *   trees: 5,
 *   note: "a=b",
 * });
 * ```
 */
export function parametersFromText(settings: readonly string[], defaults: JsonRecord): JsonRecord {
  return Object.fromEntries(settings.map((setting) => {
    const at = setting.indexOf("=");
    if (at < 1) throw new BadInput({ field: "--set", rule: "must be name=value", value: setting });
    const name = setting.slice(0, at);
    if (!Object.hasOwn(defaults, name)) throw unknownParameter(name, Object.keys(defaults));
    return [name, parameterFromText(setting.slice(at + 1), defaults[name], name)];
  }));
}
