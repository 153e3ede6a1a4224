/**
 * Blob storage: Azurite in this process, with what it lacks in front of it. A request is passed on as
 * it came; its answer waits until what it changed is on disk.
 *
 * Needs the permissions `env` and `sys` (Azurite's packages look around when they load), `read` of
 * Deno's cache and `read`, `write` of the folder, and `net` for 127.0.0.1.
 */

import { join } from "node:path";
import { startAzurite } from "./azurite.ts";
import { blobError, tokenRefused } from "./blob_error.ts";
import { AZURITE_TOKEN, createBlobReader } from "./blob_reader.ts";
import { blobRequestFault } from "./blob_request.ts";
import { createHttpClient } from "./http_client.ts";
import type { HttpAnswer } from "./http_connection.ts";
import type { HttpError } from "./http_error.ts";
import { type HeaderPair, isHopByHop } from "./http_head.ts";
import type { BlobPart, Ground } from "./parts.ts";
import { BodyError } from "./request_text.ts";
import { ACCOUNT } from "./storage_account.ts";

/** Audiences of tokens that Blob storage takes. The second is the same by its application id. */
const AUDIENCES: readonly string[] = [
  "https://storage.azure.com",
  "e406a681-f3d4-42a8-90b6-c2b029497af1",
  `https://${ACCOUNT}.blob.core.windows.net`,
];

/** Longest body that is read before it is passed on, in bytes; longer ones are streamed. */
const SMALL_BODY = 64 * 1024;

/**
 * Opens Blob storage.
 *
 * @param ground `folder`, below which `blob/` takes the bytes; `store`, which takes the rest; `tokens`
 * to check bearer tokens with; `log`.
 * @returns See {@linkcode BlobPart}: it answers `*.blob.core.windows.net`.
 * @throws {Error} If Azurite cannot be started.
 *
 * @example
 * ```ts ignore
 * const blob = await openBlob({ folder, store, tokens, log });
 * await blob.ensureContainer("azureml");
 * ```
 */
export async function openBlob(
  { folder, store, tokens, log }: Pick<Ground, "folder" | "store" | "tokens" | "log">,
): Promise<BlobPart> {
  const azurite = await startAzurite({ folder: join(folder, "blob"), store });
  const client = createHttpClient({ port: azurite.port, idleMs: 3_000 });
  const reader = createBlobReader(client, azurite);

  async function handle(request: Request, url: URL): Promise<Response> {
    const refused = blobRequestFault(request);
    if (refused) {
      await request.body?.cancel();
      return blobError(request, refused.status, refused);
    }
    const hasToken = /^bearer /i.test(request.headers.get("authorization") ?? "");
    if (hasToken) {
      const fault = tokens.fault(request, AUDIENCES);
      if (fault) {
        await request.body?.cancel();
        return tokenRefused(request, fault);
      }
    }
    let answer: HttpAnswer;
    try {
      answer = await forward(request, url, hasToken);
    } catch (error) {
      return failed(request, error as Error);
    }
    try {
      // For reads too: what nobody may lose, nobody has seen.
      if (azurite.documents.isDirty) await azurite.documents.settled();
    } catch (error) {
      if (answer.body instanceof ReadableStream) answer.body.cancel().catch(() => {});
      return failed(request, error as Error);
    }
    const { status, headers, body } = answer;
    return new Response(body, { status, headers });
  }

  async function forward(request: Request, url: URL, hasToken: boolean): Promise<HttpAnswer> {
    const headers: HeaderPair[] = [];
    let length: number | undefined;
    for (const [name, value] of request.headers) {
      if (name === "content-length") length = Number(value);
      else if (name === "authorization" && hasToken) {
        headers.push([name, `Bearer ${AZURITE_TOKEN}`]);
      } else if (!isHopByHop(name) && name !== "expect") headers.push([name, value]);
    }
    if (!request.headers.has("host")) headers.push(["host", url.host]);
    headers.push([...azurite.pass]);
    const { method } = request, path = targetOf(request.url);
    const body = length === 0
      ? undefined
      : length !== undefined && length <= SMALL_BODY
      ? await request.bytes().catch(cutOff)
      : request.body ?? undefined;
    return await client.send({ method, path, headers, body, length });
  }

  function failed(request: Request, error: Error): Response {
    if (error instanceof BodyError) return blobError(request, 400, CUT_OFF);
    const fault = (error as HttpError).fault;
    if (fault === "aborted") return blobError(request, 400, CUT_OFF);
    log.error("blob request failed", { method: request.method, error: error.message, fault });
    return blobError(request, 503, {
      code: "ServerBusy",
      message: "The server is currently unable to receive requests. Please retry your request.",
    });
  }

  return {
    hosts: ["*.blob.core.windows.net"],
    handle,
    files: reader,
    ensureContainer: reader.ensureContainer,
    write: reader.write,
    async close() {
      client.close();
      await azurite.close();
    },
  };
}

const CUT_OFF = { code: "IncompleteBody", message: "The body ended before it should." };

function cutOff(): never {
  throw new BodyError(400, CUT_OFF.message);
}

/** Path and query as the client wrote them: `URL` would resolve dots, and signatures would break. */
function targetOf(url: string): string {
  const start = url.indexOf("/", url.indexOf("//") + 2);
  return start < 0 ? "/" : url.slice(start);
}
