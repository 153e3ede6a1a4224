/** Append blobs through the Azure SDK. It is heavy: only a program that collects loads this file. */

import { DefaultAzureCredential } from "@azure/identity";
import { type AppendBlobClient, BlobServiceClient, RestError } from "@azure/storage-blob";
import type { AppendSink, AppendTarget } from "./append_sink.ts";
import { localTransport } from "./local_transport.ts";

/**
 * The container's append blobs, with the identity that the machine has.
 *
 * Nothing is sent twice by itself, and each block is sent for one place in its blob: of a block that
 * arrived late and its repetition, Blob takes one.
 *
 * @param target See {@linkcode AppendTarget}.
 * @returns The sink. It has asked nothing yet: rights are found wanting at the first block.
 *
 * @example
 * ```ts ignore
 * const sink = openAppendSink({ accountUrl: "https://NAME.blob.core.windows.net", container: "logs" });
 * await sink.append("a.jsonl", new TextEncoder().encode("{}\n"), AbortSignal.timeout(30_000));
 * ```
 */
export function openAppendSink({ accountUrl, container, localUrl }: AppendTarget): AppendSink {
  const blobs = new BlobServiceClient(accountUrl, new DefaultAzureCredential(), {
    // the collector repeats, after it has looked what arrived
    retryOptions: { maxTries: 1 },
    ...(localUrl !== undefined && { httpClient: localTransport(localUrl) }),
  }).getContainerClient(container);
  const ends = new Map<string, number>(); // of the blobs that only this process writes

  async function endOf(blob: AppendBlobClient, abortSignal: AbortSignal): Promise<number> {
    const known = ends.get(blob.name);
    if (known !== undefined) return known;
    const { succeeded } = await blob.createIfNotExists({
      abortSignal,
      blobHTTPHeaders: { blobContentType: "application/x-ndjson" },
    });
    return succeeded ? 0 : (await blob.getProperties({ abortSignal })).contentLength ?? 0;
  }

  return {
    async append(path, block, abortSignal) {
      const blob = blobs.getAppendBlobClient(path);
      try {
        const appendPosition = await endOf(blob, abortSignal);
        const conditions = { appendPosition };
        await blob.appendBlock(block, block.length, { abortSignal, conditions });
        ends.set(path, appendPosition + block.length);
      } catch (error) {
        ends.delete(path);
        throw error;
      }
    },
    async present(path, ids, abortSignal) {
      const blob = blobs.getAppendBlobClient(path), found = new Set<string>();
      ends.delete(path);
      try {
        const { readableStreamBody, contentLength } = await blob.download(0, undefined, {
          abortSignal,
        });
        for await (const line of linesOf(readableStreamBody as AsyncIterable<Uint8Array>)) {
          const id = idOf(line);
          if (id !== undefined && ids.has(id)) found.add(id);
        }
        ends.set(path, contentLength ?? 0);
      } catch (error) {
        // no blob: nothing is there. No container is another matter
        if (!(error instanceof RestError && error.code === "BlobNotFound")) throw error;
      }
      return found;
    },
  };
}

/** A blob's lines as they come in: an hour of one instance may be large. */
async function* linesOf(body: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of body) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
  if (rest) yield rest;
}

function idOf(line: string): string | undefined {
  try {
    return JSON.parse(line).id;
  } catch {
    return undefined; // not ours
  }
}
