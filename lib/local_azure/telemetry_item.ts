/** One item of telemetry, read from Application Insights' envelope. */

import type { Json, JsonRecord } from "lib/core/mod.ts";

/** What an item is, by the `baseType` of its envelope. */
export const KINDS = {
  RequestData: "request",
  RemoteDependencyData: "dependency",
  EventData: "event",
  MessageData: "message",
  ExceptionData: "exception",
  MetricData: "metric",
  AvailabilityData: "availability",
  PageViewData: "page view",
} as const;

/** One of {@linkcode KINDS}. */
export type TelemetryKind = (typeof KINDS)[keyof typeof KINDS];

/** One item, flat. */
export type TelemetryItem = JsonRecord & {
  readonly kind: TelemetryKind;
  /** When it began, in milliseconds since 1970. */
  readonly time: number;
  /** `operation_Id`: 32 hexadecimal digits; empty for what belongs to no trace. */
  readonly traceId: string;
  /** Its own id, for what takes time; empty otherwise. */
  readonly spanId: string;
  /** What it was done for; empty at the top. */
  readonly parentId: string;
  readonly name: string;
  /** Null for what takes no time. */
  readonly durationMs: number | null;
  /** HTTP status or the like; empty where there is none. */
  readonly resultCode: string;
  /** Null where that is no question. */
  readonly success: boolean | null;
  /** Name of the program that it comes from. */
  readonly role: string;
  /** One of so many: 100 divided by the sampling rate. */
  readonly itemCount: number;
  /** What else it says. */
  readonly properties: Readonly<Record<string, string>>;
};

/** An envelope that was read, or why not. */
export type ReadEnvelope =
  | { readonly item: TelemetryItem; readonly key: string }
  | { readonly fault: string };

/** Longest text that is kept of a property, as Azure has it. */
const LONGEST = 8192;

/**
 * Reads an envelope.
 *
 * @param value What a client sent.
 * @returns The item and its instrumentation key, or what is wrong.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readEnvelope } from "lib/local_azure/telemetry_item.ts";
 *
 * const read = readEnvelope({
 *   ...{ time: "2026-01-01T00:00:00Z", iKey: "k", tags: { "ai.operation.id": "t" } },
 *   data: { baseType: "EventData", baseData: { name: "gate" } },
 * });
 * assert.ok("item" in read);
 * assert.deepEqual([read.item.kind, read.item.name, read.item.traceId, read.key], ["event", "gate", "t", "k"]);
 * assert.deepEqual(readEnvelope(3), { fault: "must be an object" });
 * ```
 */
export function readEnvelope(value: Json | undefined): ReadEnvelope {
  if (!isRecord(value)) return { fault: "must be an object" };
  const { iKey, time, data, tags, sampleRate } = value;
  if (typeof iKey !== "string") return { fault: "Field 'iKey' is required" };
  const at = typeof time === "string" ? Date.parse(time) : NaN;
  if (Number.isNaN(at)) return { fault: "Field 'time' must be an instant in ISO 8601" };
  const { baseType, baseData } = isRecord(data) ? data : {};
  if (typeof baseType !== "string" || !Object.hasOwn(KINDS, baseType) || !isRecord(baseData)) {
    return { fault: "Field 'data' must have a known 'baseType' and a 'baseData'" };
  }
  const tag = (name: string) => text(isRecord(tags) ? tags[`ai.${name}`] : undefined);
  const { id, name, duration, responseCode, resultCode, success, properties } = baseData;
  const durationMs = typeof duration === "string" ? readTimeSpan(duration) : null;
  if (durationMs !== null && Number.isNaN(durationMs)) {
    return { fault: "Field 'duration' must be D.HH:MM:SS.FFFFFFF" };
  }
  const rate = typeof sampleRate === "number" && sampleRate > 0 ? sampleRate : 100;
  return {
    key: iKey,
    item: {
      kind: KINDS[baseType as keyof typeof KINDS],
      time: at,
      traceId: tag("operation.id"),
      spanId: text(id),
      parentId: tag("operation.parentId"),
      name: text(name) || text(baseData.message) || tag("operation.name") || metricName(baseData),
      durationMs,
      resultCode: text(responseCode ?? resultCode),
      success: typeof success === "boolean" ? success : null,
      role: tag("cloud.role"),
      itemCount: 100 / rate,
      properties: Object.fromEntries(
        Object.entries(isRecord(properties) ? properties : {}).map(([key, one]) => [
          key.slice(0, 150),
          text(one),
        ]),
      ),
    },
  };
}

/** .NET's `D.HH:MM:SS.FFFFFFF` in milliseconds; NaN for anything else. */
function readTimeSpan(span: string): number {
  const parts = /^(?:(\d+)\.)?(\d+):(\d+):(\d+(?:\.\d+)?)$/.exec(span);
  if (!parts) return NaN;
  const [days = 0, hours, minutes, seconds] = parts.slice(1).map((part) => Number(part ?? 0));
  return Math.round((((days * 24 + hours) * 60 + minutes) * 60 + seconds) * 1e6) / 1e3;
}

function metricName({ metrics }: JsonRecord): string {
  const [first] = Array.isArray(metrics) ? metrics : [];
  return isRecord(first) ? text(first.name) : "";
}

function text(value: Json | undefined): string {
  if (value === undefined || value === null) return "";
  return (typeof value === "string" ? value : JSON.stringify(value)).slice(0, LONGEST);
}

function isRecord(value: Json | undefined): value is JsonRecord {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
