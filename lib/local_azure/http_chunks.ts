/** The chunked coding, read. */

import { HttpError } from "./http_error.ts";

/** Longest line between chunks (size and extensions, or a trailer field), in bytes. */
const MAX_LINE = 8 * 1024;

type State = "size" | "data" | "data-end" | "trailer" | "over";

/**
 * Reads a chunked body out of whatever pieces it arrives in. A class because it holds where it is.
 *
 * @see RFC 9112 §7.1. Extensions and trailer fields are read over.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ChunkReader } from "lib/local_azure/http_chunks.ts";
 *
 * const reader = new ChunkReader(), bytes = new TextEncoder().encode("3\r\nabc\r\n0\r\n\r\n");
 * const { data, used } = reader.read(bytes);
 * assert.equal(new TextDecoder().decode(data), "abc");
 * reader.read(bytes.subarray(used));
 * assert.equal(reader.isOver, true);
 * ```
 */
export class ChunkReader {
  #state: State = "size";
  #left = 0;

  /** Whether the last chunk and the trailer were read. */
  get isOver(): boolean {
    return this.#state === "over";
  }

  /**
   * Reads on.
   *
   * @param bytes What has arrived and was not used yet.
   * @returns `used`, how many bytes need not be shown again, and `data`, a copy of a piece of the body
   * if there was one. Without data, more bytes are needed, or the body is over.
   * @throws {HttpError} `malformed`.
   */
  read(bytes: Uint8Array): { data?: Uint8Array<ArrayBuffer>; used: number } {
    let at = 0;
    while (this.#state !== "over") {
      if (this.#state === "data") {
        if (at === bytes.length) break;
        const data = bytes.slice(at, at + this.#left) as Uint8Array<ArrayBuffer>;
        this.#left -= data.length;
        if (this.#left === 0) this.#state = "data-end";
        return { data, used: at + data.length };
      }
      const end = bytes.indexOf(10, at);
      if ((end < 0 ? bytes.length : end) - at > MAX_LINE) {
        throw malformed("its lines must be short");
      }
      if (end < 0) break;
      if (end === at || bytes[end - 1] !== 13) throw malformed("its lines must end in CR LF");
      this.#line(String.fromCharCode(...bytes.subarray(at, end - 1)));
      at = end + 1;
    }
    return { used: at };
  }

  #line(line: string): void {
    if (this.#state === "data-end") {
      if (line !== "") throw malformed("a chunk must be as long as it says");
      this.#state = "size";
    } else if (this.#state === "trailer") {
      if (line === "") this.#state = "over";
    } else {
      const [, digits] = /^([\da-f]{1,12})[ \t]*(?:;.*)?$/i.exec(line) ?? [];
      if (!digits) throw malformed(`a chunk must have a size: ${JSON.stringify(line)}`);
      this.#left = parseInt(digits, 16);
      this.#state = this.#left === 0 ? "trailer" : "data";
    }
  }
}

function malformed(rule: string): HttpError {
  return new HttpError("malformed", `Cannot read a chunked body as ${rule}`);
}
