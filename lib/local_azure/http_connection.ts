/** One connection to a server: one exchange at a time, and a watch on it while it is idle. */

import { aborted, HttpError } from "./http_error.ts";
import {
  type AnswerHead,
  endOfHead,
  type Framing,
  type HeaderPair,
  readAnswerHead,
} from "./http_head.ts";
import { ChunkReader } from "./http_chunks.ts";
import { type HttpRequest, HttpSender } from "./http_sender.ts";
import type { AbortSource } from "./plain_http.ts";

/** An answer: whole, or with a body that is still on its way. */
export interface HttpAnswer {
  /** 200 … 599. */
  readonly status: number;
  /** Names in lower case; fields that belong to the connection are left out. */
  readonly headers: HeaderPair[];
  /**
   * Bytes where the answer is small and its length known, nothing where it has no body, and a stream
   * otherwise, which must be read or cancelled.
   */
  readonly body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** Bytes read at once. */
const READ_BYTES = 64 * 1024;

/** Longest body that is collected before the answer is handed over, in bytes. */
const SMALL_BODY = 64 * 1024;

/** Longest head of an answer by default, in bytes. */
export const MAX_HEAD_BYTES = 64 * 1024;

/** How long the rest of a request may still take once its answer is over, in milliseconds. */
const DRAIN_MS = 5_000;

/** A connection. A class because it holds a socket and what has been read from it. */
export class HttpConnection {
  /** Called when it may carry another exchange. */
  onFree: () => void = () => {};
  /** Called when it is of no more use. */
  onGone: () => void = () => {};

  readonly #socket: Deno.TcpConn;
  readonly #maxHead: number;
  readonly #sender: HttpSender;
  #buffer = new Uint8Array(READ_BYTES);
  #from = 0;
  #to = 0;
  #reading: Promise<boolean> | undefined;
  #isGone = false;
  #isIdle = true;
  #hasHeard = false;
  #looked = 0; // bytes of the head that hold no end of it
  #fault: HttpError | undefined;

  /** Takes the socket over. */
  constructor(socket: Deno.TcpConn, maxHeadBytes: number) {
    this.#socket = socket;
    this.#maxHead = maxHeadBytes;
    this.#sender = new HttpSender(socket, (fault) => this.fail(fault));
  }

  /** Whether a byte of the answer came: only without one may a request be sent again. */
  get hasHeard(): boolean {
    return this.#hasHeard;
  }

  /**
   * Sends a request and waits for its answer.
   *
   * @param request See {@linkcode HttpRequest}; its time limit is the client's business.
   * @returns The answer; the connection is free once its body is over.
   * @throws {HttpError} Whatever went wrong; the connection is gone then.
   */
  async exchange(request: HttpRequest): Promise<HttpAnswer> {
    this.#isIdle = false;
    this.#hasHeard = false;
    this.#looked = 0;
    const settle = request.signal && this.#heed(request.signal);
    try {
      this.#sender.send(request);
      let head: AnswerHead | undefined;
      while (!(head = this.#headIfThere(request.method))) {
        if (!await this.#fill()) throw closed("an answer");
      }
      const { status, headers, framing, keepAlive } = head;
      if (framing.kind === "length" && framing.bytes <= this.#to - this.#from) {
        const body = framing.bytes === 0 ? null : this.#take(framing.bytes);
        settle?.();
        this.#finish(keepAlive);
        return { status, headers, body };
      }
      const end = (isWhole: boolean) => {
        settle?.();
        this.#finish(isWhole && keepAlive);
      };
      return { status, headers, body: await this.#body(framing, end, settle) };
    } catch (error) {
      settle?.();
      throw this.#gone(error);
    }
  }

  /** Ends the exchange when the signal aborts; gives back what ends the listening. */
  #heed(signal: AbortSource): () => void {
    const onAbort = () => this.fail(aborted(signal.reason));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort);
    return () => signal.removeEventListener("abort", onAbort);
  }

  /** Ends the connection; whoever waits for it is given `fault`. */
  fail(fault: HttpError): void {
    this.#fault ??= fault;
    this.#close();
  }

  #close(): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#socket.close();
    this.onGone();
  }

