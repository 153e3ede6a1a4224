/**
 * What is told to the telemetry: spans, which take time, and events, which do not. Plain records; the
 * shapes that OpenTelemetry's exporters take are made of them here, without its packages.
 */

import type { TraceContext } from "./trace_context.ts";

/** Values that an attribute may have. Never a feature's value, a label or a secret. */
export type Attributes = Readonly<Record<string, string | number | boolean>>;

/** Work that took time. */
export interface SpanRecord {
  /** Tells it from an event. */
  readonly kind: "span";
  /** E.g. `POST /score`. */
  readonly name: string;
  /** `server` answered somebody, `client` asked somebody, `internal` did neither. */
  readonly role: "server" | "client" | "internal";
  /** Its own place in the trace. */
  readonly context: TraceContext;
  /** The span that it was done for; undefined at the top. */
  readonly parentSpanId?: string;
  /** When it began, in milliseconds since 1970. */
  readonly startMs: number;
  /** How long it took, in milliseconds. */
  readonly durationMs: number;
  /** Whether it came to nothing. */
  readonly failed: boolean;
  /** What else is known of it. */
  readonly attributes: Attributes;
}

/** Something that happened. */
export interface EventRecord {
  /** Tells it from a span. */
  readonly kind: "event";
  /** E.g. `gate.decision`. */
  readonly name: string;
  /** The span in which it happened. */
  readonly context: TraceContext;
  /** When, in milliseconds since 1970. */
  readonly timeMs: number;
  /** What else is known of it. */
  readonly attributes: Attributes;
}

/** One record. */
export type TelemetryRecord = SpanRecord | EventRecord;

/** Seconds and nanoseconds, as OpenTelemetry has time. */
export type HrTime = [seconds: number, nanoseconds: number];

/** OpenTelemetry's `ReadableSpan`, as far as its readers here name it; the rest of it is there, too. */
export interface OtelSpan extends Readonly<Record<string, unknown>> {
  /** Its place in the trace. */
  spanContext(): { readonly traceId: string; readonly spanId: string; readonly traceFlags: number };
  /** When it began. */
  readonly startTime: HrTime;
  /** How long it took. */
  readonly duration: HrTime;
  /** Whether it came to something. */
  readonly status: { readonly code: number };
}

/** OpenTelemetry's `ReadableLogRecord`, as far as its readers here name it. */
export interface OtelLog extends Readonly<Record<string, unknown>> {
  /** What else is known of it, the name of the custom event included. */
  readonly attributes: Attributes;
}

/** OpenTelemetry's numbers for {@linkcode SpanRecord.role}. */
const SPAN_KINDS = { internal: 0, server: 1, client: 2 } as const;

/** OpenTelemetry's numbers for a span's status. */
const OK = 1, ERROR = 2;

/**
 * A span as OpenTelemetry's span exporters take it (`ReadableSpan`).
 *
 * @param span The span.
 * @param resource Who tells it: `service.name` and the like.
 * @returns The readable span.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readableSpan } from "lib/core/mod.ts";
 *
 * const context = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true };
 * const { startTime, duration, status, spanContext } = readableSpan({
 *   ...{ kind: "span", name: "POST /score", role: "server", context, failed: false, attributes: {} },
 *   ...{ startMs: 1500, durationMs: 250 },
 * }, {});
 * assert.deepEqual([startTime, duration, status.code], [[1, 500_000_000], [0, 250_000_000], 1]);
 * assert.equal(spanContext().traceId, context.traceId);
 * ```
 */
export function readableSpan(span: SpanRecord, resource: Attributes): OtelSpan {
  const { name, role, context, parentSpanId, startMs, durationMs, failed, attributes } = span;
  const own = { traceId: context.traceId, spanId: context.spanId, traceFlags: 1 };
  return {
    name,
    kind: SPAN_KINDS[role] as number,
    spanContext: () => own,
    ...parentSpanId !== undefined && { parentSpanContext: { ...own, spanId: parentSpanId } },
    startTime: hrTime(startMs),
    endTime: hrTime(startMs + durationMs),
    duration: hrTime(durationMs),
    ended: true,
    status: { code: failed ? ERROR : OK as number },
    attributes: { ...attributes },
    links: [],
    events: [],
    resource: resourceOf(resource),
    instrumentationScope: SCOPE,
    ...{ droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 },
  };
}

/**
 * An event as OpenTelemetry's log exporters take it (`ReadableLogRecord`). The attribute
 * `microsoft.custom_event.name` makes a custom event of it in Application Insights.
 *
 * @param event The event.
 * @param resource Who tells it.
 * @returns The readable record.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readableLog } from "lib/core/mod.ts";
 *
 * const context = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true };
 * const log = readableLog({ kind: "event", name: "gate.decision", context, timeMs: 1, attributes: { passed: true } }, {});
 * assert.deepEqual(log.attributes, { passed: true, "microsoft.custom_event.name": "gate.decision" });
 * ```
 */
export function readableLog(
  { name, context, timeMs, attributes }: EventRecord,
  resource: Attributes,
): OtelLog {
  const { traceId, spanId } = context;
  return {
    hrTime: hrTime(timeMs),
    hrTimeObserved: hrTime(timeMs),
    spanContext: { traceId, spanId, traceFlags: 1 },
    severityNumber: 9, // INFO
    severityText: "INFO",
    body: name,
    eventName: name,
    attributes: { ...attributes, "microsoft.custom_event.name": name },
    resource: resourceOf(resource),
    instrumentationScope: SCOPE,
    droppedAttributesCount: 0,
  };
}

/** Who measures, in OpenTelemetry's words. */
const SCOPE = { name: "mlops" };

function resourceOf(attributes: Attributes) {
  const resource = {
    attributes: { ...attributes },
    merge: () => resource,
    getRawAttributes: () => [],
  };
  return resource;
}

function hrTime(milliseconds: number): HrTime {
  const seconds = Math.floor(milliseconds / 1000);
  return [seconds, Math.round((milliseconds - seconds * 1000) * 1e6)];
}
