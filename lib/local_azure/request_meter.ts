/** Counts requests of deployments and keeps how long the latest took. */

import type { JsonRecord } from "lib/core/mod.ts";
import type { ObserveAnswer } from "./endpoint_metrics.ts";

/** Latencies that are kept of each deployment. */
const KEPT = 1024;

/** Requests of one deployment. */
export interface RequestMeter {
  /** A request is under way. */
  begin(): void;
  /**
   * A request is over.
   *
   * @param status What the client was answered.
   * @param modelStatus What the container answered, if it did.
   * @param latencyMs How long it took.
   */
  end(status: number, modelStatus: number | undefined, latencyMs: number): void;
  /** A request was turned away before it began. */
  refuse(status: number): void;
  /** Requests under way. */
  readonly underWay: number;
  /** All of it as a record. */
  snapshot(): RequestCounts;
}

/** What a meter has counted. */
export type RequestCounts = JsonRecord & {
  /** Requests that were answered or turned away. */
  readonly requests: number;
  /** Requests under way. */
  readonly underWay: number;
  /** How many were answered with each status code. */
  readonly statusCodes: Readonly<Record<string, number>>;
  /** How many the container answered with each status code. */
  readonly modelStatusCodes: Readonly<Record<string, number>>;
  /** Of the last 1024 that were answered, in milliseconds; null where there is none. */
  readonly latencyMs: {
    readonly p50: number | null;
    readonly p90: number | null;
    readonly p95: number | null;
    readonly p99: number | null;
  };
};

/**
 * A meter at its beginning.
 *
 * @param observe Told of each answer as well, e.g. the metrics by the minute. Default nobody.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createRequestMeter } from "lib/local_azure/request_meter.ts";
 *
 * const meter = createRequestMeter();
 * for (const ms of [1, 2, 3, 4]) {
 *   meter.begin();
 *   meter.end(200, 200, ms);
 * }
 * meter.refuse(429);
 * const { requests, statusCodes, latencyMs } = meter.snapshot();
 * assert.deepEqual([requests, statusCodes, latencyMs.p50], [5, { 200: 4, 429: 1 }, 2]);
 * ```
 */
export function createRequestMeter(observe: ObserveAnswer = () => {}): RequestMeter {
  const statuses = new Map<number, number>(), modelStatuses = new Map<number, number>();
  const latencies = new Float64Array(KEPT);
  let underWay = 0, answered = 0, requests = 0;

  const count = (counts: Map<number, number>, status: number) =>
    counts.set(status, (counts.get(status) ?? 0) + 1);

  return {
    begin() {
      underWay++;
    },
    end(status, modelStatus, latencyMs) {
      underWay--;
      requests++;
      latencies[answered++ % KEPT] = latencyMs;
      count(statuses, status);
      if (modelStatus !== undefined) count(modelStatuses, modelStatus);
      observe(status, modelStatus, latencyMs);
    },
    refuse(status) {
      requests++;
      count(statuses, status);
      observe(status, undefined, undefined);
    },
    get underWay() {
      return underWay;
    },
    snapshot() {
      const sorted = latencies.slice(0, Math.min(answered, KEPT)).sort();
      const at = (share: number) => {
        const value = sorted[Math.ceil(share * sorted.length) - 1];
        return value === undefined ? null : Math.round(value * 1000) / 1000;
      };
      return {
        requests,
        underWay,
        statusCodes: Object.fromEntries(statuses),
        modelStatusCodes: Object.fromEntries(modelStatuses),
        latencyMs: { p50: at(0.5), p90: at(0.9), p95: at(0.95), p99: at(0.99) },
      };
    },
  };
}
