/**
 * What tasks tell: gate decisions, rollout steps, alerts, deployments, rollbacks, as custom events and
 * spans in one trace a process, in the workspace's Application Insights.
 *
 * Everything here is beside the point of a task: nothing throws, nothing is waited for longer than two
 * seconds, and what cannot be told is one line in the log.
 */

import { AsyncLocalStorage } from "node:async_hooks";
import {
  type Attributes,
  createLogger,
  createTelemetryQueue,
  type ExportTelemetry,
  type Logger,
  newTraceContext,
  readTraceparent,
  type TelemetryCounts,
  type TraceContext,
  traceparentOf,
} from "lib/core/mod.ts";

/** Tells. */
export interface Telemetry {
  /** Something has happened. */
  event(name: string, attributes?: Attributes): void;
  /**
   * Runs work as a span: what is told inside belongs to it.
   *
   * @returns What the work gives; it throws what the work throws.
   */
  span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T>;
  /**
   * A fetch that sends the trace along and tells of calls as dependencies, the first 20 of each span: of
   * hundreds, the rest would say the same. No headers, no bodies.
   */
  traced(call: typeof fetch): typeof fetch;
  /** Sends what waits, for two seconds at the most. Never rejects. */
  flush(): Promise<void>;
  /** The trace's id. */
  readonly traceId: string;
  /** What was told so far. */
  readonly counts: TelemetryCounts;
}

/** Options of {@linkcode createTelemetry}. */
export interface TelemetryOptions {
  /** Opens the way out; undefined if there is none, and then nothing is told. Asked for with the first word. */
  readonly open: () => Promise<ExportTelemetry | undefined>;
  /** The caller's place in a trace, e.g. of a workflow: the variable `TRACEPARENT`. Default none. */
  readonly traceparent?: string;
  /** Default: lines on standard error. */
  readonly log?: Logger;
  /** Longest time that something waits for more, in milliseconds. Default 200. */
  readonly everyMs?: number;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: () => number;
}

/** Longest wait at the end, in milliseconds. */
const LAST_WORDS_MS = 2000;

/** Calls of one span that are told. */
const MOST_CALLS = 20;

/** All that was opened in this process. */
const opened = new Set<Telemetry>();

/**
 * Telemetry of a process. It costs nothing until something is told.
 *
 * @param options See {@linkcode TelemetryOptions}.
 * @returns See {@linkcode Telemetry}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import type { TelemetryRecord } from "lib/core/mod.ts";
 * import { createTelemetry } from "lib/lifecycle/mod.ts";
 *
 * const told: TelemetryRecord[] = [];
 * const telemetry = createTelemetry({ open: async () => async (batch) => void told.push(...batch) });
 * await telemetry.span("deploy", { endpoint: "iris" }, async () => telemetry.event("deployed"));
 * await telemetry.flush();
 * assert.deepEqual(told.map(({ name }) => name), ["deployed", "deploy"]);
 * assert.ok(told.every(({ context }) => context.traceId === telemetry.traceId));
 * ```
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { open, traceparent, everyMs = 200, now = Date.now } = options;
  const log = options.log ?? createLogger(), random = crypto.getRandomValues.bind(crypto);
  const above = readTraceparent(traceparent);
  const top = newTraceContext({ random, ...above && { parent: above } });
  const inside = new AsyncLocalStorage<TraceContext>();
  const calls = new Map<string, number>(); // by the span that they were made in
  let isSilent = false;
  const queue = createTelemetryQueue({
    async open() {
      const send = await open();
      isSilent = send === undefined;
      return send ?? (() => Promise.resolve());
    },
    after(milliseconds, run) {
      const timer = setTimeout(run, milliseconds);
      Deno.unrefTimer(timer);
      return () => clearTimeout(timer);
    },
    ...{ everyMs, log },
  });

  /** Where something happens: in the span that is under way, else right below whoever called. */
  const place = (): TraceContext => inside.getStore() ?? top;

  function event(name: string, attributes: Attributes = {}): void {
    if (isSilent) return;
    queue.add({ kind: "event", name, context: place(), timeMs: now(), attributes });
  }

  async function span<T>(name: string, attributes: Attributes, work: () => Promise<T>): Promise<T> {
    return await record({ name, role: "internal", attributes }, work, () => ({}));
  }

  async function record<T>(
    { name, role, attributes }: {
      readonly name: string;
      readonly role: "internal" | "client";
      readonly attributes: Attributes;
    },
    work: (context: TraceContext) => Promise<T>,
    more: (result: T) => { readonly failed?: boolean; readonly attributes?: Attributes },
  ): Promise<T> {
    const parent = inside.getStore(), context = newTraceContext({ random, parent: parent ?? top });
    const parentSpanId = parent?.spanId ?? above?.spanId,
      startMs = now(),
      since = performance.now();
    let end: ReturnType<typeof more> = { failed: true };
    try {
      const result = await inside.run(context, () => work(context));
      end = more(result);
      return result;
    } finally {
      calls.delete(context.spanId);
      if (!isSilent) {
        queue.add({
          ...{ kind: "span", name, role, context, startMs },
          ...parentSpanId !== undefined && { parentSpanId },
          durationMs: performance.now() - since,
          failed: end.failed ?? false,
          attributes: { ...attributes, ...end.attributes },
        });
      }
    }
  }

  const telemetry: Telemetry = {
    event,
    span,
    traced: (call) => async (input, init) => {
      const request = new Request(input, init), url = new URL(request.url);
      const attributes = {
        "http.request.method": request.method,
        "url.full": `${url.origin}${url.pathname}`, // a query may hold a signature
        "server.address": url.host,
      };
      const name = `${request.method} ${url.pathname}`;
      const parent = inside.getStore() ?? top, count = (calls.get(parent.spanId) ?? 0) + 1;
      calls.set(parent.spanId, count);
      if (count > MOST_CALLS) {
        request.headers.set("traceparent", traceparentOf({ ...parent, sampled: false }));
        return await call(request);
      }
      return await record({ name, role: "client", attributes }, async (context) => {
        request.headers.set("traceparent", traceparentOf(context));
        return await call(request);
      }, ({ status }) => ({
        failed: status >= 400,
        attributes: { "http.response.status_code": status },
      }));
    },
    async flush() {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const late = new Promise<void>((done) => timer = setTimeout(done, LAST_WORDS_MS));
      await Promise.race([queue.flush(), late]);
      clearTimeout(timer);
    },
    traceId: top.traceId,
    get counts() {
      return queue.counts;
    },
  };
  opened.add(telemetry);
  return telemetry;
}

