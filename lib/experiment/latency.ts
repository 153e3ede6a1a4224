/** Latencies as counts, so that a promise about the 95th percentile can be tested at every look. */

import { BadInput, quantile } from "lib/core/mod.ts";

/** What was measured of two deployments. */
export interface LatencyInput {
  /** Milliseconds of requests that blue answered; empty where it answers none. */
  readonly blueMs: readonly number[];
  /** Milliseconds of requests that green answered. */
  readonly greenMs: readonly number[];
}

/** Limits for latencies. */
export interface LatencyLimits {
  /** 95 % of the requests have to be answered within so many milliseconds. */
  readonly p95Ms: number;
  /** And within blue's 95th percentile times this. */
  readonly factor: number;
  /** Faster than this nobody notices whose answer it is: then blue is no measure. Default 0 ms. */
  readonly noticeableMs?: number;
}

/** Latencies as counts. */
export interface LatencyEvidence {
  /** Requests that green answered. */
  readonly rows: number;
  /** Green's 95th percentile; null without requests. */
  readonly greenP95Ms: number | null;
  /** Blue's; null without requests. */
  readonly blueP95Ms: number | null;
  /** Green's requests over the objective. */
  readonly overObjective: number;
  /** Green's requests over blue's 95th percentile times the factor, and noticeably so; null without blue. */
  readonly overBlue: number | null;
}

/**
 * Counts slow requests. That the 95th percentile is within a limit is the same as that at most 5 % of
 * the requests are over it, and shares can be tested at every look. Blue's percentile is taken as it
 * was measured; the factor leaves room for its error.
 *
 * @param measured See {@linkcode LatencyInput}.
 * @param limits See {@linkcode LatencyLimits}.
 * @returns The counts.
 * @throws {BadInput} If a limit or a latency is not a number above 0.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countLatency } from "lib/experiment/mod.ts";
 *
 * const { overObjective, overBlue } = countLatency({ blueMs: [10, 10], greenMs: [12, 40] }, { p95Ms: 30, factor: 2 });
 * assert.deepEqual([overObjective, overBlue], [1, 1]);
 * ```
 */
export function countLatency(
  { blueMs, greenMs }: LatencyInput,
  { p95Ms, factor, noticeableMs = 0 }: LatencyLimits,
): LatencyEvidence {
  for (const [field, value] of Object.entries({ p95Ms, factor })) {
    if (!(value > 0)) throw new BadInput({ field, rule: "must be above 0", value });
  }
  if (!(noticeableMs >= 0)) {
    throw new BadInput({ field: "noticeableMs", rule: "must be 0 or more", value: noticeableMs });
  }
  for (const [field, values] of Object.entries({ blueMs, greenMs })) {
    const value = values.find((ms) => !(ms >= 0 && Number.isFinite(ms)));
    if (value === undefined) continue;
    throw new BadInput({ field, rule: "must be numbers from 0 on", value });
  }
  const p95 = (values: readonly number[]) => values.length > 0 ? quantile(values, 0.95) : null;
  const over = (limit: number) => greenMs.filter((ms) => ms > limit).length;
  const blueP95Ms = p95(blueMs);
  return {
    rows: greenMs.length,
    greenP95Ms: p95(greenMs),
    blueP95Ms,
    overObjective: over(p95Ms),
    overBlue: blueP95Ms === null ? null : over(Math.max(noticeableMs, blueP95Ms * factor)),
  };
}
