/** What callers keep: a line for each request, and a line for each label that arrives later. */

import type { RefusedInput } from "lib/monitoring/mod.ts";

/** One request as its caller saw it; a line of `callers/ENDPOINT/HOUR/….jsonl`. */
export interface CallerRecord {
  /** The window of (simulated) time: its name, begin, and end (excluded), ISO 8601. */
  readonly window: { readonly name: string; readonly from: string; readonly to: string };
  /** The request's id, sent as `x-request-id` and `x-ms-client-request-id`. */
  readonly requestId: string;
  /** When it was sent, in the time of the window, ISO 8601. */
  readonly sentAt: string;
  /** Who answered, as the endpoint says; null where it says nothing. */
  readonly deployment: string | null;
  /** HTTP status; 0 where there was no answer. */
  readonly status: number;
  /** The container's own status, where it answered with another than 200. */
  readonly modelStatus?: number;
  /** From sending to the whole answer, in milliseconds. */
  readonly ms: number;
  /** The rows' correlation ids, in order. */
  readonly correlationIds: readonly string[];
  /** Broken rules by input, where the container named them. */
  readonly refused: readonly RefusedInput[];
  /** Why there is no answer, where the request itself failed. */
  readonly error?: string;
}

/** One label; a line of `labels/ENDPOINT/HOUR/….jsonl`. */
export interface LabelRecord {
  /** The row's. */
  readonly correlationId: string;
  /** Name of the true class. */
  readonly label: string;
  /** When it became known, ISO 8601. */
  readonly arrivedAt: string;
}

/** Folder of the callers' records of an endpoint. */
export function callersFolder(endpoint: string): string {
  return `callers/${endpoint}/`;
}

/** Folder of the labels of an endpoint. */
export function labelsFolder(endpoint: string): string {
  return `labels/${endpoint}/`;
}

/** The hour of an instant as a folder's name: `2026-03-04T05:06:07.000Z` → `20260304T05`. */
export function hourOf(time: string): string {
  return fileTime(time).slice(0, 11);
}

/** An instant as a file's name: `2026-03-04T05:06:07.000Z` → `20260304T050607000Z`. */
export function fileTime(time: string): string {
  return time.replace(/[-:.]/g, "");
}

/**
 * Reads a caller's record.
 *
 * @param value What `JSON.parse` gave.
 * @returns The record; undefined if it is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asCallerRecord } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(asCallerRecord({ requestId: "r1" }), undefined);
 * ```
 */
export function asCallerRecord(value: unknown): CallerRecord | undefined {
  const record = value as CallerRecord;
  const isOne = isObject(value) && isObject(record.window) && isText(record.window.name) &&
    [record.window.from, record.window.to, record.sentAt].every(isTime) &&
    isText(record.requestId) && (record.deployment === null || isText(record.deployment)) &&
    Number.isInteger(record.status) && Number.isFinite(record.ms) &&
    Array.isArray(record.correlationIds) && record.correlationIds.every(isText) &&
    Array.isArray(record.refused) &&
    record.refused.every((found) => isObject(found) && isText(found.rule) && found.rows > 0);
  return isOne ? record : undefined;
}

/**
 * Reads a label.
 *
 * @param value What `JSON.parse` gave.
 * @param classes The classes that there are.
 * @returns The record; undefined if it is none, or of no such class.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { asLabelRecord } from "lib/lifecycle/mod.ts";
 *
 * const label = { correlationId: "c1", label: "b", arrivedAt: "2026-01-01T00:00:00Z" };
 * assert.equal(asLabelRecord(label, ["a", "b"]), label);
 * assert.equal(asLabelRecord({ ...label, label: "z" }, ["a", "b"]), undefined);
 * ```
 */
export function asLabelRecord(value: unknown, classes: readonly string[]): LabelRecord | undefined {
  const record = value as LabelRecord;
  const isOne = isObject(value) && isText(record.correlationId) && isTime(record.arrivedAt) &&
    classes.includes(record.label);
  return isOne ? record : undefined;
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

function isTime(value: unknown): boolean {
  return typeof value === "string" && /^\d{4}-\d\d-\d\dT/.test(value) &&
    !Number.isNaN(Date.parse(value));
}
