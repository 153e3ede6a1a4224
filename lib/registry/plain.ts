/** Records on their way into a document. */

import { canonicalJson, type JsonRecord } from "lib/core/mod.ts";

/**
 * A record as plain JSON, as it will be read back.
 *
 * @throws {TypeError} If something in it has no JSON form, e.g. NaN; the message says where.
 */
export function toJson(record: object): JsonRecord {
  return JSON.parse(canonicalJson(record));
}
