/** The body of a request as text: one that is too long, too slow or cut off is the client's mistake. */

/** A body that cannot be read. Thrown by the readers, turned into an answer by whoever answers. */
export class BodyError extends Error {
  /** Always `BodyError`. */
  override readonly name = "BodyError";
  /** 400 cut off, 408 too slow, 413 too long. */
  readonly status: 400 | 408 | 413;

  /** See {@linkcode requestText}. */
  constructor(status: BodyError["status"], message: string) {
    super(message);
    this.status = status;
  }
}

/** Longest text that is read, in bytes: what Resource Manager takes. */
export const LONGEST_TEXT = 4 * 1024 * 1024;

/** How long a whole text may take, and a pause within other bodies, in milliseconds. */
const PATIENCE_MS = 30_000;

/** How a body is read. */
export interface ReadOptions {
  /** Longest, in bytes. Default {@linkcode LONGEST_TEXT}. */
  readonly most?: number;
  /** Longest wait, in milliseconds. Default 30 000. */
  readonly withinMs?: number;
}

/**
 * Reads a request's body.
 *
 * @param request The request; its body has not been read.
 * @param options See {@linkcode ReadOptions}.
 * @returns The text; empty where there is no body.
 * @throws {BodyError} If it is longer, is not there in time, or ends before it should.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { requestText } from "lib/local_azure/request_text.ts";
 *
 * const request = () => new Request("http://h/", { method: "PUT", body: "four" });
 * assert.equal(await requestText(request()), "four");
 * const headers = { "content-length": "4" };
 * const stated = new Request("http://h/", { method: "PUT", body: "four", headers });
 * await assert.rejects(requestText(stated, { most: 3 }), { name: "BodyError", status: 413 });
 * ```
 */
export async function requestText(request: Request, options: ReadOptions = {}): Promise<string> {
  const { most = LONGEST_TEXT, withinMs = PATIENCE_MS } = options;
  const { headers } = request, length = headers.get("content-length");
  if (length !== null && Number(length) > most) throw tooLong(most);
  if (headers.has("transfer-encoding")) return await untilEnd(request, most, withinMs);
  if (length === "0") return "";
  return await inTime(request.text(), withinMs);
}

/** Reads what comes in chunks, whose length nobody has stated. */
async function untilEnd(request: Request, most: number, withinMs: number): Promise<string> {
  const chunks: Uint8Array<ArrayBuffer>[] = [], end = performance.now() + withinMs;
  let size = 0;
  for await (const chunk of bodyChunks(request.body, () => end - performance.now())) {
    size += chunk.length;
    if (size > most) throw tooLong(most);
    chunks.push(chunk);
  }
  return await new Blob(chunks).text();
}

/**
 * The chunks of a body as they come.
 *
 * @param body The body; nothing if there is none.
 * @param patienceMs How long each of them may take from now on, in milliseconds.
 * @throws {BodyError} If the next one does not come in time, or the body ends before it should.
 */
export async function* bodyChunks(
  body: ReadableStream<Uint8Array<ArrayBuffer>> | null,
  patienceMs: () => number = () => PATIENCE_MS,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  if (!body) return;
  const reader = body.getReader();
  let isOver = false;
  try {
    while (!isOver) {
      const { value, done } = await inTime(reader.read(), patienceMs());
      isOver = done;
      if (value) yield value;
    }
  } finally {
    if (!isOver) reader.cancel().catch(() => {}); // whoever reads has had enough of it
  }
}

async function inTime<T>(reading: Promise<T>, withinMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, fail) => {
    const fault = new BodyError(408, "The request's body did not arrive in time.");
    timer = setTimeout(() => fail(fault), Math.max(withinMs, 0));
  });
  try {
    return await Promise.race([reading, late]);
  } catch (error) {
    if (error instanceof BodyError) throw error;
    throw new BodyError(400, "The request's body ended before it should.");
  } finally {
    clearTimeout(timer);
  }
}

function tooLong(most: number): BodyError {
  return new BodyError(413, `The request's body is longer than ${most} bytes.`);
}
