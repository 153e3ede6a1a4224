/** Records that a notebook hands to whoever runs it. */

import { canonicalJson, type JsonRecord, redact } from "lib/core/mod.ts";
import { kernelApi } from "./kernel_side.ts";
import { RECORD_MIME } from "./mime.ts";
import { recordHtml, recordText } from "./record_table.ts";

/** Largest record, in characters of canonical JSON: it passes through the cell's output. */
const LARGEST = 250_000;

/**
 * Publishes a record: shows it as a small table under the cell, and hands it to the runner, whose
 * result carries all records of the notebook merged. Secrets are redacted.
 *
 * Outside a kernel nothing is shown, and only the check is left.
 *
 * @param record Plain data. (Its type is wide, since interfaces do not fit `JsonRecord`.)
 * @throws {TypeError} If the record is no plain data.
 * @throws {RangeError} If it has more than 250,000 characters of JSON.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { publish } from "lib/notebook/mod.ts";
 *
 * await publish({ run: { id: "r1", accuracy: 0.97 } });
 * await assert.rejects(publish({ accuracy: NaN }), /\/accuracy must be plain data: NaN/);
 * ```
 */
export async function publish(record: Readonly<Record<string, unknown>>): Promise<void> {
  const { length } = canonicalJson(record);
  if (length > LARGEST) {
    const rule = `a record must have at most ${LARGEST} characters`;
    throw new RangeError(`Cannot publish as ${rule}: current value is ${length}`);
  }
  const shown = redact(JSON.parse(JSON.stringify(record))) as JsonRecord; // in the order given
  await kernelApi()?.broadcast("display_data", {
    data: { [RECORD_MIME]: shown, "text/html": recordHtml(shown), "text/plain": recordText(shown) },
    metadata: {},
    transient: {},
  });
}
