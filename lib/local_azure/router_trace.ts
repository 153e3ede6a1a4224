/**
 * The router's part of a trace. A caller's `traceparent` goes to the container as it came; a request
 * that brings none gets one, so that router and container tell of it under one id.
 *
 * What Azure's front door does with the header is not known from a contract; that it lets a caller's pass
 * is all that is leant on.
 */

import {
  newTraceContext,
  readTraceparent,
  type TraceContext,
  traceparentOf,
} from "lib/core/mod.ts";
import type { TelemetryItem } from "./telemetry_item.ts";
import type { TelemetryStore } from "./telemetry_store.ts";

/** A request on its way. */
export interface RoutedTrace {
  /** What the container gets, where the caller brought nothing. */
  readonly added?: string;
  /** The router's own place in the trace, where it is recorded. */
  readonly own?: TraceContext;
  /** The caller's span; empty where the trace begins here. */
  readonly parentId: string;
}

/** What is known of a request once it is answered. */
export interface RoutedAnswer {
  readonly method: string;
  readonly pathname: string;
  readonly status: number;
  readonly durationMs: number;
  readonly endpoint: string;
  readonly deployment: string;
  /** The request's id. */
  readonly requestId: string;
}

/** Tells of requests that go through the router. */
export interface RouterTrace {
  /** Reads the header `traceparent`, or begins a trace. `at` is the time on `performance.now()`. */
  begin(header: string | null, at: number): RoutedTrace;
  /** Takes down a request that is recorded. Costs no more than a place in a list. */
  end(trace: RoutedTrace, answer: RoutedAnswer): void;
}

/** Options of {@linkcode createRouterTrace}. */
export interface RouterTraceOptions {
  /**
   * Traces a second that begin here and are recorded; all further ones say that they are not. Callers
   * that bring one decide for themselves. Default 5, as Azure Monitor's own distribution has it.
   */
  readonly tracesPerSecond?: number;
  /** Starts something later. Default: a timer that keeps no process alive. */
  readonly after?: (milliseconds: number, run: () => void) => void;
}

/** Items that wait for being written; of more, the latest are let go. */
const MOST_WAITING = 1000;

/** Longest wait, in milliseconds. */
const WAIT_MS = 200;

/** What is left to do for a trace that nobody records: nothing. */
const UNRECORDED: RoutedTrace = { parentId: "" };

/**
 * The router's part of traces.
 *
 * @param ring Where items go, some of them at a time: the disk is not waited for by a request.
 * @param options See {@linkcode RouterTraceOptions}.
 * @returns See {@linkcode RouterTrace}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRouterTrace } from "lib/local_azure/router_trace.ts";
 *
 * const trace = createRouterTrace({ add() {} }, { tracesPerSecond: 1 });
 * const given = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
 * assert.deepEqual([trace.begin(given, 0).added, trace.begin(given, 0).parentId], [undefined, "b7ad6b7169203331"]);
 * assert.match(trace.begin(null, 0).added!, /-01$/);
 * assert.match(trace.begin(null, 1).added!, /-00$/);
 * assert.match(trace.begin(null, 1000).added!, /-01$/);
 * ```
 */
export function createRouterTrace(
  ring: Pick<TelemetryStore, "add">,
  { tracesPerSecond = 5, after = later }: RouterTraceOptions = {},
): RouterTrace {
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const unrecorded = unrecordedTraces();
  let waiting: TelemetryItem[] = [], second = -1, begun = 0;

  function mayBegin(at: number): boolean {
    const now = Math.floor(at / 1000);
    if (now !== second) second = now, begun = 0;
    return begun++ < tracesPerSecond;
  }

  function write(): void {
    const items = waiting;
    waiting = [];
    try {
      ring.add(items);
    } catch {
      // the store is closed: whoever closes Local Azure does not wait for telemetry
    }
  }

  return {
    begin(header, at) {
      if (header !== null) { // as it came, even where it breaks the rules
        if (isUnsampled(header)) return UNRECORDED; // most of them: not worth being taken apart
        const parent = readTraceparent(header);
        const own = parent?.sampled ? newTraceContext({ random, parent }) : undefined;
        return { parentId: parent?.spanId ?? "", ...own && { own } };
      }
      if (!mayBegin(at)) return { parentId: "", added: unrecorded() };
      const own = newTraceContext({ random });
      return { parentId: "", added: traceparentOf(own), own };
    },
    end({ own, parentId }, answer) {
      if (!own || waiting.length >= MOST_WAITING) return;
      const { method, pathname, status, durationMs, endpoint, deployment, requestId } = answer;
      if (waiting.length === 0) after(WAIT_MS, write);
      waiting.push({
        ...{ kind: "request", time: Date.now() - durationMs },
        ...{ traceId: own.traceId, spanId: own.spanId, parentId },
        name: `${method} ${pathname}`,
        durationMs: Math.round(durationMs * 1000) / 1000,
        ...{ resultCode: String(status), success: status < 400, role: "router", itemCount: 1 },
        properties: { endpoint, deployment, "request.id": requestId },
      });
    },
  };
}

function later(milliseconds: number, run: () => void): void {
  Deno.unrefTimer(setTimeout(run, milliseconds));
}

/** Whether a header says that its trace is not recorded. */
function isUnsampled(header: string): boolean {
  return header.length === 55 && (header.charCodeAt(54) & 1) === 0 && header.charCodeAt(54) < 58;
}

/** Headers of traces that are not recorded. Their ids need be nothing but different: they are counted. */
function unrecordedTraces(): () => string {
  const { spanId: prefix } = newTraceContext({
    random: (bytes) => crypto.getRandomValues(bytes),
  });
  let count = 0;
  return () => {
    const number = (++count).toString(16).padStart(16, "0");
    return `00-${prefix}${number}-${number}-00`;
  };
}
