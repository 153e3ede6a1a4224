/**
 * A request and an answer with no more to them than the scoring router needs. A `Request` of the web
 * platform is a {@linkcode PlainRequest} too, but making one and a `Response` for every request costs
 * more than all that the router does.
 */

import type { HeaderPair } from "./http_head.ts";

/** Tells that nobody waits any more. An `AbortSignal` is one. */
export interface AbortSource {
  /** Whether it has happened. */
  readonly aborted: boolean;
  /** Why. */
  readonly reason: unknown;
  /** Calls `listener` when it happens. */
  addEventListener(type: "abort", listener: () => void): void;
  /** Forgets `listener`. */
  removeEventListener(type: "abort", listener: () => void): void;
}

/** A request as it came. */
export interface PlainRequest {
  /** In capitals. */
  readonly method: string;
  /** Absolute, with path and query as the client wrote them. */
  readonly url: string;
  /** Names in lower case. */
  readonly headers: {
    /** The value; of a field that came more than once, all of them after a comma and a blank. */
    get(name: string): string | null;
    /** Visits all of them. */
    forEach(visit: (value: string, name: string) => void): void;
  };
  /** The body as a stream; null if there is none. */
  readonly body: ReadableStream<Uint8Array> | null;
  /** The whole body. */
  bytes(): Promise<Uint8Array>;
  /** Aborts when the caller goes. */
  readonly signal: AbortSource;
}

/** An answer. */
export interface PlainAnswer {
  /** 200 … 599. */
  readonly status: number;
  /**
   * Names in lower case. A `content-length` is that of an answer to HEAD; otherwise it follows from the
   * body.
   */
  readonly headers: readonly HeaderPair[];
  /** The body. */
  readonly body: string | Uint8Array<ArrayBuffer> | ReadableStream<Uint8Array<ArrayBuffer>> | null;
}

/** Answers a request; `host` is in lower case and without its port, `path` without the query. */
export type PlainHandler = (
  request: PlainRequest,
  host: string,
  path: string,
) => Promise<PlainAnswer>;

const encoder = new TextEncoder();

/**
 * An answer for `Deno.serve`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asResponse } from "lib/local_azure/plain_http.ts";
 *
 * const response = asResponse({ status: 424, headers: [["x-own", "1"]], body: "no" });
 * assert.deepEqual([response.status, response.headers.get("x-own")], [424, "1"]);
 * ```
 */
export function asResponse({ status, headers, body }: PlainAnswer): Response {
  // of a text, the platform would name a type of its own
  const given = typeof body === "string" ? encoder.encode(body) : body;
  const response = new Response(given, { status }), all = response.headers;
  // One by one, since that costs half of what a list costs.
  for (const [name, value] of headers) all.append(name, value);
  return response;
}
