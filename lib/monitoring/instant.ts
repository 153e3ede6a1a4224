/** Instants as texts, checked. */

import { BadInput } from "lib/core/mod.ts";

/** Milliseconds of an instant. */
export function instant(text: string, field: string): number {
  const at = Date.parse(text);
  if (Number.isNaN(at)) {
    throw new BadInput({ field, rule: "must be an instant in ISO 8601", value: text });
  }
  return at;
}
