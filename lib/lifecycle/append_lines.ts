/** Adding lines to a blob: what was written by somebody else before stays. */

import type { Workspace } from "./workspace.ts";

/** Largest block of an append blob that every version of the service takes, in bytes. */
const BLOCK_BYTES = 4_000_000;

/**
 * Adds records to a blob of JSON lines, which is made where it is missing.
 *
 * @param workspace Where to.
 * @param path The blob's path.
 * @param records What becomes a line each.
 *
 * @example
 * ```ts ignore
 * await appendLines(workspace, "labels/iris-demo/20260101T000000000Z.jsonl", [{ label: "a" }]);
 * ```
 */
export async function appendLines(
  { azure }: Pick<Workspace, "azure">,
  path: string,
  records: readonly object[],
): Promise<void> {
  if (records.length === 0) return;
  const blob = azure.blobs.getAppendBlobClient(path), encoder = new TextEncoder();
  await blob.createIfNotExists({ blobHTTPHeaders: { blobContentType: "application/x-ndjson" } });
  let block: Uint8Array[] = [], size = 0;
  const send = async () => {
    const bytes = new Uint8Array(size);
    block.reduce((at, line) => (bytes.set(line, at), at + line.length), 0);
    await blob.appendBlock(bytes, size);
    block = [];
    size = 0;
  };
  for (const record of records) {
    const line = encoder.encode(JSON.stringify(record) + "\n");
    if (size > 0 && size + line.length > BLOCK_BYTES) await send();
    block.push(line);
    size += line.length;
  }
  await send();
}
