/** What a person or a file gave us breaks a rule: the caller prints one line and exits with 2. */

/** Where the bad value stands, which rule it breaks, and the value itself. */
export interface BadInputParts {
  /** The thing a person can go and change, e.g. `iris.csv line 4, petal_length`. */
  readonly field: string;
  /** The rule, continuing the sentence, e.g. `must be a number`. */
  readonly rule: string;
  /** The value found; leave it out where there is none to show. */
  readonly value?: unknown;
}

/** Longest value shown in a message, in characters. */
const SHOWN = 80;

/** A value as it is shown in a message: JSON, cut to 80 characters. */
export function show(value: unknown): string {
  const text = typeof value === "number" || typeof value === "bigint"
    ? String(value)
    : JSON.stringify(value) ?? String(value);
  return text.length > SHOWN ? text.slice(0, SHOWN - 1) + "…" : text;
}

/**
 * Broken input, in one line that names field, rule and value.
 *
 * A class of its own because callers catch it: scripts map it to exit code 2, and it keeps its name
 * across the Jupyter wire, where only name, message and stack survive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { BadInput } from "lib/core/mod.ts";
 *
 * const error = new BadInput({ field: "--set seed", rule: "must be an integer", value: "abc" });
 * assert.equal(error.message, '--set seed must be an integer: got "abc"');
 * ```
 */
export class BadInput extends Error {
  /** Always `BadInput`. */
  override readonly name = "BadInput";
  /** The parts that the message was made of. */
  readonly parts: BadInputParts;

  /** Builds the message `FIELD RULE: got VALUE`; `options` carries the standard `cause`. */
  constructor(parts: BadInputParts, options?: ErrorOptions) {
    const { field, rule } = parts;
    super(`${field} ${rule}${"value" in parts ? `: got ${show(parts.value)}` : ""}`, options);
    this.parts = parts;
  }
}
