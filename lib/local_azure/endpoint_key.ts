/** Keys of endpoints. */

import { randomBytes } from "node:crypto";

/** A new key: 32 letters and digits. */
export function newKey(): string {
  const text = randomBytes(48).toString("base64").replaceAll(/[^a-zA-Z0-9]/g, "");
  return text.length >= 32 ? text.slice(0, 32) : newKey();
}
