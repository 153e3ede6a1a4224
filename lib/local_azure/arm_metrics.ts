/**
 * Azure Monitor's metrics API for endpoints and deployments: `…/providers/Microsoft.Insights/metrics` and
 * `metricDefinitions`.
 *
 * Not here: CPU, memory, disk and network, which nobody measures; `orderby`, `top`, `rollupby` and
 * `resultType` are accepted and change nothing.
 */

import type { JsonRecord } from "lib/core/mod.ts";
import type { Arm } from "./arm_context.ts";
import { DEPLOYMENT } from "./arm_deployment_body.ts";
import { ENDPOINT } from "./arm_endpoint_body.ts";
import { endpointOf } from "./arm_endpoints.ts";
import { gatewayError, resourceNotFound } from "./arm_error.ts";
import { answer, type Call, type Route } from "./arm_router.ts";
import { durationMs } from "./durations.ts";
import { endpointMetrics, type MetricMinute, MINUTE_MS } from "./endpoint_metrics.ts";
import { readMetricFilter } from "./metric_filter.ts";
import {
  DEPLOYMENT_METRICS,
  ENDPOINT_METRICS,
  type MetricDefinition,
  type MetricPoint,
  type MetricSeries,
  seriesOf,
} from "./metric_series.ts";

/** What is asked for metrics. */
export interface MetricTarget {
  /** ARM id. */
  readonly id: string;
  /** Namespace of its metrics, which is its type. */
  readonly namespace: string;
  readonly location: string;
  readonly metrics: readonly MetricDefinition[];
  /** Its minutes from one instant to before another. */
  read(from: number, to: number): MetricMinute[];
}

/** Aggregations that an answer has by name. */
const AGGREGATIONS = ["average", "total", "count", "minimum", "maximum"] as const;

/** Intervals that Azure Monitor knows, beside `FULL`. */
const INTERVALS = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"];

/** Points of one series: Azure has the like, so that nobody asks for a year of minutes. */
const MOST_POINTS = 20_160;

/** Time that is looked at where none is named: the last hour. */
const USUAL_SPAN_MS = 3_600_000;

/** Their operations. */
export function metricRoutes(arm: Arm): Route[] {
  const endpoint = "~/onlineEndpoints/{endpoint}";
  const deployment = `${endpoint}/deployments/{deployment}`;
  return [endpoint, deployment].flatMap((path): Route[] => [
    {
      method: "GET",
      path: `${path}/providers/Microsoft.Insights/metrics`,
      handle: (call) => values(arm, call),
    },
    {
      method: "GET",
      path: `${path}/providers/Microsoft.Insights/metricDefinitions`,
      handle: (call) => definitions(arm, call),
    },
  ]);
}

/**
 * The endpoint or deployment that a path names.
 *
 * @throws {ArmError} 404 if there is none.
 */
export function metricTarget(
  arm: Pick<Arm, "store" | "clock">,
  params: Call["params"],
): MetricTarget {
  const { store, clock } = arm, endpoint = endpointOf(store, params);
  const metrics = endpointMetrics(store, clock), location = String(endpoint.body.location);
  const read = (from: number, to: number) => metrics.read(endpoint.id.toLowerCase(), from, to);
  if (params.deployment === undefined) {
    return { id: endpoint.id, namespace: ENDPOINT, location, metrics: ENDPOINT_METRICS, read };
  }
  const id = `${endpoint.id}/deployments/${params.deployment}`, found = store.get(id);
  if (!found) throw resourceNotFound(id);
  const name = String(found.body.name).toLowerCase();
  return {
    ...{ id: found.id, namespace: DEPLOYMENT, location, metrics: DEPLOYMENT_METRICS },
    read: (from, to) =>
      read(from, to).filter(({ deployment }) => deployment.toLowerCase() === name),
  };
}

function values(arm: Arm, call: Call): Response {
  const target = metricTarget(arm, call.params), { searchParams } = call.url;
  const asked = (name: string) => searchParams.get(name)?.trim() || undefined;
  const { from, to } = readTimespan(asked("timespan"), arm.clock.now().getTime());
  const interval = asked("interval") ?? "PT1M", intervalMs = readInterval(interval, to - from);
  if ((to - from) / intervalMs > MOST_POINTS) {
    throw invalid(`The time span has more than ${MOST_POINTS} intervals of ${interval}`);
  }
  const names = asked("metricnames")?.split(",") ?? [target.metrics[0].name];
  const metrics = names.map((name) => metricOf(target, name));
  const filter = readMetricFilter(asked("$filter"), metrics.map(({ dimensions }) => dimensions));
  const aggregations = readAggregations(asked("aggregation"));
  const minutes = target.read(from, to);
  return answer(200, {
    cost: Math.max(0, Math.ceil((to - from) / MINUTE_MS) - 1),
    timespan: `${iso(from)}/${iso(to)}`,
    interval,
    namespace: target.namespace,
    resourceregion: target.location,
    value: metrics.map((metric) => {
      const query = { from, to, intervalMs, filter };
      return {
        ...described(target, metric),
        displayDescription: metric.description,
        timeseries: seriesOf(metric, minutes, query).map((series) =>
          shown(series, { from, to, intervalMs, aggregations })
        ),
        errorCode: "Success",
      };
    }),
  });
}

