/**
 * Which trace a piece of work belongs to, and how programs tell each other: W3C Trace Context.
 *
 * @see https://www.w3.org/TR/trace-context/
 */

/** A place in a trace. */
export interface TraceContext {
  /** Of the whole trace: 32 hexadecimal digits in lower case, not all 0. */
  readonly traceId: string;
  /** Of one span in it: 16 hexadecimal digits in lower case, not all 0. */
  readonly spanId: string;
  /** Whether the trace is recorded. */
  readonly sampled: boolean;
}

/** Fills an array with random bytes, e.g. `crypto.getRandomValues`. */
export type FillRandom = (bytes: Uint8Array<ArrayBuffer>) => unknown;

const HEADER = /^([\da-f]{2})-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})(-.*)?$/;

/**
 * Reads the header `traceparent`.
 *
 * @param header Its value.
 * @returns The caller's place in the trace; undefined if there is none, or it breaks the rules: then a
 * new trace begins.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readTraceparent } from "lib/core/mod.ts";
 *
 * const context = readTraceparent("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01");
 * assert.deepEqual(context, {
 *   ...{ traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331", sampled: true },
 * });
 * assert.equal(readTraceparent("00-00000000000000000000000000000000-b7ad6b7169203331-01"), undefined);
 * ```
 */
export function readTraceparent(header: string | null | undefined): TraceContext | undefined {
  const parts = HEADER.exec(header?.trim() ?? "");
  if (!parts) return undefined;
  const [, version, traceId, spanId, flags, rest] = parts;
  const isKnown = version === "00" ? rest === undefined : version !== "ff";
  if (!isKnown || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  return { traceId, spanId, sampled: (parseInt(flags, 16) & 1) === 1 };
}

/**
 * The header `traceparent` of a place in a trace.
 *
 * @param context The place.
 * @returns E.g. `00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readTraceparent, traceparentOf } from "lib/core/mod.ts";
 *
 * const header = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
 * assert.equal(traceparentOf(readTraceparent(header)!), header);
 * ```
 */
export function traceparentOf({ traceId, spanId, sampled }: TraceContext): string {
  return `00-${traceId}-${spanId}-${sampled ? "01" : "00"}`;
}

/**
 * Makes a place in a trace: below a parent, which decides whether it is recorded, or at the top.
 *
 * @param options `random` makes the ids; `parent` is the place above; at the top, `ratio` is the share
 * of traces that are recorded, from 0 to 1 (default 1), by the trace's id, so that programs that state
 * the same ratio decide alike.
 * @returns The new place.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { newTraceContext } from "lib/core/mod.ts";
 *
 * const random = (bytes: Uint8Array) => bytes.fill(1);
 * const top = newTraceContext({ random, ratio: 0 });
 * const below = newTraceContext({ random, parent: { ...top, sampled: true } });
 * assert.deepEqual([top.sampled, below.sampled, below.traceId], [false, true, top.traceId]);
 * ```
 */
export function newTraceContext(
  { random, parent, ratio = 1 }: {
    readonly random: FillRandom;
    readonly parent?: TraceContext;
    readonly ratio?: number;
  },
): TraceContext {
  const bytes = new Uint8Array(parent ? 8 : 24);
  random(bytes);
  if (parent) return { traceId: parent.traceId, spanId: hex(bytes), sampled: parent.sampled };
  const traceId = hex(bytes.subarray(8));
  return { traceId, spanId: hex(bytes.subarray(0, 8)), sampled: isInShare(traceId, ratio) };
}

/** The last seven bytes are random in every kind of trace id. */
function isInShare(traceId: string, ratio: number): boolean {
  return parseInt(traceId.slice(-14, -1), 16) < ratio * 16 ** 13;
}

const DIGITS = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));

/** Never all 0, which would be no id. */
function hex(bytes: Uint8Array): string {
  let text = "", any = 0;
  for (const byte of bytes) {
    text += DIGITS[byte];
    any |= byte;
  }
  return any === 0 ? `${text.slice(0, -1)}1` : text;
}
