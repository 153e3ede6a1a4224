/** Shared access signatures: URLs that open one container for a while. */

import { createHmac } from "node:crypto";
import { ACCOUNT, ACCOUNT_KEY } from "./storage_account.ts";

/** Version of the signature's layout. */
const VERSION = "2020-12-06";

/**
 * The query string that opens a container for reading, listing and writing.
 *
 * @param container Name of the container.
 * @param now The present time.
 * @param hours How long it is good for.
 * @returns The query string, without the question mark.
 * @see https://learn.microsoft.com/rest/api/storageservices/create-service-sas
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { containerSas } from "lib/local_azure/blob_sas.ts";
 *
 * const query = new URLSearchParams(containerSas("azureml", new Date(0), 1));
 * assert.deepEqual([query.get("sr"), query.get("se")], ["c", "1970-01-01T01:00:00Z"]);
 * ```
 */
export function containerSas(container: string, now: Date, hours: number): string {
  const ends = new Date(now.getTime() + hours * 3_600_000).toISOString().replace(/\.\d+Z/, "Z");
  const permissions = "racwl", resource = `/blob/${ACCOUNT}/${container}`;
  const nothing = ["", "", "", "", "", "", ""]; // snapshot, scope, and five headers of the answer
  const text = [permissions, "", ends, resource, "", "", "https", VERSION, "c", ...nothing]
    .join("\n");
  const sig = createHmac("sha256", Uint8Array.fromBase64(ACCOUNT_KEY)).update(text)
    .digest("base64");
  return new URLSearchParams({
    ...{ sv: VERSION, spr: "https", se: ends, sr: "c", sp: permissions, sig },
  }).toString();
}