/** A series with a point for each interval, one without a value where there is no sample. */
function shown(
  { dimensions, points }: MetricSeries,
  { from, to, intervalMs, aggregations }: {
    readonly from: number;
    readonly to: number;
    readonly intervalMs: number;
    readonly aggregations: readonly (typeof AGGREGATIONS)[number][];
  },
): JsonRecord {
  const byTime = new Map<number, MetricPoint>(points.map((point) => [point.time, point]));
  const times = Array.from(
    { length: Math.ceil((to - from) / intervalMs) },
    (_, i) => from + i * intervalMs,
  );
  return {
    metadatavalues: Object.entries(dimensions).map(([name, value]) => ({
      ...{ name: { value: name, localizedValue: name }, value },
    })),
    data: times.map((time) => {
      const point = byTime.get(time);
      return {
        timeStamp: iso(time),
        ...point && Object.fromEntries(aggregations.map((name) => [name, point[name]])),
      };
    }),
  };
}

function definitions(arm: Arm, { params }: Call): Response {
  const target = metricTarget(arm, params);
  return answer(200, {
    value: target.metrics.map((metric) => ({
      ...described(target, metric),
      resourceId: target.id,
      namespace: target.namespace,
      category: "Traffic",
      displayDescription: metric.description,
      isDimensionRequired: false,
      primaryAggregationType: "Average",
      supportedAggregationTypes: ["None", "Average", "Minimum", "Maximum", "Total", "Count"],
      metricAvailabilities: INTERVALS.map((timeGrain) => ({ timeGrain, retention: "P7D" })),
      dimensions: metric.dimensions.map((value) => ({ value, localizedValue: value })),
    })),
  });
}

function described({ id }: MetricTarget, { name, unit }: MetricDefinition): JsonRecord {
  return {
    id: `${id}/providers/Microsoft.Insights/metrics/${name}`,
    type: "Microsoft.Insights/metrics",
    name: { value: name, localizedValue: name },
    unit,
  };
}

/**
 * The metric of that name.
 *
 * @throws {ArmError} 400 if there is none.
 */
export function metricOf({ metrics, namespace }: MetricTarget, name: string): MetricDefinition {
  const found = metrics.find((metric) => metric.name.toLowerCase() === name.trim().toLowerCase());
  if (found) return found;
  const valid = metrics.map(({ name }) => name).join(",");
  throw invalid(
    `Failed to find metric configuration for resource type: ${namespace}, metric: ${name}. ` +
      `Valid metrics: ${valid}`,
  );
}

/** From `BEGIN/END`; whole minutes, since that is what there is. */
function readTimespan(text: string | undefined, now: number): { from: number; to: number } {
  const [begin, end] = text?.split("/").map((part) => Date.parse(part)) ??
    [now - USUAL_SPAN_MS, now];
  const from = begin - begin % MINUTE_MS, to = Math.ceil(end / MINUTE_MS) * MINUTE_MS;
  if (from < to) return { from, to }; // false for NaN
  throw invalid(`The time span '${text}' must be BEGIN/END in ISO 8601, the begin before the end`);
}

function readInterval(text: string, spanMs: number): number {
  if (text.toUpperCase() === "FULL") return spanMs;
  const length = durationMs(text);
  if (length !== undefined && INTERVALS.includes(text)) return length;
  throw invalid(`The interval '${text}' must be one of ${INTERVALS.join(", ")}, FULL`);
}

function readAggregations(text = "average"): (typeof AGGREGATIONS)[number][] {
  return text.split(",").map((name) => {
    const found = AGGREGATIONS.find((one) => one === name.trim().toLowerCase());
    if (found) return found;
    throw invalid(`The aggregation '${name}' must be one of ${AGGREGATIONS.join(", ")}`);
  });
}

function iso(time: number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}

function invalid(message: string) {
  return gatewayError(400, "BadRequest", message);
}
