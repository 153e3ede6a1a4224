/** What the service tells of its requests: a span each, and one for each block in which their rows went to Blob. */

import {
  type Attributes,
  type FillRandom,
  newTraceContext,
  readTraceparent,
  type TelemetryQueue,
  type TraceContext,
} from "lib/core/mod.ts";
import type { AppendSink } from "./append_sink.ts";

/** A request that is told of. */
export interface TracedRequest {
  /** Its place in the trace. */
  readonly context: TraceContext;
  /** The caller's span; undefined where the trace begins here. */
  readonly parentSpanId?: string;
  /** When it came, in milliseconds since 1970. */
  readonly startMs: number;
}

/** What is known of a request at its end. Ids and counts: no values, no labels, no headers. */
export interface EndedRequest {
  /** E.g. `POST`. */
  readonly method: string;
  /** E.g. `/score`. */
  readonly path: string;
  /** What was answered. */
  readonly status: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** The request's id. */
  readonly requestId: string;
  /** Rows that it asked about; 0 where its body could not be read. */
  readonly rows: number;
}

/** Tells of requests. */
export interface RequestTrace {
  /**
   * A request has come.
   *
   * @param traceparent The header of that name.
   * @returns What to hand back at its end; undefined if it is not to be told of.
   */
  begin(traceparent: string | null): TracedRequest | undefined;
  /** It was answered. */
  end(request: TracedRequest, ended: EndedRequest): void;
  /** A sink that tells of the blocks that carry rows of requests that were told of. */
  watched(sink: AppendSink): AppendSink;
}

/** Options of {@linkcode createRequestTrace}. */
export interface RequestTraceOptions {
  /** Takes the spans. */
  readonly queue: Pick<TelemetryQueue, "add">;
  /** Share of the traces that begin here and are told, from 0 to 1; whoever brings one decides for us. */
  readonly ratio: number;
  /** Added to each request, e.g. the deployment. */
  readonly attributes?: Attributes;
  /** Host of the storage account. */
  readonly blobHost?: string;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: () => number;
  /** Makes ids. Default: the machine's. */
  readonly random?: FillRandom;
}

/** Requests whose rows are waited for: of more, the oldest is forgotten. */
const MOST_AWAITED = 64;

/** Collections of the data collector, each with a block of its own. */
const COLLECTIONS = 2;

/**
 * Tells of requests.
 *
 * @param options See {@linkcode RequestTraceOptions}.
 * @returns See {@linkcode RequestTrace}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { TelemetryRecord } from "lib/core/mod.ts";
 * import { createRequestTrace } from "lib/serving/mod.ts";
 *
 * const told: TelemetryRecord[] = [];
 * const trace = createRequestTrace({ queue: { add: (record) => told.push(record) }, ratio: 0 });
 * assert.equal(trace.begin(null), undefined); // nobody asked for it, and none is told by itself
 * const request = trace.begin("00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")!;
 * trace.end(request, { method: "POST", path: "/score", status: 200, durationMs: 3, requestId: "r", rows: 1 });
 * assert.deepEqual([told[0].name, told[0].context.traceId], ["POST /score", "0af7651916cd43dd8448eb211c80319c"]);
 * ```
 */
export function createRequestTrace(options: RequestTraceOptions): RequestTrace {
  const { queue, ratio, attributes = {}, blobHost = "", now = Date.now } = options;
  const { random = (bytes) => crypto.getRandomValues(bytes) } = options;
  const awaited = new Map<string, { context: TraceContext; blocks: number }>();

  /** Requests that wait for their rows to be written, the oldest forgotten where there are many. */
  function expectRows(requestId: string, context: TraceContext): void {
    awaited.set(requestId, { context, blocks: 0 });
    if (awaited.size > MOST_AWAITED) awaited.delete(awaited.keys().next().value!);
  }

  function tell(path: string, block: Uint8Array, { startMs, failed }: Written): void {
    if (awaited.size === 0) return;
    const text = new TextDecoder().decode(block), durationMs = now() - startMs;
    for (const [requestId, one] of awaited) {
      if (!text.includes(JSON.stringify(requestId))) continue;
      queue.add({
        kind: "span",
        name: "append rows",
        role: "client",
        context: newTraceContext({ random, parent: one.context }),
        parentSpanId: one.context.spanId,
        ...{ startMs, durationMs, failed },
        attributes: {
          "http.request.method": "PUT",
          "url.full": `https://${blobHost}/${path}`,
          "server.address": blobHost,
          "peer.service": "azure blob",
          "block.bytes": block.length,
          ...!failed && { "http.response.status_code": 201 },
        },
      });
      if (!failed && ++one.blocks === COLLECTIONS) awaited.delete(requestId);
    }
  }

  return {
    begin(traceparent) {
      const parent = readTraceparent(traceparent);
      if (parent ? !parent.sampled : ratio <= 0) return undefined;
      const context = newTraceContext({ random, parent, ratio });
      if (!context.sampled) return undefined;
      return { context, ...parent && { parentSpanId: parent.spanId }, startMs: now() };
    },
    end(request, { method, path, status, durationMs, requestId, rows }) {
      const isTop = request.parentSpanId === undefined;
      queue.add({
        kind: "span",
        name: `${method} ${path}`,
        role: "server",
        ...request,
        durationMs,
        failed: status >= 400,
        attributes: {
          ...attributes,
          "http.request.method": method,
          "http.route": path,
          "http.response.status_code": status,
          "request.id": requestId,
          rows,
          // so that one that is told stands for all that are not
          ...isTop && ratio < 1 && { "microsoft.sample_rate": ratio * 100 },
        },
      });
      if (rows > 0 && status === 200) expectRows(requestId, request.context);
    },
    watched: ({ append, ...rest }) => ({
      ...rest,
      async append(path, block, signal) {
        const startMs = now();
        try {
          await append(path, block, signal);
          tell(path, block, { startMs, failed: false });
        } catch (error) {
          tell(path, block, { startMs, failed: true });
          throw error;
        }
      },
    }),
  };
}

/** How a block was written. */
interface Written {
  readonly startMs: number;
  readonly failed: boolean;
}
