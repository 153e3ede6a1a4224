/**
 * One caller's connection: plain requests to hosts that want them so are answered here; with the first
 * one of any other kind, the connection as it is goes to the complete server for good.
 */

import { CallerBody, type Incoming } from "./caller_body.ts";
import { AnswerWriter } from "./http_answer_writer.ts";
import { endOfHead } from "./http_head.ts";
import { readRequestHead, type RequestHead } from "./http_request_head.ts";
import type { PlainAnswer, PlainHandler } from "./plain_http.ts";
import { passOn } from "./pass_on.ts";
import { SMALL_BODY } from "./scoring_answer.ts";
import { Caller, wireRequest } from "./wire_request.ts";

/** What stands behind a caller's connection. */
export interface Behind {
  /** Port on 127.0.0.1 of the server that takes everything. */
  readonly port: number;
  /** What answers a plain request; nothing if it is the server's too. */
  plain(head: RequestHead): PlainHandler | undefined;
  /** The answer when that has thrown. */
  failed(request: { method: string; url: string }, error: Error): PlainAnswer;
  /** The present time as an HTTP date. */
  date(): string;
  /** Told of each request that is answered here. */
  touch(): void;
}

/** Bytes read at once, and the longest head of a plain request. */
const READ_BYTES = 16 * 1024;

/** How much of a body that nobody wanted is read over, in bytes, and for how long, in milliseconds. */
const DRAIN_BYTES = 1024 * 1024, DRAIN_MS = 2_000;

/** A connection. A class because it holds a socket and what has been read from it. */
export class CallerConnection {
  readonly #socket: Deno.TcpConn;
  readonly #behind: Behind;
  readonly #caller = new Caller();
  readonly #writer: AnswerWriter;
  #buffer = new Uint8Array(READ_BYTES);
  #from = 0;
  #to = 0;
  #reading: Promise<boolean> | undefined;
  #state: "idle" | "busy" | "passed-on" = "idle";
  #isClosing = false;

  /** Takes the socket over. */
  constructor(socket: Deno.TcpConn, behind: Behind) {
    this.#socket = socket;
    this.#behind = behind;
    this.#writer = new AnswerWriter(socket);
  }

