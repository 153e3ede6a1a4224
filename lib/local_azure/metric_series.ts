/**
 * Azure Monitor's metrics of an endpoint, made of its minutes: one sample a minute and series, over which
 * a longer interval takes its average, total, smallest and largest value and their number.
 *
 * A minute without requests has no sample. Percentiles are right to 1 % of their value.
 *
 * @see Azure Monitor's supported metrics of `Microsoft.MachineLearningServices/workspaces/onlineEndpoints`.
 */

import { mergeSketches, sketchOf, sketchQuantile } from "lib/core/mod.ts";
import type { MetricMinute } from "./endpoint_metrics.ts";

/** Dimensions of requests. */
export const REQUEST_DIMENSIONS = [
  ...["deployment", "statusCode", "statusCodeClass", "modelStatusCode"],
] as const;

/** One metric. */
export interface MetricDefinition {
  readonly name: string;
  readonly unit: "Count" | "MilliSeconds";
  readonly description: string;
  readonly dimensions: readonly string[];
  /** The sample of a minute; undefined where there is none. */
  sample(parts: readonly Slice[]): number | undefined;
}

/** The part of a minute that belongs to one series. */
export interface Slice {
  /** Its values of {@linkcode REQUEST_DIMENSIONS}. */
  readonly dimensions: Readonly<Record<string, string>>;
  readonly count: number;
  /** The minute that it is part of. */
  readonly minute: MetricMinute;
}

const requests: MetricDefinition = {
  name: "RequestsPerMinute",
  unit: "Count",
  description: "The number of requests sent to the endpoint in a minute",
  dimensions: REQUEST_DIMENSIONS,
  sample: (parts) => {
    const sum = parts.reduce((all, { count }) => all + count, 0);
    return sum > 0 ? sum : undefined;
  },
};

const latency: MetricDefinition = {
  name: "RequestLatency",
  unit: "MilliSeconds",
  description: "The mean time from a request to its answer, in milliseconds",
  dimensions: ["deployment"],
  sample(parts) {
    const minutes = minutesOf(parts);
    const count = minutes.reduce((all, { latencyCount }) => all + latencyCount, 0);
    if (count === 0) return undefined;
    return minutes.reduce((all, { latencySum }) => all + latencySum, 0) / count;
  },
};

const percentiles = [50, 90, 95, 99].map((percent): MetricDefinition => ({
  name: `RequestLatency_P${percent}`,
  unit: "MilliSeconds",
  description: `The time within which ${percent} % of the requests were answered, in milliseconds`,
  dimensions: ["deployment"],
  sample: (parts) => {
    const all = minutesOf(parts).reduce((sum, { latency }) => mergeSketches(sum, latency), EMPTY);
    return sketchQuantile(all, percent / 100) ?? undefined;
  },
}));

const EMPTY = sketchOf([]);

/** Metrics of an endpoint. */
export const ENDPOINT_METRICS: readonly MetricDefinition[] = [requests, latency, ...percentiles];

/** Metrics of a deployment. */
export const DEPLOYMENT_METRICS: readonly MetricDefinition[] = [
  { ...requests, dimensions: ["envoy_response_code"] },
  ...percentiles.map((metric) => ({ ...metric, dimensions: [] })),
];

