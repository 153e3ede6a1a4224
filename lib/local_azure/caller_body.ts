/** The body of a request, read from the caller's connection as it comes. */

import { ChunkReader } from "./http_chunks.ts";

/** What has been read of a connection and was not used yet. */
export interface Incoming {
  /** The bytes; they are good until more are read. */
  peek(): Uint8Array;
  /** Uses some of them up. */
  skip(count: number): void;
  /** Reads more; false at the end. */
  more(): Promise<boolean>;
}

/** Longest piece that is handed on at once, in bytes. */
const PIECE = 64 * 1024;

/**
 * A body that is read while the request is answered. A class because it holds how far it is.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CallerBody } from "lib/local_azure/caller_body.ts";
 *
 * let bytes = new TextEncoder().encode("bodyGET / HTTP/1.1");
 * const incoming = {
 *   peek: () => bytes,
 *   skip: (count: number) => void (bytes = bytes.slice(count)),
 *   more: () => Promise.resolve(false),
 * };
 * const body = new CallerBody(incoming, 4, () => {});
 * assert.equal(await new Response(body.stream).text(), "body");
 * assert.deepEqual([body.isOver, bytes.length], [true, 14]);
 * ```
 */
export class CallerBody {
  /** What the request has as its body. */
  readonly stream: ReadableStream<Uint8Array<ArrayBuffer>>;
  /** Whether all of it has been read, so that the next request comes next. */
  isOver = false;
  /** Resolves once nobody reads the stream any more. */
  readonly #left = Promise.withResolvers<void>();
  readonly #next: () => Promise<Uint8Array<ArrayBuffer> | undefined>;

  /**
   * @param incoming Where from, at the body's first byte.
   * @param length Its bytes; nothing if it is in chunks.
   * @param onOver Called once all of it has been read.
   */
  constructor(incoming: Incoming, length: number | undefined, onOver: () => void) {
    const next = length === undefined ? chunked(incoming) : counted(incoming, length);
    this.#next = async () => {
      const piece = await next();
      if (!piece && !this.isOver) {
        this.isOver = true;
        onOver();
      }
      return piece;
    };
    this.stream = new ReadableStream({
      pull: async (controller) => {
        const piece = await this.#next().catch((error) => {
          this.#left.resolve();
          throw error;
        });
        if (piece) return controller.enqueue(piece);
        this.#left.resolve();
        controller.close();
      },
      cancel: () => this.#left.resolve(),
    }, { highWaterMark: 0 });
  }

  /** Reads over what nobody wanted; false if that is more than so many bytes. */
  async drain(most: number): Promise<boolean> {
    if (this.stream.locked) await this.#left.promise; // it may still be on its way to the container
    for (let left = most; !this.isOver; left -= (await this.#next())?.length ?? 0) {
      if (left < 0) return false;
    }
    return true;
  }
}

function counted(incoming: Incoming, length: number) {
  let left = length;
  return async () => {
    if (left === 0) return undefined;
    if (incoming.peek().length === 0 && !await incoming.more()) throw gone();
    const piece = incoming.peek().slice(0, Math.min(left, PIECE)) as Uint8Array<ArrayBuffer>;
    incoming.skip(piece.length);
    left -= piece.length;
    return piece;
  };
}

function chunked(incoming: Incoming) {
  const reader = new ChunkReader();
  return async () => {
    for (;;) {
      const { data, used } = reader.read(incoming.peek());
      incoming.skip(used);
      if (data) return data;
      if (reader.isOver) return undefined;
      if (!await incoming.more()) throw gone();
    }
  };
}

function gone(): Error {
  return new Error("Cannot read the rest of a body as its caller has gone");
}
