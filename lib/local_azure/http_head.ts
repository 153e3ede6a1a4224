/** Heads of HTTP/1.1 messages: requests written, answers read. Header values keep their bytes. */

import { HttpError } from "./http_error.ts";

/** Name and value, in the order of the message. Names of an answer are in lower case. */
export type HeaderPair = [name: string, value: string];

/** How the end of a body is found. */
export type Framing =
  | { readonly kind: "length"; readonly bytes: number }
  | { readonly kind: "chunked" }
  | { readonly kind: "close" };

/** The head of an answer. */
export interface AnswerHead {
  /** 100 … 599. */
  readonly status: number;
  /** Fields that speak of the connection (`connection`, `keep-alive`, `transfer-encoding`) left out. */
  readonly headers: HeaderPair[];
  /** Of the body. */
  readonly framing: Framing;
  /** Whether the connection may carry another exchange. */
  readonly keepAlive: boolean;
}

const CR = 13, LF = 10, TAB = 9, SPACE = 32, COLON = 58, DELETE = 127;

/** Header fields that belong to one connection and are not passed on. */
const HOP: ReadonlySet<string> = new Set([
  "connection",
  "keep-alive",
  "proxy-connection",
  "transfer-encoding",
  "te",
  "upgrade",
]);

/** Whether a header field, in lower case, belongs to one connection only. */
export function isHopByHop(name: string): boolean {
  return HOP.has(name);
}

/**
 * Writes the head of a request into `target`.
 *
 * @param target Where to, from its beginning.
 * @param head `method`; `path` in the form that the server shall see, query included; `headers`, of
 * which those that belong to a connection and `content-length` are left out; `framing`, a
 * `content-length` or `transfer-encoding` line of ours, or the empty string.
 * @returns The number of bytes, or -1 if `target` is too small.
 * @throws {TypeError} If a text holds a control character or one beyond U+00FF.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { writeRequestHead } from "lib/local_azure/http_head.ts";
 *
 * const target = new Uint8Array(100);
 * const head = { method: "GET", path: "/a?b=%20", headers: [["host", "h"]] as [string, string][], framing: "" };
 * const bytes = target.subarray(0, writeRequestHead(target, head));
 * assert.equal(new TextDecoder().decode(bytes), "GET /a?b=%20 HTTP/1.1\r\nhost: h\r\n\r\n");
 * ```
 */
export function writeRequestHead(
  target: Uint8Array,
  { method, path, headers, framing }: {
    readonly method: string;
    readonly path: string;
    readonly headers: readonly HeaderPair[];
    readonly framing: string;
  },
): number {
  let room = method.length + path.length + framing.length + 16;
  for (const [name, value] of headers) room += name.length + value.length + 4;
  if (room > target.length) return -1;
  let at = put(target, 0, method, SPACE);
  target[at++] = SPACE;
  at = put(target, at, path, SPACE);
  at = put(target, at, " HTTP/1.1", 0);
  for (const [name, value] of headers) {
    if (HOP.has(name) || name === "content-length") continue;
    at = put(target, endLine(target, at), name, COLON);
    target[at++] = COLON;
    target[at++] = SPACE;
    at = put(target, at, value, 0);
  }
  if (framing) at = put(target, endLine(target, at), framing, 0);
  return endLine(target, endLine(target, at));
}

function endLine(target: Uint8Array, at: number): number {
  target[at] = CR;
  target[at + 1] = LF;
  return at + 2;
}

/** Writes a text as Latin-1. `forbidden` is one more character that must not be in it. */
function put(target: Uint8Array, at: number, text: string, forbidden: number): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if ((code < SPACE && code !== TAB) || code === DELETE || code > 255 || code === forbidden) {
      throw new TypeError(
        `Cannot send a request as its head must be of printable Latin-1 characters: ${
          JSON.stringify(text)
        }`,
      );
    }
    target[at++] = code;
  }
  return at;
}

/**
 * Where the head that begins at `from` ends: the position after its empty line, or -1 if that is not
 * there yet.
 *
 * @param bytes What has been read.
 * @param from Where the head begins.
 * @param to Where the read bytes end.
 * @param since Where to begin to look: bytes before it were looked at by an earlier call.
 */
export function endOfHead(bytes: Uint8Array, from: number, to: number, since = from): number {
  for (let at = Math.max(since, from + 3); at < to; at++) {
    if (
      bytes[at] === LF && bytes[at - 1] === CR && bytes[at - 2] === LF && bytes[at - 3] === CR
    ) return at + 1;
  }
  return -1;
}

/**
 * Reads the head of an answer.
 *
 * @param bytes From the status line to the empty line, both included.
 * @param method Of the request: an answer to HEAD has no body.
 * @returns See {@linkcode AnswerHead}.
 * @throws {HttpError} `malformed`, if it is not HTTP/1.x or its length is ambiguous.
 * @see RFC 9112. Folded lines and lengths that disagree are refused, as proxies must.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readAnswerHead } from "lib/local_azure/http_head.ts";
 *
 * const bytes = new TextEncoder().encode("HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"x\"\r\n\r\n");
 * const { status, headers, framing } = readAnswerHead(bytes, "GET");
 * assert.equal(status, 200);
 * assert.deepEqual(headers, [["content-length", "5"], ["etag", '"x"']]);
 * assert.deepEqual(framing, { kind: "length", bytes: 5 });
 * ```
 */
