/** The half of a connection that sends: a head, and a body of bytes or out of a stream. */

import { aborted, HttpError } from "./http_error.ts";
import { type HeaderPair, writeRequestHead } from "./http_head.ts";
import type { AbortSource } from "./plain_http.ts";

/** A request as it goes over the wire. */
export interface HttpRequest {
  /** In capitals. */
  readonly method: string;
  /** Path and query in the form that the server shall see. */
  readonly path: string;
  /** Names in lower case, `host` among them. What belongs to a connection is left out. */
  readonly headers: readonly HeaderPair[];
  /** Nothing, bytes, or a stream, which is cancelled if it cannot be sent to its end. */
  readonly body?: Uint8Array | ReadableStream<Uint8Array>;
  /** Bytes of the stream, or 0 to state an empty body. Without it a stream is sent chunked. */
  readonly length?: number;
  /** Longest time until the head of the answer is there, or a small answer as a whole. */
  readonly timeoutMs?: number;
  /** Ends the exchange, and the connection with it. */
  readonly signal?: AbortSource;
}

/** Bytes that a head and a small body have room in, at first. */
const ROOM = 8 * 1024;

const encoder = new TextEncoder();

/** Sends requests. A class because it holds a socket and how far it is. */
export class HttpSender {
  /** Called when the present request is out, or will not be. Each request forgets it. */
  onSettled: (() => void) | undefined;

  readonly #socket: Pick<Deno.TcpConn, "write">;
  readonly #fail: (fault: HttpError) => void;
  #out = new Uint8Array(ROOM);
  #state: "busy" | "done" | "failed" = "done";

  /** `fail` is told of what the caller is to blame for, and of nothing else. */
  constructor(socket: Pick<Deno.TcpConn, "write">, fail: (fault: HttpError) => void) {
    this.#socket = socket;
    this.#fail = fail;
  }

  /** How far the present request is. */
  get state(): "busy" | "done" | "failed" {
    return this.#state;
  }

  /**
   * Begins to send a request.
   *
   * @param request See {@linkcode HttpRequest}. How the server takes it is read from its answer.
   */
  send(request: HttpRequest): void {
    const { body } = request;
    this.#state = "busy";
    this.onSettled = undefined;
    try {
      const bytes = body instanceof Uint8Array ? body : undefined;
      const head = this.#writeHead(request, framingOf(request));
      if (body === undefined || (bytes && head + bytes.length <= this.#out.length)) {
        if (bytes) this.#out.set(bytes, head);
        this.#write(this.#out.subarray(0, head + (bytes?.length ?? 0)))
          .then(this.#onWritten, this.#onUnwritten);
        return;
      }
      this.#sendRest(this.#out.subarray(0, head), request).then(this.#onWritten, this.#onUnwritten);
    } catch (error) {
      if (body instanceof ReadableStream) body.cancel(error).catch(() => {});
      this.#onUnwritten(error);
    }
  }

  #onWritten = () => {
    this.#state = "done";
    this.onSettled?.();
  };

  #onUnwritten = (error: unknown) => {
    this.#state = "failed";
    if (error instanceof HttpError) this.#fail(error);
    else if (error instanceof TypeError) this.#fail(new HttpError("malformed", error.message));
    // otherwise the server went while we wrote, perhaps after it had answered
    this.onSettled?.();
  };

  async #sendRest(head: Uint8Array, { body, length }: HttpRequest): Promise<void> {
    try {
      await this.#write(head);
    } catch (error) {
      if (body instanceof ReadableStream) body.cancel(error).catch(() => {});
      throw error;
    }
    if (body instanceof Uint8Array) await this.#write(body);
    else if (body) await this.#pump(body, length);
  }

  #writeHead(request: HttpRequest, framing: string): number {
    const { method, path, headers } = request;
    for (;;) {
      const length = writeRequestHead(this.#out, { method, path, headers, framing });
      if (length >= 0) return length;
      this.#out = new Uint8Array(this.#out.length * 2);
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = await this.#socket.write(bytes); at < bytes.length;) {
      at += await this.#socket.write(bytes.subarray(at));
    }
  }

  async #pump(body: ReadableStream<Uint8Array>, length: number | undefined): Promise<void> {
    const reader = body.getReader();
    let sum = 0;
    try {
      for (;;) {
        const { value, done } = await reader.read().catch((error) => {
          throw aborted(error);
        });
        if (done) break;
        sum += value.length;
        if (length !== undefined && sum > length) throw wrongLength(length, sum);
        if (value.length === 0) continue;
        if (length === undefined) {
          await this.#write(encoder.encode(`${value.length.toString(16)}\r\n`));
          await this.#write(value);
          await this.#write(encoder.encode("\r\n"));
        } else await this.#write(value);
      }
      if (length !== undefined && sum < length) throw wrongLength(length, sum);
      if (length === undefined) await this.#write(encoder.encode("0\r\n\r\n"));
    } catch (error) {
      reader.cancel(error).catch(() => {});
      throw error;
    }
  }
}

function framingOf({ method, body, length }: HttpRequest): string {
  if (body instanceof Uint8Array) return `content-length: ${body.length}`;
  if (body) {
    return length === undefined ? "transfer-encoding: chunked" : `content-length: ${length}`;
  }
  const speaks = method === "POST" || method === "PUT" || method === "PATCH";
  return speaks || length === 0 ? "content-length: 0" : "";
}

function wrongLength(said: number, got: number): HttpError {
  return new HttpError("length", `Cannot send the body as it must be of ${said} bytes: ${got}`);
}
