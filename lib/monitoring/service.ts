/** How the service did in one window, as its callers saw it: latency, errors, stated objectives. */

import { BadInput, type Interval, quantile, wilsonInterval } from "lib/core/mod.ts";
import type { ScoredWindow } from "./window.ts";

/** What the service has promised. */
export interface ServiceObjectives {
  /** 95 % of the answers come within this time, in milliseconds. */
  readonly p95Ms: number;
  /** Share of requests that may fail, from 0 to 1. */
  readonly errorShare: number;
}

/** Times of the requests that were answered, in milliseconds. */
export interface Latency {
  /** Median. */
  readonly p50Ms: number;
  /** 95th percentile. */
  readonly p95Ms: number;
  /** 99th percentile; with fewer than 100 answers it is little but the slowest of them. */
  readonly p99Ms: number;
}

/** Requests that failed: status 400 and above. */
export interface ServiceErrors {
  /** All of them. */
  readonly count: number;
  /** Share of all requests; null without requests. */
  readonly share: number | null;
  /** Its 95 % Wilson interval. */
  readonly interval: Interval | null;
  /** 4xx without 424: the caller's mistake, or too many requests. */
  readonly client: number;
  /** 424: the model's container answered with an error, or not in time. */
  readonly model: number;
  /** 5xx: the service's own. */
  readonly server: number;
}

/** One objective against what was measured. */
export interface ObjectiveResult {
  /** Which one. */
  readonly objective: keyof ServiceObjectives;
  /** What was measured, in the unit of the limit; null where there is nothing. */
  readonly value: number | null;
  /** What was promised. */
  readonly limit: number;
  /**
   * Kept where the value is within the limit; missed where it is beyond, and by more than chance: the
   * whole 95 % Wilson interval of the share (too slow, or failed) is above what is allowed.
   */
  readonly state: "kept" | "missed" | "undecided";
  /** One sentence for people. */
  readonly sentence: string;
}

/** The service in one window. */
export interface ServiceSummary {
  /** Name of the window. */
  readonly window: string;
  /** Requests (r). */
  readonly requests: number;
  /** Times of those that were answered (status below 400); null without any. */
  readonly latency: Latency | null;
  /** Those that failed. */
  readonly errors: ServiceErrors;
  /** Each objective. */
  readonly objectives: readonly ObjectiveResult[];
}

/** Share of answers that the latency objective allows to be slower. */
const SLOW = 0.05;

/**
 * Measures the requests of a window. Times are those of answers: a request that is refused fast would
 * make a failing service look quick.
 *
 * @param window Its name and requests.
 * @param objectives See {@linkcode ServiceObjectives}.
 * @returns The finding; without requests everything is undecided.
 * @throws {BadInput} If an objective has no limit, or a status is none of HTTP.
 * @throws {RangeError} If there are not as many times as statuses.
 * @see Beyer et al. (2016), Site Reliability Engineering, ch. 4 and 6: objectives as shares, and
 * times of answers apart from those of errors. Percentiles by Hyndman and Fan, type 7.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { summariseService } from "lib/monitoring/mod.ts";
 *
 * const { latency, errors, objectives } = summariseService({
 *   name: "window 1",
 *   requests: { status: Uint16Array.of(200, 200, 200, 424), ms: Float64Array.of(10, 20, 30, 900) },
 * }, { p95Ms: 100, errorShare: 0.01 });
 * assert.deepEqual([latency?.p50Ms, errors.model], [20, 1]);
 * assert.deepEqual(objectives.map(({ state }) => state), ["kept", "missed"]);
 * ```
 */
export function summariseService(
  { name, requests: { status, ms } }: Pick<ScoredWindow, "name" | "requests">,
  { p95Ms, errorShare }: ServiceObjectives,
): ServiceSummary {
  if (!(p95Ms > 0 && Number.isFinite(p95Ms))) {
    throw new BadInput({ field: "p95Ms", rule: "must be a number above 0", value: p95Ms });
  }
  if (!(errorShare >= 0 && errorShare <= 1)) {
    throw new BadInput({ field: "errorShare", rule: "must be from 0 to 1", value: errorShare });
  }
  checkRequests(name, status, ms);
  const answered = ms.filter((_, i) => status[i] < 400);
  const latency = answered.length === 0 ? null : {
    p50Ms: quantile(answered, 0.5),
    p95Ms: quantile(answered, 0.95),
    p99Ms: quantile(answered, 0.99),
  };
  const errors = errorsOf(status);
  return {
    window: name,
    requests: status.length,
    latency,
    errors,
    objectives: [latencyObjective(answered, latency, p95Ms), errorObjective(errors, errorShare)],
  };
}

function checkRequests(name: string, status: Uint16Array, ms: Float64Array): void {
  if (status.length !== ms.length) {
    throw new RangeError(
      `Cannot measure ${name} as each request must have a status and a time: ` +
        `${status.length} statuses, ${ms.length} times`,
    );
  }
  const wrong = status.find((code) => code < 100 || code > 599);
  if (wrong !== undefined) {
    throw new BadInput({ field: `${name} status`, rule: "must be from 100 to 599", value: wrong });
  }
  const time = ms.find((time) => !(time >= 0 && Number.isFinite(time)));
  if (time !== undefined) {
    throw new BadInput({ field: `${name} ms`, rule: "must be a number from 0", value: time });
  }
}

function errorsOf(status: Uint16Array): ServiceErrors {
  const count = (isCounted: (code: number) => boolean) => status.filter(isCounted).length;
  const model = count((code) => code === 424), server = count((code) => code >= 500);
  const failed = count((code) => code >= 400), trials = status.length;
  return {
    count: failed,
    share: trials > 0 ? failed / trials : null,
    interval: trials > 0 ? wilsonInterval({ successes: failed, trials }) : null,
    client: failed - model - server,
    model,
    server,
  };
}

function latencyObjective(
  answered: Float64Array,
  latency: Latency | null,
  limit: number,
): ObjectiveResult {
  const objective = "p95Ms";
  if (!latency) {
    const sentence = "No request was answered, so there is no latency.";
    return { objective, value: null, limit, state: "undecided", sentence };
  }
  const value = latency.p95Ms, trials = answered.length;
  const slow = answered.filter((time) => time > limit).length;
  const state = value <= limit
    ? "kept"
    : wilsonInterval({ successes: slow, trials }).low > SLOW
    ? "missed"
    : "undecided";
  const sentence = `95 % of ${trials} answers came within ${Number(value.toPrecision(3))} ms, ` +
    `promised: ${limit} ms${doubt(state)}.`;
  return { objective, value, limit, state, sentence };
}

function errorObjective({ count, share, interval }: ServiceErrors, limit: number): ObjectiveResult {
  const objective = "errorShare";
  if (share === null || interval === null) {
    const sentence = "No request came, so none failed.";
    return { objective, value: null, limit, state: "undecided", sentence };
  }
  const state = share <= limit ? "kept" : interval.low > limit ? "missed" : "undecided";
  const sentence = `${count} requests failed, ${percent(share)}; allowed: ${percent(limit)}${
    doubt(state)
  }.`;
  return { objective, value: share, limit, state, sentence };
}

function doubt(state: ObjectiveResult["state"]): string {
  return state === "undecided" ? "; with so few it may be chance" : "";
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
