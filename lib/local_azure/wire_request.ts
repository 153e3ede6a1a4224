/** Requests read from a caller's connection, and the caller itself: it may go at any time. */

import type { HeaderPair } from "./http_head.ts";
import type { RequestHead } from "./http_request_head.ts";
import type { AbortSource, PlainRequest } from "./plain_http.ts";

/** The caller at the other end of a connection. A class because it holds whether it is still there. */
export class Caller implements AbortSource {
  /** Whether it has gone. */
  aborted = false;
  /** Always the same. */
  readonly reason = "the caller has gone";
  #listener: (() => void) | undefined;

  /** Calls `listener` when it goes. There is one listener at a time. */
  addEventListener(_type: "abort", listener: () => void): void {
    this.#listener = listener;
  }

  /** Forgets `listener`. */
  removeEventListener(_type: "abort", listener: () => void): void {
    if (this.#listener === listener) this.#listener = undefined;
  }

  /** It has gone. */
  abort(): void {
    if (this.aborted) return;
    this.aborted = true;
    this.#listener?.();
  }
}

/** Header fields. */
class Fields {
  readonly #pairs: readonly HeaderPair[];

  constructor(pairs: readonly HeaderPair[]) {
    this.#pairs = pairs;
  }

  get(name: string): string | null {
    let found: string | null = null;
    for (const [one, value] of this.#pairs) {
      if (one === name) found = found === null ? value : `${found}, ${value}`;
    }
    return found;
  }

  forEach(visit: (value: string, name: string) => void): void {
    for (const [name, value] of this.#pairs) visit(value, name);
  }
}

/**
 * A request.
 *
 * @param head Its head.
 * @param body Its body: bytes that are the request's own, or a stream.
 * @param signal Aborts when the caller goes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRequestHead } from "lib/local_azure/http_request_head.ts";
 * import { Caller, wireRequest } from "lib/local_azure/wire_request.ts";
 *
 * const head = "POST /score HTTP/1.1\r\nHost: h\r\nX-Own: 1\r\nX-Own: 2\r\nContent-Length: 2\r\n\r\n";
 * const bytes = new TextEncoder().encode(head), body = new TextEncoder().encode("{}");
 * const request = wireRequest(readRequestHead(bytes)!, body, new Caller());
 * assert.deepEqual([request.url, request.headers.get("x-own")], ["http://h/score", "1, 2"]);
 * ```
 */
export function wireRequest(
  { method, path, host, headers }: RequestHead,
  body: Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>>,
  signal: AbortSource,
): PlainRequest {
  return {
    method,
    url: `http://${host}${path}`,
    headers: new Fields(headers),
    signal,
    get body() {
      if (body instanceof ReadableStream) return body;
      return body.length > 0 ? new Response(body).body : null;
    },
    bytes: async () => body instanceof ReadableStream ? await new Response(body).bytes() : body,
  };
}
