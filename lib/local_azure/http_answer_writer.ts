/** Answers written to a caller's connection. */

import type { PlainAnswer } from "./plain_http.ts";

/** Where to. */
export type Sink = Pick<Deno.TcpConn, "write">;

/** Bytes that a head and a small body have room in, at first. */
const ROOM = 8 * 1024;

const REASONS: Readonly<Record<number, string>> = {
  200: "OK",
  401: "Unauthorized",
  404: "Not Found",
  408: "Request Timeout",
  424: "Failed Dependency",
  429: "Too Many Requests",
  500: "Internal Server Error",
};

const encoder = new TextEncoder();

/**
 * Writes answers. A class because it holds the bytes that each is put together in.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { AnswerWriter } from "lib/local_azure/http_answer_writer.ts";
 *
 * let text = "";
 * const write = (bytes: Uint8Array) => {
 *   text += new TextDecoder().decode(bytes);
 *   return Promise.resolve(bytes.length);
 * };
 * const answer = { status: 200, headers: [], body: "ok" }, date = "Thu, 01 Jan 2026 00:00:00 GMT";
 * await new AnswerWriter({ write }).write(answer, { method: "GET", keepAlive: true, date });
 * assert.equal(text, `HTTP/1.1 200 OK\r\ndate: ${date}\r\ncontent-length: 2\r\n\r\nok`);
 * ```
 */
export class AnswerWriter {
  readonly #sink: Sink;
  #out = new Uint8Array(ROOM);

  /** Writes to `sink`. */
  constructor(sink: Sink) {
    this.#sink = sink;
  }

  /**
   * Writes an answer to its end.
   *
   * @param answer The answer.
   * @param how `method` of the request; `keepAlive`, whether the connection is kept afterwards; `date`,
   * an HTTP date, which is sent where the answer has none.
   * @throws {Error} If the caller has gone, or a streamed body breaks off, which the caller must be told
   * by the end of the connection. A stream is cancelled then.
   */
  async write(
    { status, headers, body }: PlainAnswer,
    { method, keepAlive, date }: { method: string; keepAlive: boolean; date: string },
  ): Promise<void> {
    const isStream = body instanceof ReadableStream, isHead = method === "HEAD";
    const bytes = typeof body === "string" ? encoder.encode(body) : isStream ? null : body;
    let text = `HTTP/1.1 ${status} ${REASONS[status] ?? ""}\r\n`,
      hasDate = false,
      hasLength = false;
    for (const [name, value] of headers) {
      text += `${name}: ${value}\r\n`;
      if (name === "date") hasDate = true;
      else if (name === "content-length") hasLength = true;
    }
    if (!hasDate) text += `date: ${date}\r\n`;
    if (isStream) text += "transfer-encoding: chunked\r\n";
    else if (!hasLength) text += `content-length: ${bytes?.length ?? 0}\r\n`;
    text += keepAlive ? "\r\n" : "connection: close\r\n\r\n";
    const rest = isHead ? null : bytes;
    try {
      await this.#send(text, rest);
    } catch (error) {
      if (isStream) await body.cancel(error).catch(() => {});
      throw error;
    }
    if (isStream) await this.#stream(body, isHead);
  }

  /** A head, and a body behind it: in one piece if there is room. */
  async #send(text: string, body: Uint8Array | null): Promise<void> {
    const length = text.length + (body?.length ?? 0), isSmall = length <= ROOM;
    if (text.length > this.#out.length) this.#out = new Uint8Array(text.length * 2);
    const out = this.#out;
    for (let i = 0; i < text.length; i++) out[i] = text.charCodeAt(i); // values keep their bytes
    if (body && isSmall) out.set(body, text.length);
    await this.#write(out.subarray(0, isSmall ? length : text.length));
    if (body && !isSmall) await this.#write(body);
  }

  async #stream(body: ReadableStream<Uint8Array>, isHead: boolean): Promise<void> {
    const reader = body.getReader();
    if (isHead) return void await reader.cancel();
    try {
      for (;;) {
        const { value, done } = await reader.read();
        if (done) break;
        if (value.length > 0) await this.#chunk(value);
      }
      await this.#write(encoder.encode("0\r\n\r\n"));
    } catch (error) {
      await reader.cancel(error).catch(() => {});
      throw error;
    }
  }

  /** One write for each chunk, so that none waits for another. */
  async #chunk(data: Uint8Array): Promise<void> {
    const size = encoder.encode(`${data.length.toString(16)}\r\n`);
    const chunk = new Uint8Array(size.length + data.length + 2);
    chunk.set(size);
    chunk.set(data, size.length);
    chunk.set([13, 10], size.length + data.length);
    await this.#write(chunk);
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = await this.#sink.write(bytes); at < bytes.length;) {
      at += await this.#sink.write(bytes.subarray(at));
    }
  }
}
