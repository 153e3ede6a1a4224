/** Reads the fields of a body that a client sent, each with its rule. */

import type { BadInputParts, Json, JsonRecord } from "lib/core/mod.ts";

/** Makes the error of whoever reads, e.g. `badRequest`. */
export type Refuse = (parts: BadInputParts) => Error;

/** The fields of one object. A field that is `null` counts as absent. */
export interface Fields {
  /** The object itself; empty where it is absent. */
  readonly record: JsonRecord;
  /** How a person finds the field, e.g. `properties.traffic`. */
  path(name: string): string;
  /** The field as it came. */
  raw(name: string): Json | undefined;
  /** A text. */
  text(name: string): string | undefined;
  /** A text that must be there, and not be empty. */
  required(name: string): string;
  /** A flag. */
  flag(name: string): boolean | undefined;
  /** A whole number within bounds, both included. */
  whole(name: string, bounds: { least: number; most: number }): number | undefined;
  /** One of the choices, in any case; comes back as the choice is spelt. */
  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined;
  /** An object whose values are texts. */
  texts(name: string): Record<string, string> | undefined;
  /** The same where the service takes numbers and flags too, and keeps them as texts. */
  words(name: string): Record<string, string> | undefined;
  /** An object whose values are whole numbers from 0 to 100. */
  percents(name: string): Record<string, number> | undefined;
  /** The fields of an object; those of an empty one where it is absent. */
  object(name: string): Fields;
  /** Refuses the field with that rule. */
  refuse(name: string, rule: string): Error;
}

/**
 * The fields of an object.
 *
 * @param record The object.
 * @param refuse Makes the error for a broken rule; every method throws it.
 * @param path Where the object stands in the body; the empty string at the top.
 * @returns See {@linkcode Fields}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BadInput } from "lib/core/mod.ts";
 * import { fieldsOf } from "lib/local_azure/mod.ts";
 *
 * const fields = fieldsOf({ sku: { capacity: 99 } }, (parts) => new BadInput(parts));
 * assert.throws(
 *   () => fields.object("sku").whole("capacity", { least: 1, most: 50 }),
 *   { message: "sku.capacity must be a whole number from 1 to 50: got 99" },
 * );
 * ```
 */
export function fieldsOf(record: JsonRecord, refuse: Refuse, path = ""): Fields {
  const pathOf = (name: string) => path ? `${path}.${name}` : name;
  const raw = (name: string) => record[name] ?? undefined;
  const fault = (name: string, rule: string) =>
    refuse({ field: pathOf(name), rule, value: record[name] ?? null });

  function text(name: string): string | undefined {
    const value = raw(name);
    if (value !== undefined && typeof value !== "string") throw fault(name, "must be a text");
    return value;
  }

  function plain(name: string): JsonRecord | undefined {
    const value = raw(name);
    if (value === undefined) return undefined;
    if (typeof value !== "object" || Array.isArray(value)) throw fault(name, "must be an object");
    return value as JsonRecord;
  }

  function mapped<T extends Json>(
    name: string,
    rule: string,
    fits: (value: Json) => boolean,
  ): Record<string, T> | undefined {
    const value = plain(name);
    for (const [key, item] of Object.entries(value ?? {})) {
      if (!fits(item)) throw refuse({ field: pathOf(`${name}.${key}`), rule, value: item });
    }
    return value && { ...value } as Record<string, T>;
  }

  return {
    record,
    path: pathOf,
    raw,
    text,
    required(name) {
      const value = text(name);
      if (!value) throw fault(name, "must be given");
      return value;
    },
    flag(name) {
      const value = raw(name);
      if (value !== undefined && typeof value !== "boolean") {
        throw fault(name, "must be true or false");
      }
      return value;
    },
    whole(name, { least, most }) {
      const value = raw(name);
      if (value === undefined) return undefined;
      if (!Number.isInteger(value) || (value as number) < least || (value as number) > most) {
        throw fault(name, `must be a whole number from ${least} to ${most}`);
      }
      return value as number;
    },
    oneOf<T extends string>(name: string, choices: readonly T[]) {
      const value = text(name);
      if (value === undefined) return undefined;
      const choice = choices.find((one) => one.toLowerCase() === value.toLowerCase());
      if (!choice) throw fault(name, `must be one of ${choices.join(", ")}`);
      return choice;
    },
    texts: (name) => mapped(name, "must be a text", (value) => typeof value === "string"),
    words(name) {
      const rule = "must be a text, a number or a flag";
      const fits = (value: Json) => ["string", "number", "boolean"].includes(typeof value);
      const found = mapped<Json>(name, rule, fits);
      return found &&
        Object.fromEntries(Object.entries(found).map(([key, value]) => [key, String(value)]));
    },
    percents: (name) =>
      mapped(
        name,
        "must be a whole number from 0 to 100",
        (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 100,
      ),
    object: (name) => fieldsOf(plain(name) ?? {}, refuse, pathOf(name)),
    refuse: fault,
  };
}
