/** Metrics of endpoints and deployments, as Azure Monitor has them. */

import { endpointResourceId, monitorClient } from "./monitor_client.ts";
import type { Azure } from "./open_azure.ts";

/** How the samples of an interval become one number. */
export type Aggregation = "average" | "total" | "count" | "minimum" | "maximum";

/** What is asked. */
export interface MetricsQuery {
  /** The endpoint. */
  readonly endpoint: string;
  /** One deployment of it, which has metrics of its own; default: the endpoint's. */
  readonly deployment?: string;
  /** E.g. `RequestsPerMinute`, `RequestLatency_P95`; at most 20, of the same dimensions if filtered. */
  readonly metrics: readonly string[];
  /** From this instant on. */
  readonly since: Date;
  /** To before this instant. */
  readonly until: Date;
  /** Length of an interval, ISO 8601. Default `PT1M`; `FULL` for all of it. */
  readonly interval?: string;
  /** Default `average`. */
  readonly aggregation?: Aggregation;
  /** E.g. `deployment eq '*' and statusCodeClass eq '*'`: a series for each. Default: one for all. */
  readonly filter?: string;
}

/** One series. */
export interface MetricReading {
  /** Name of the metric. */
  readonly metric: string;
  /** E.g. `Count`, `MilliSeconds`. */
  readonly unit: string;
  /** Values of the dimensions that the filter names, by name as the filter spells it. */
  readonly dimensions: Readonly<Record<string, string>>;
  /** Intervals that have a value, by time. */
  readonly points: readonly MetricPoint[];
}

/** The value of one interval. */
export interface MetricPoint {
  /** Its beginning, ISO 8601. */
  readonly time: string;
  /** The aggregation of its samples. */
  readonly value: number;
}

/**
 * Reads metrics.
 *
 * @param azure The workspace.
 * @param query See {@linkcode MetricsQuery}.
 * @returns The series, by metric. Azure's lag minutes behind, Local Azure's none.
 * @throws {RestError} If there is no such endpoint or metric.
 *
 * @example
 * ```ts ignore
 * const readings = await readMetrics(azure, {
 *   endpoint: "iris-demo", metrics: ["RequestLatency_P95"], since, until, filter: "deployment eq '*'",
 * });
 * ```
 */
export async function readMetrics(azure: Azure, query: MetricsQuery): Promise<MetricReading[]> {
  const { endpoint, deployment, metrics, since, until, interval = "PT1M", filter } = query;
  const { aggregation = "average" } = query, client = await monitorClient(azure);
  const parent = endpointResourceId(azure, endpoint);
  const id = deployment === undefined ? parent : `${parent}/deployments/${deployment}`;
  // the client puts a slash before it
  const { value } = await client.metrics.list(id.slice(1), {
    timespan: `${since.toISOString()}/${until.toISOString()}`,
    metricnames: metrics.join(","),
    ...{ interval, aggregation },
    ...filter !== undefined && { filter },
  });
  return value.flatMap(({ name, unit, timeseries }) =>
    timeseries.map(({ metadatavalues = [], data = [] }) => ({
      metric: name.value,
      unit: String(unit),
      dimensions: Object.fromEntries(
        metadatavalues.map(({ name, value = "" }) => [name?.value ?? "", value]),
      ),
      points: data.flatMap((point) => {
        const found = point[aggregation];
        return found === undefined ? [] : [{ time: point.timeStamp.toISOString(), value: found }];
      }),
    }))
  );
}