/** Something that may tell, e.g. an open workspace, or a store in a test, which does not. */
export interface MayTell {
  /** Undefined where nothing is told. */
  readonly telemetry?: Telemetry;
}

/**
 * Tells an event where that is possible.
 *
 * @param place E.g. a workspace.
 * @param name E.g. `gate.decision`.
 * @param attributes What is known of it: names, versions, numbers. No rows, no secrets.
 *
 * @example
 * ```ts
 * import { tell } from "lib/lifecycle/mod.ts";
 *
 * tell({}, "gate.decision", { passed: true }); // nobody listens, and nothing happens
 * ```
 */
export function tell(place: object, name: string, attributes: Attributes): void {
  (place as MayTell).telemetry?.event(name, attributes);
}

/**
 * Tells an event that must not be lost, where that is possible, and waits until it was told, for two
 * seconds at the most: a kernel may be ended right after.
 *
 * @param place E.g. a workspace.
 * @param name E.g. `gate.decision`.
 * @param attributes See {@linkcode tell}.
 *
 * @example
 * ```ts
 * import { told } from "lib/lifecycle/mod.ts";
 *
 * await told({}, "gate.decision", { passed: true }); // nobody listens, and nothing happens
 * ```
 */
export async function told(place: object, name: string, attributes: Attributes): Promise<void> {
  tell(place, name, attributes);
  await (place as MayTell).telemetry?.flush();
}

/**
 * Runs work as a span where that is possible, else just runs it.
 *
 * @param place E.g. a workspace.
 * @param span Its name, what is known of it, and the work.
 * @returns What the work gives.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asSpan } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(await asSpan({}, { name: "deploy", attributes: {}, work: async () => 3 }), 3);
 * ```
 */
export async function asSpan<T>(
  place: object,
  { name, attributes, work }: {
    readonly name: string;
    readonly attributes: Attributes;
    readonly work: () => Promise<T>;
  },
): Promise<T> {
  const { telemetry } = place as MayTell;
  return telemetry ? await telemetry.span(name, attributes, work) : await work();
}

/**
 * Sends what waits, of everything that was opened in this process, for two seconds at the most. For
 * whoever ends the process. Never rejects.
 *
 * @example
 * ```ts
 * import { flushTelemetry } from "lib/lifecycle/mod.ts";
 *
 * await flushTelemetry();
 * ```
 */
export async function flushTelemetry(): Promise<void> {
  await Promise.all([...opened].map((telemetry) => telemetry.flush()));
}