export function readAnswerHead(bytes: Uint8Array, method: string): AnswerHead {
  const text = latin1(bytes.subarray(0, bytes.length - 4));
  if (STRAY.test(text)) throw malformed("its lines must end in CR LF");
  const lines = text.split("\r\n");
  const [, minor, digits] = STATUS_LINE.exec(lines[0]) ?? [];
  if (!digits) throw malformed(`its status line must be HTTP/1.1: ${JSON.stringify(lines[0])}`);
  const status = Number(digits), headers: HeaderPair[] = [];
  let keepAlive = minor === "1", length: string | undefined, coding: string | undefined;
  for (let i = 1; i < lines.length; i++) {
    const line = lines[i], colon = line.indexOf(":"), name = nameOf(line.slice(0, colon));
    if (colon < 1 || name === undefined) {
      throw malformed(`a header line must have a name: ${JSON.stringify(line)}`);
    }
    const value = valueOf(line, colon + 1);
    switch (name) {
      case "connection":
        if (/\bclose\b/i.test(value)) keepAlive = false;
        else if (/\bkeep-alive\b/i.test(value)) keepAlive = true;
        break;
      case "transfer-encoding":
        coding = coding === undefined ? value : `${coding}, ${value}`;
        break;
      case "content-length":
        if (length !== undefined && length !== value) throw malformed("its lengths must agree");
        if (!/^\d{1,15}$/.test(value)) throw malformed(`its length must be a number: ${value}`);
        if (length === undefined) headers.push([name, value]);
        length = value;
        break;
      default:
        if (!HOP.has(name)) headers.push([name, value]);
    }
  }
  const framing = framingOf(method, status, length, coding);
  // A length beside chunks is a lie that somebody may have planted: it is dropped, and so is the line.
  const isHonest = framing.kind !== "chunked" || length === undefined;
  return {
    status,
    headers: isHonest ? headers : headers.filter(([name]) => name !== "content-length"),
    framing,
    keepAlive: keepAlive && isHonest && framing.kind !== "close",
  };
}

function framingOf(
  method: string,
  status: number,
  length: string | undefined,
  coding: string | undefined,
): Framing {
  const isBare = method === "HEAD" || status === 204 || status === 304 || status < 200;
  if (isBare) return { kind: "length", bytes: 0 };
  if (coding !== undefined) {
    if (coding.toLowerCase() === "chunked") return { kind: "chunked" };
    throw malformed(`its transfer coding must be chunked: ${coding}`);
  }
  return length === undefined ? { kind: "close" } : { kind: "length", bytes: Number(length) };
}

const STATUS_LINE = /^HTTP\/1\.([01]) ([1-5]\d\d)(?: |$)/;

/** A line's end of another kind, or a zero byte: what some readers would take for a new line. */
const STRAY = /[^\r]\n|\r[^\n]|^\n|\r$|\0/;

/** Names that were seen, in lower case: servers send the same few again and again. */
const NAMES = new Map<string, string>();

/** Most names that are remembered. */
const MAX_NAMES = 500;

/** The name of a field in lower case; undefined if it is none. */
export function nameOf(given: string): string | undefined {
  const known = NAMES.get(given);
  if (known !== undefined) return known;
  if (!/^[\w!#$%&'*+.^`|~-]+$/.test(given)) return undefined;
  const name = given.toLowerCase();
  if (NAMES.size < MAX_NAMES) NAMES.set(given, name);
  return name;
}

/** The rest of a line without the blanks around it; only blanks, since values keep their bytes. */
export function valueOf(line: string, from: number): string {
  let to = line.length;
  while (from < to && isBlank(line.charCodeAt(from))) from++;
  while (to > from && isBlank(line.charCodeAt(to - 1))) to--;
  return line.slice(from, to);
}

function isBlank(code: number): boolean {
  return code === SPACE || code === TAB;
}

function malformed(rule: string): HttpError {
  return new HttpError("malformed", `Cannot read an answer as ${rule}`);
}

const decoder = new TextDecoder();

/**
 * A head as Latin-1 text, if it has no control characters but blanks and whole line ends.
 *
 * @param bytes The head.
 * @param length How much of it.
 */
export function headText(bytes: Uint8Array, length: number): string | undefined {
  for (let i = 0; i < length; i++) {
    const code = bytes[i];
    if (code >= SPACE && code !== DELETE) continue;
    if (code === TAB || (code === CR && bytes[i + 1] === LF)) continue;
    if (code !== LF || bytes[i - 1] !== CR) return undefined;
  }
  return latin1(bytes.subarray(0, length));
}

/** Bytes as Latin-1 text; nearly always they are ASCII, for which the decoder is fast. */
function latin1(bytes: Uint8Array): string {
  for (let i = 0; i < bytes.length; i++) {
    if (bytes[i] > 126) return Array.from(bytes, (code) => String.fromCharCode(code)).join("");
  }
  return decoder.decode(bytes);
}