  /** Serves it until either side ends it. */
  async serve(): Promise<void> {
    try {
      while (await this.#one());
      if (this.#state === "passed-on") await this.#passOn();
    } catch {
      // the caller has gone, or must be told by the end of the connection
    } finally {
      this.#caller.abort();
      this.end();
    }
  }

  /** Ends it once the request that is under way is answered; what was passed on is not ended. */
  finish(): void {
    this.#isClosing = true;
    if (this.#state === "idle") this.end();
  }

  /** Ends it at once. */
  end(): void {
    try {
      this.#socket.close();
    } catch {
      // it was closed before
    }
  }

  /** Answers one request; false if there is no other to be answered here. */
  async #one(): Promise<boolean> {
    let size: number, looked = 0;
    while ((size = this.#headSize(looked)) < 0) {
      looked = this.#to - this.#from;
      if (looked >= READ_BYTES) return this.#leave();
      if (!await this.#fill()) return false;
    }
    const head = readRequestHead(this.#buffer.subarray(this.#from, this.#from + size));
    const handler = head && this.#behind.plain(head);
    if (!handler) return this.#leave();
    this.#state = "busy";
    const isSmall = head.length !== undefined && head.length <= SMALL_BODY;
    const body = isSmall ? await this.#small(size, head.length!) : this.#large(size, head.length);
    if (!body) return false;
    this.#behind.touch();
    const answer = await this.#answer(head, handler, "stream" in body ? body.stream : body);
    if (this.#caller.aborted) {
      if (answer.body instanceof ReadableStream) answer.body.cancel().catch(() => {});
      return false;
    }
    const keepAlive = head.keepAlive && !this.#isClosing, { method } = head;
    await this.#writer.write(answer, { method, keepAlive, date: this.#behind.date() });
    if ("stream" in body && keepAlive && !await this.#drained(body)) return false;
    this.#state = "idle";
    return keepAlive && !this.#isClosing;
  }

  /** A small body, which is read as a whole before the request is answered; nothing if it never comes. */
  async #small(
    headBytes: number,
    bodyBytes: number,
  ): Promise<Uint8Array<ArrayBuffer> | undefined> {
    const whole = headBytes + bodyBytes;
    while (this.#to - this.#from < whole) {
      this.#makeRoom(whole);
      if (!await this.#fill()) return undefined;
    }
    const body = this.#buffer.slice(this.#from + headBytes, this.#from + whole);
    this.#from += whole;
    this.#readOn();
    return body;
  }

  /** A body that is read while the request is answered. */
  #large(headBytes: number, bodyBytes: number | undefined): CallerBody {
    this.#from += headBytes;
    return new CallerBody(this.#incoming, bodyBytes, () => this.#readOn());
  }

  readonly #incoming: Incoming = {
    peek: () => this.#buffer.subarray(this.#from, this.#to),
    skip: (count) => void (this.#from += count),
    more: () => this.#fill(),
  };

  /** Hears of a caller who goes while a request is answered; what else comes is the next request. */
  #readOn(): void {
    if (this.#from === this.#to) this.#fill();
  }

  /** Once a request is answered whose body nobody wanted: reads over the rest, if it is not much. */
  async #drained(body: CallerBody): Promise<boolean> {
    if (body.isOver) return true;
    const timer = setTimeout(() => this.end(), DRAIN_MS);
    try {
      return await body.drain(DRAIN_BYTES);
    } finally {
      clearTimeout(timer);
    }
  }

  async #answer(
    head: RequestHead,
    handler: PlainHandler,
    body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
  ): Promise<PlainAnswer> {
    const request = wireRequest(head, body, this.#caller);
    try {
      return await handler(request, head.host, head.pathname);
    } catch (error) {
      return this.#behind.failed(request, error as Error);
    }
  }

  #headSize(looked: number): number {
    const end = endOfHead(this.#buffer, this.#from, this.#to, this.#from + looked);
    return end < 0 ? -1 : end - this.#from;
  }

  /** From here on, the connection is the server's. */
  #leave(): boolean {
    this.#state = "passed-on";
    return false;
  }

  async #passOn(): Promise<void> {
    await passOn({
      caller: this.#socket,
      port: this.#behind.port,
      next: async () => {
        if (this.#from === this.#to && !await this.#fill()) return null;
        const bytes = this.#incoming.peek();
        this.#from = this.#to;
        return bytes;
      },
    });
  }

  /** Reads more; false once the caller has gone. */
  #fill(): Promise<boolean> {
    return this.#reading ??= this.#read();
  }

  #read(): Promise<boolean> {
    if (this.#from === this.#to) this.#from = this.#to = 0;
    else if (this.#to === this.#buffer.length) this.#makeRoom(this.#buffer.length);
    const room = this.#to === 0 ? this.#buffer : this.#buffer.subarray(this.#to);
    return this.#socket.read(room).then(this.#onRead, this.#onUnread);
  }

  #onRead = (count: number | null) => {
    this.#reading = undefined;
    if (count === null) return this.#onUnread();
    this.#to += count;
    return true;
  };

  #onUnread = () => {
    this.#reading = undefined;
    this.#caller.abort();
    return false;
  };

  /** Moves what is left to the front of a buffer that holds so many bytes. Nothing may be reading. */
  #makeRoom(size: number): void {
    if (this.#reading || (this.#from === 0 && size <= this.#buffer.length)) return;
    const kept = this.#buffer.subarray(this.#from, this.#to);
    const buffer = size > this.#buffer.length ? new Uint8Array(size) : this.#buffer;
    buffer.set(kept);
    this.#buffer = buffer;
    this.#from = 0;
    this.#to = kept.length;
  }
}
