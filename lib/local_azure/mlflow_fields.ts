/** Reads what a client gave, from a JSON body or from a query, each parameter with its type. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { invalidValue, missing, wrongType } from "./mlflow_error.ts";

/** The parameters of one request, or of one item of a list in it. `null` counts as absent. */
export interface Given {
  /** How the client knows a parameter, e.g. `metrics[0].key`. */
  path(name: string): string;
  /** As it came. */
  raw(name: string): Json | undefined;
  /** A text. */
  text(name: string): string | undefined;
  /** A text that must be there, and not be empty. */
  required(name: string): string;
  /** A whole number, also as a text: 64-bit numbers come as either. */
  whole(name: string): number | undefined;
  /** A flag. */
  flag(name: string): boolean | undefined;
  /** A number; NaN and the infinities as texts. */
  number(name: string): number | undefined;
  /** Texts; none where absent. */
  texts(name: string): string[];
  /** Objects; none where absent. */
  list(name: string): Given[];
  /** An object that must be there. */
  object(name: string): Given;
  /** One of the choices. */
  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined;
}

const WHOLE = /^[+-]?\d+$/;
const NOT_FINITE: Readonly<Record<string, number>> = { NaN, Infinity, "-Infinity": -Infinity };

/**
 * The parameters in a JSON object.
 *
 * @param record The object.
 * @param prefix Where it stands in the body; the empty string at the top.
 * @returns See {@linkcode Given}; every method throws the server's 400.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { givenIn } from "lib/local_azure/mlflow_fields.ts";
 *
 * const given = givenIn({ metrics: [{ key: "loss", value: "NaN", step: "7" }] });
 * const [metric] = given.list("metrics");
 * assert.deepEqual([metric.number("value"), metric.whole("step")], [NaN, 7]);
 * assert.throws(() => metric.required("run_id"), /required parameter 'metrics\[0\]\.run_id'/);
 * ```
 */
export function givenIn(record: JsonRecord, prefix = ""): Given {
  const path = (name: string) => prefix + name;
  const raw = (name: string) => Object.hasOwn(record, name) ? record[name] ?? undefined : undefined;

  function text(name: string): string | undefined {
    const value = raw(name);
    if (value === undefined || typeof value === "string") return value;
    throw wrongType(path(name), value);
  }

  function items(name: string): readonly Json[] {
    const value = raw(name) ?? [];
    if (!Array.isArray(value)) throw wrongType(path(name), value);
    return value;
  }

  return {
    path,
    raw,
    text,
    required(name) {
      const value = text(name);
      if (!value) throw missing(path(name));
      return value;
    },
    whole(name) {
      const value = raw(name);
      if (value === undefined) return undefined;
      const number = typeof value === "string" && WHOLE.test(value) ? Number(value) : value;
      if (typeof number !== "number" || !Number.isInteger(number)) {
        throw wrongType(path(name), value);
      }
      if (Number.isSafeInteger(number)) return number;
      throw invalidValue(path(name), value, "Must be within plus or minus 2^53");
    },
    flag(name) {
      const value = raw(name);
      if (value === undefined || typeof value === "boolean") return value;
      if (value === "true" || value === "false") return value === "true";
      throw wrongType(path(name), value);
    },
    number(name) {
      const value = raw(name);
      if (value === undefined || typeof value === "number") return value;
      if (typeof value === "string" && /^[^\s]+$/.test(value)) {
        const number = NOT_FINITE[value] ?? Number(value);
        if (!Number.isNaN(number) || value === "NaN") return number;
      }
      throw wrongType(path(name), value);
    },
    texts: (name) =>
      items(name).map((item) => {
        if (typeof item === "string") return item;
        throw wrongType(path(name), items(name));
      }),
    list: (name) =>
      items(name).map((item, i) => {
        if (isObject(item)) return givenIn(item, `${path(name)}[${i}].`);
        throw wrongType(`${path(name)}[${i}]`, item);
      }),
    object(name) {
      const value = raw(name);
      if (value === undefined) throw missing(path(name));
      if (!isObject(value)) throw wrongType(path(name), value);
      return givenIn(value, `${path(name)}.`);
    },
    oneOf<T extends string>(name: string, choices: readonly T[]) {
      const value = text(name);
      if (value === undefined || choices.includes(value as T)) return value as T | undefined;
      throw invalidValue(path(name), value, `Must be one of ${choices.join(", ")}`);
    },
  };
}

/** The parameters in a query. A parameter that may be there several times is a list. */
export function givenInQuery(query: URLSearchParams, lists: readonly string[]): Given {
  const record: Record<string, Json> = {};
  for (const name of new Set(query.keys())) {
    record[name] = lists.includes(name) ? query.getAll(name) : query.get(name)!;
  }
  return givenIn(record);
}

/** Whether a value is an object, and no list. */
export function isObject(value: Json | undefined): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
