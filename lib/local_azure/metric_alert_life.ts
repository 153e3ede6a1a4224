/**
 * How a rule on metrics lives: it is looked at every so often by the clock, fires when all of its
 * conditions hold over the window, and is over when they have not held three times in a row.
 *
 * Nobody keeps a timer: whoever asks has all the looks made up for that were due since the last one, so
 * what is known, and when it happened, is the same whoever asks and how often.
 *
 * Different from Azure: one state a rule, not one for each set of dimensions; a window without a sample
 * counts as one in which the condition does not hold.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import type { MetricMinute } from "./endpoint_metrics.ts";
import { type MetricAlertRule, type MetricCondition, OPERATORS } from "./metric_alert_rule.ts";
import { seriesOf } from "./metric_series.ts";

/** A change of a rule's state. */
export type MetricAlertChange = JsonRecord & {
  /** The look that made it, in milliseconds since 1970. */
  readonly at: number;
  readonly state: "fired" | "resolved";
  /** What was seen, e.g. `RequestLatency_P95 300 > 250`. */
  readonly reason: string;
};

/** Where a rule stands. Plain data. */
export type MetricAlertState = JsonRecord & {
  readonly isFiring: boolean;
  /** The last look, in milliseconds since 1970. */
  readonly lookedAt: number;
  /** Looks in a row that found nothing. */
  readonly clear: number;
  /** The last changes, the first first. */
  readonly changes: readonly MetricAlertChange[];
};

/** Looks without a finding after which an alert is over. */
const CLEAR_LOOKS = 3;

/** Changes that are kept. */
const KEPT = 20;

/** Looks that are made up for: of more, the oldest are left out. */
const MOST_LOOKS = 1440;

/** A rule that nobody has looked at yet. */
export function newMetricAlert(now: number): MetricAlertState {
  return { isFiring: false, lookedAt: now, clear: 0, changes: [] };
}

/**
 * Makes up for the looks that are due.
 *
 * @param state Where the rule stood.
 * @param rule The rule.
 * @param options `now` by the clock; `read` gives the minutes of the resource in a range.
 * @returns Where it stands.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sketchOf } from "lib/core/mod.ts";
 * import { lookAgain, newMetricAlert } from "lib/local_azure/metric_alert_life.ts";
 * import { ENDPOINT_METRICS } from "lib/local_azure/metric_series.ts";
 *
 * const [metric] = ENDPOINT_METRICS, condition = { name: "many", metric, aggregation: "total", threshold: 5 } as const;
 * const rule = {
 *   ...{ frequencyMs: 60_000, windowMs: 60_000, isEnabled: true, autoMitigate: true },
 *   conditions: [{ ...condition, operator: "GreaterThan", filter: new Map() } as const],
 * };
 * const answers = [{ status: 200, modelStatus: 200, count: 9 }], latency = sketchOf([]);
 * const minute = { deployment: "blue", minute: 0, answers, latency, latencySum: 0, latencyCount: 0 };
 * const fired = lookAgain(newMetricAlert(0), rule, { now: 60_000, read: () => [minute] });
 * assert.deepEqual([fired.isFiring, fired.changes[0].reason], [true, "many: RequestsPerMinute total 9 > 5"]);
 * const over = lookAgain(fired, rule, { now: 240_000, read: () => [minute] });
 * assert.deepEqual([over.isFiring, over.changes[1].at], [false, 240_000]);
 * ```
 */
export function lookAgain(
  state: MetricAlertState,
  rule: MetricAlertRule,
  { now, read }: { readonly now: number; read(from: number, to: number): readonly MetricMinute[] },
): MetricAlertState {
  const { frequencyMs, windowMs } = rule, last = now - now % frequencyMs;
  const first = Math.max(
    state.lookedAt - state.lookedAt % frequencyMs + frequencyMs,
    last - (MOST_LOOKS - 1) * frequencyMs,
  );
  if (!rule.isEnabled || first > last) return state;
  const minutes = read(first - windowMs, last);
  let next = state;
  for (let at = first; at <= last; at += frequencyMs) {
    const window = minutes.filter(({ minute }) => minute >= at - windowMs && minute < at);
    const found = rule.conditions.map((condition) => holds(condition, window, { at, windowMs }));
    const isMet = found.every((reason) => reason !== undefined);
    next = step(next, { at, rule, reason: isMet ? found.join("; ") : undefined });
  }
  return next;
}

/** One look. */
function step(
  state: MetricAlertState,
  { at, rule, reason }: {
    readonly at: number;
    readonly rule: MetricAlertRule;
    readonly reason: string | undefined;
  },
): MetricAlertState {
  const looked = { ...state, lookedAt: at, clear: reason === undefined ? state.clear + 1 : 0 };
  if (reason !== undefined && !state.isFiring) {
    return changed({ ...looked, isFiring: true }, { at, state: "fired", reason });
  }
  if (!state.isFiring || looked.clear < CLEAR_LOOKS || !rule.autoMitigate) return looked;
  const why = `not met ${CLEAR_LOOKS} times in a row`;
  return changed({ ...looked, isFiring: false }, { at, state: "resolved", reason: why });
}

function changed(state: MetricAlertState, change: MetricAlertChange): MetricAlertState {
  return { ...state, changes: [...state.changes, change].slice(-KEPT) };
}

/** What was seen where the condition holds, of the series that is furthest off; undefined where not. */
function holds(
  { name, metric, aggregation, operator, threshold, filter }: MetricCondition,
  window: readonly MetricMinute[],
  { at, windowMs }: { readonly at: number; readonly windowMs: number },
): string | undefined {
  const query = { from: at - windowMs, to: at, intervalMs: windowMs, filter };
  const values = seriesOf(metric, window, query)
    .flatMap(({ points }) => points.map((point) => point[aggregation]))
    .filter((value) => OPERATORS[operator](value, threshold));
  if (values.length === 0) return undefined;
  const value = values.reduce((a, b) => Math.abs(b - threshold) > Math.abs(a - threshold) ? b : a);
  const shown = Number(value.toFixed(3));
  return `${name}: ${metric.name} ${aggregation} ${shown} ${SIGNS[operator]} ${threshold}`;
}

const SIGNS: Readonly<Record<keyof typeof OPERATORS, string>> = {
  ...{ Equals: "=", GreaterThan: ">", GreaterThanOrEqual: "≥", LessThan: "<" },
  LessThanOrEqual: "≤",
};