/** The values of one interval. */
export interface MetricPoint {
  /** Beginning of the interval, in milliseconds since 1970. */
  readonly time: number;
  /** Number of samples. */
  readonly count: number;
  readonly total: number;
  readonly average: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** One series. */
export interface MetricSeries {
  /** Values of the dimensions that the filter names. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Intervals that have a sample, by time. */
  readonly points: readonly MetricPoint[];
}

/** Which values a dimension may have: a list of them, or any. Dimensions that are not named are summed up. */
export type MetricFilter = ReadonlyMap<
  string,
  { readonly not?: boolean; readonly values: readonly string[] }
>;

/** What is asked of a metric. */
export interface SeriesQuery {
  readonly from: number;
  readonly to: number;
  /** Length of an interval, in milliseconds. */
  readonly intervalMs: number;
  readonly filter: MetricFilter;
}

/**
 * The series of a metric.
 *
 * @param metric The metric.
 * @param minutes Minutes of the endpoint, or of one deployment of it.
 * @param query See {@linkcode SeriesQuery}.
 * @returns One series for each set of values of the dimensions that the filter names, one altogether
 * where it names none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sketchOf } from "lib/core/mod.ts";
 * import { ENDPOINT_METRICS, seriesOf } from "lib/local_azure/metric_series.ts";
 *
 * const answers = [{ status: 200, modelStatus: 200, count: 8 }, { status: 424, modelStatus: 500, count: 2 }];
 * const minute = { deployment: "blue", minute: 0, answers, latency: sketchOf([1]), latencySum: 1, latencyCount: 1 };
 * const query = { from: 0, to: 60_000, intervalMs: 60_000 };
 * const filter = new Map([["statusCodeClass", { values: ["*"] }]]);
 * const series = seriesOf(ENDPOINT_METRICS[0], [minute], { ...query, filter });
 * assert.deepEqual(series.map(({ dimensions, points }) => [dimensions.statusCodeClass, points[0].total]), [
 *   ["2xx", 8],
 *   ["4xx", 2],
 * ]);
 * ```
 */
export function seriesOf(
  metric: MetricDefinition,
  minutes: readonly MetricMinute[],
  { from, to, intervalMs, filter }: SeriesQuery,
): MetricSeries[] {
  const names = [...filter.keys()];
  const slices = minutes.filter(({ minute }) => minute >= from && minute < to)
    .flatMap(slicesOf)
    .filter(({ dimensions }) => fits(dimensions, filter));
  const bySeries = Map.groupBy(
    slices,
    ({ dimensions }) => JSON.stringify(names.map((name) => dimensions[name])),
  );
  if (names.length === 0 && bySeries.size === 0) return [{ dimensions: {}, points: [] }];
  return [...bySeries].map(([key, own]) => {
    const values: string[] = JSON.parse(key);
    const samples = [...Map.groupBy(own, ({ minute }) => minute.minute)].flatMap(
      ([time, parts]) => {
        const value = metric.sample(parts);
        return value === undefined ? [] : [{ time, value }];
      },
    );
    const intervals = Map.groupBy(
      samples,
      ({ time }) => from + Math.floor((time - from) / intervalMs) * intervalMs,
    );
    return {
      dimensions: Object.fromEntries(names.map((name, i) => [name, values[i]])),
      points: [...intervals].sort(([a], [b]) => a - b).map(([time, all]) =>
        pointOf(time, all.map(({ value }) => value))
      ),
    };
  });
}

function pointOf(time: number, values: readonly number[]): MetricPoint {
  const total = values.reduce((sum, value) => sum + value, 0), count = values.length;
  return {
    ...{ time, count, total, average: total / count },
    ...{ minimum: Math.min(...values), maximum: Math.max(...values) },
  };
}

/** A minute by kinds of answers. Its latencies are those of all of them. */
function slicesOf(minute: MetricMinute): Slice[] {
  const { deployment, answers } = minute;
  return answers.map(({ status, modelStatus, count }) => ({
    ...{ count, minute },
    dimensions: {
      deployment,
      statusCode: String(status),
      statusCodeClass: `${Math.floor(status / 100)}xx`,
      modelStatusCode: modelStatus === 0 ? "" : String(modelStatus),
      envoy_response_code: String(status),
    },
  }));
}

/** Each minute once, since latencies are counted by minute and deployment. */
function minutesOf(parts: readonly Slice[]): MetricMinute[] {
  return [...new Set(parts.map(({ minute }) => minute))];
}

function fits(dimensions: Slice["dimensions"], filter: MetricFilter): boolean {
  return [...filter].every(([name, { not = false, values }]) => {
    const isIn = values.includes("*") ||
      values.some((value) => value.toLowerCase() === dimensions[name].toLowerCase());
    return isIn !== not;
  });
}