  /** The error to report for `error`, with the connection ended. */
  #gone(error: unknown): HttpError {
    const fault = this.#fault ?? (error instanceof HttpError ? error : new HttpError(
      "closed",
      `Cannot finish the exchange as the connection broke: ${(error as Error).message}`,
      { cause: error },
    ));
    this.fail(fault);
    return fault;
  }

  /** Once an answer is over: the connection is free if all of the request went out too. */
  #finish(isReusable: boolean): void {
    if (!isReusable || this.#from < this.#to || this.#sender.state === "failed") {
      return this.#close();
    }
    if (this.#sender.state === "done") return this.#free();
    const timer = setTimeout(() => this.#close(), DRAIN_MS);
    this.#sender.onSettled = () => {
      clearTimeout(timer);
      if (this.#sender.state === "done") this.#free();
      else this.#close();
    };
  }

  #free(): void {
    if (this.#isGone) return;
    this.#isIdle = true;
    // An idle connection is read from: the other side's goodbye is heard before it is used again.
    this.#fill().then(this.#onIdleRead);
    this.onFree();
  }

  #onIdleRead = () => {
    if (this.#isIdle) this.#close();
  };

  /** Reads more; false at the end of the stream, whatever ended it. */
  #fill(): Promise<boolean> {
    return this.#reading ??= this.#read();
  }

  #read(): Promise<boolean> {
    if (this.#from === this.#to) this.#from = this.#to = 0;
    else if (this.#to === this.#buffer.length) this.#makeRoom();
    const room = this.#to === 0 ? this.#buffer : this.#buffer.subarray(this.#to);
    return this.#socket.read(room).then(this.#onRead, this.#onUnread);
  }

  #onRead = (count: number | null) => {
    this.#reading = undefined;
    if (count === null) return false;
    this.#to += count;
    return this.#hasHeard = true;
  };

  #onUnread = () => {
    this.#reading = undefined;
    return false;
  };

  #makeRoom(): void {
    const kept = this.#buffer.subarray(this.#from, this.#to);
    const isFull = kept.length > this.#buffer.length / 2;
    const buffer = isFull ? new Uint8Array(this.#buffer.length * 2) : this.#buffer;
    buffer.set(kept);
    this.#buffer = buffer;
    this.#from = 0;
    this.#to = kept.length;
  }

  /** The head of the answer, once all of it has been read. */
  #headIfThere(method: string): AnswerHead | undefined {
    for (;;) {
      const end = endOfHead(this.#buffer, this.#from, this.#to, this.#from + this.#looked);
      if ((end < 0 ? this.#to : end) - this.#from > this.#maxHead) {
        throw new HttpError(
          "too-large",
          `Cannot read an answer as its head must be of at most ${this.#maxHead} bytes`,
        );
      }
      if (end < 0) {
        this.#looked = this.#to - this.#from;
        return undefined;
      }
      const head = readAnswerHead(this.#buffer.subarray(this.#from, end), method);
      this.#from = end;
      this.#looked = 0;
      if (head.status === 101) {
        throw new HttpError("malformed", "Cannot read an answer as it must stay HTTP: 101");
      }
      if (head.status >= 200) return head; // below 200: told in between
    }
  }

  /** The body as bytes, if that takes no waiting for a length that nobody knows; else as a stream. */
  async #body(framing: Framing, end: (isWhole: boolean) => void, settle?: () => void) {
    if (framing.kind === "length" && framing.bytes <= SMALL_BODY) {
      const bytes = new Uint8Array(framing.bytes);
      for (let at = 0; at < bytes.length;) {
        const part = await this.#next(bytes.length - at);
        if (!part) throw closed("the body");
        bytes.set(part, at);
        at += part.length;
      }
      return end(true), bytes;
    }
    const next = framing.kind === "length"
      ? this.#counted(framing.bytes)
      : framing.kind === "chunked"
      ? this.#chunked()
      : () => this.#next(READ_BYTES);
    return new ReadableStream<Uint8Array<ArrayBuffer>>({
      pull: async (controller) => {
        try {
          const part = await next();
          if (part) return controller.enqueue(part);
          if (this.#fault) throw this.#fault;
          controller.close();
          end(framing.kind !== "close");
        } catch (error) {
          settle?.();
          controller.error(this.#gone(error));
        }
      },
      cancel: () => {
        settle?.();
        this.fail(aborted("its body is not wanted"));
      },
    }, { highWaterMark: 0 });
  }

  /** Up to `most` bytes of what has been read or comes next; undefined at the end. */
  async #next(most: number): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#from === this.#to && !await this.#fill()) return undefined;
    return this.#take(Math.min(most, this.#to - this.#from));
  }

  #take(count: number): Uint8Array<ArrayBuffer> {
    const bytes = this.#buffer.slice(this.#from, this.#from + count);
    this.#from += count;
    return bytes;
  }

  #counted(bytes: number) {
    let left = bytes;
    return async () => {
      if (left === 0) return undefined;
      const part = await this.#next(Math.min(left, READ_BYTES));
      if (!part) throw closed("the body");
      left -= part.length;
      return part;
    };
  }

  #chunked() {
    const reader = new ChunkReader();
    return async () => {
      for (;;) {
        const { data, used } = reader.read(this.#buffer.subarray(this.#from, this.#to));
        this.#from += used;
        if (data) return data;
        if (reader.isOver) return undefined;
        if (!await this.#fill()) throw closed("the body");
      }
    };
  }
}

function closed(what: string): HttpError {
  return new HttpError("closed", `Cannot read ${what} as the server ended the connection`);
}
