/**
 * Heads of requests, read: the plain ones only. Whatever could be read in two ways, or asks for more
 * than an answer, is left to a complete server.
 */

import { type HeaderPair, headText, nameOf, valueOf } from "./http_head.ts";

/** The head of a plain request. */
export interface RequestHead {
  /** In capitals. */
  readonly method: string;
  /** Path and query as the client wrote them. */
  readonly path: string;
  /** The path without the query. */
  readonly pathname: string;
  /** In lower case, without its port. */
  readonly host: string;
  /** In their order, names in lower case. */
  readonly headers: HeaderPair[];
  /** Bytes of the body; nothing if it comes in chunks. */
  readonly length: number | undefined;
  /** Whether the client wants the connection to be kept. */
  readonly keepAlive: boolean;
}

const REQUEST_LINE = /^(GET|HEAD|POST|PUT|DELETE|PATCH|OPTIONS) (\/[!$-;=?-Z_a-z~]*) HTTP\/1\.1$/;

/** What a URL parser would write in another way: dot segments, two slashes in front. */
const UNSETTLED = /\/\.|%2e|^\/\//i;

/**
 * Reads the head of a request.
 *
 * @param bytes From the request line to the empty line, both included.
 * @returns The head; nothing if the request is not plain: another version than HTTP/1.1, a path that
 * has to be normalised or is not ASCII, no host or two, a body in chunks or of a length that is said
 * twice, `Expect`, `Upgrade`, or a `Connection` that names other fields.
 * @see RFC 9112 §3, §6.3.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRequestHead } from "lib/local_azure/http_request_head.ts";
 *
 * const read = (text: string) => readRequestHead(new TextEncoder().encode(text));
 * const head = read("POST /score?a=1 HTTP/1.1\r\nHost: Iris.example:80\r\nContent-Length: 2\r\n\r\n");
 * assert.deepEqual([head?.pathname, head?.host, head?.length], ["/score", "iris.example", 2]);
 * assert.equal(read("GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), undefined);
 * ```
 */
export function readRequestHead(bytes: Uint8Array): RequestHead | undefined {
  const text = headText(bytes, bytes.length - 4);
  if (text === undefined) return undefined;
  const lineEnd = text.indexOf("\r\n");
  if (lineEnd < 0) return undefined;
  const [, method, path] = REQUEST_LINE.exec(text.slice(0, lineEnd)) ?? [];
  if (path === undefined) return undefined;
  const query = path.indexOf("?"), pathname = query < 0 ? path : path.slice(0, query);
  if (UNSETTLED.test(pathname)) return undefined;
  const headers: HeaderPair[] = [];
  let host: string | undefined, length: number | undefined;
  let isChunked = false, keepAlive = true;
  for (let from = lineEnd + 2; from < text.length;) {
    let to = text.indexOf("\r\n", from);
    if (to < 0) to = text.length;
    const line = text.slice(from, to), colon = line.indexOf(":");
    const name = colon > 0 ? nameOf(line.slice(0, colon)) : undefined;
    if (name === undefined) return undefined;
    const value = valueOf(line, colon + 1);
    from = to + 2;
    switch (name) {
      case "host":
        if (host !== undefined) return undefined;
        host = value.toLowerCase().replace(/:\d+$/, "");
        break;
      case "content-length":
        if (length !== undefined || !/^\d{1,15}$/.test(value)) return undefined;
        length = Number(value);
        break;
      case "connection":
        if (/^close$/i.test(value)) keepAlive = false;
        else if (!/^keep-alive$/i.test(value)) return undefined;
        continue;
      case "transfer-encoding":
        if (isChunked || !/^chunked$/i.test(value)) return undefined;
        isChunked = true;
        continue;
      case "expect":
      case "upgrade":
        return undefined;
    }
    headers.push([name, value]);
  }
  if (!host || (isChunked && length !== undefined)) return undefined;
  const bodyLength = isChunked ? undefined : length ?? 0;
  return { method, path, pathname, host, headers, length: bodyLength, keepAlive };
}
