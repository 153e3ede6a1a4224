/** Rules on an endpoint's metrics, as code: Azure Monitor looks at them, whoever else is asleep. */

import type { Azure } from "./open_azure.ts";
import { endpointResourceId, monitorClient } from "./monitor_client.ts";

/** What an endpoint has promised. */
export interface MetricObjectives {
  /** Longest 95th percentile of the latency, in milliseconds. Default 250. */
  readonly p95Ms?: number;
  /**
   * Most failed requests a minute, in the mean of five. Default 1. A count: a metric alert cannot divide one
   * metric by another, so that a share is for the monitoring of the log.
   */
  readonly failedPerMinute?: number;
}

/** A rule as it stands. */
export interface MetricAlert {
  /** Name of the rule. */
  readonly name: string;
  /** What it is about. */
  readonly description: string;
  /** Whether it is firing. */
  readonly isFiring: boolean;
  /** When that was looked at, ISO 8601. */
  readonly lookedAt: string;
}

/** What a caller got instead of an answer: the model's own error is 424, which counts among the 4xx. */
const FAILED = ["408", "424", "429", "500", "502", "503", "504"];

/** The two rules of an endpoint, by the end of their names. */
const ENDINGS = ["failed-requests", "latency-p95"] as const;

/** Names of an endpoint's rules. */
export function metricAlertNames(endpoint: string): readonly string[] {
  return ENDINGS.map((ending) => `${endpoint}-${ending}`);
}

/**
 * Makes the rules of an endpoint, or brings them in step: failed requests (severity 1) and the 95th
 * percentile of the latency (severity 2), looked at each minute over five.
 *
 * @param azure The workspace.
 * @param of The endpoint, what it has promised, and ids of action groups that are told. Default: nobody.
 * @returns Names of the rules.
 * @throws {RestError} If the service refuses one.
 *
 * @example
 * ```ts ignore
 * await ensureMetricAlerts(azure, { endpoint: "iris-demo", objectives: { p95Ms: 250 } });
 * ```
 */
export async function ensureMetricAlerts(
  azure: Azure,
  { endpoint, objectives: { p95Ms = 250, failedPerMinute = 1 } = {}, actionGroups = [] }: {
    readonly endpoint: string;
    readonly objectives?: MetricObjectives;
    readonly actionGroups?: readonly string[];
  },
): Promise<readonly string[]> {
  const client = await monitorClient(azure), [failed, slow] = metricAlertNames(endpoint);
  const common = {
    location: "global",
    enabled: true,
    scopes: [endpointResourceId(azure, endpoint)],
    evaluationFrequency: "PT1M",
    windowSize: "PT5M",
    autoMitigate: true,
    actions: actionGroups.map((actionGroupId) => ({ actionGroupId })),
  };
  const condition = {
    criterionType: "StaticThresholdCriterion" as const,
    metricNamespace: "Microsoft.MachineLearningServices/workspaces/onlineEndpoints",
    ...{ operator: "GreaterThan", timeAggregation: "Average" },
  };
  const { resourceGroup } = azure.target;
  await client.metricAlerts.createOrUpdate(resourceGroup, failed, {
    ...common,
    severity: 1,
    description: `Failed requests at ${endpoint}: more than ${failedPerMinute} a minute`,
    criteria: criteria({
      ...condition,
      name: "failed requests",
      metricName: "RequestsPerMinute",
      threshold: failedPerMinute,
      dimensions: [{ name: "statusCode", operator: "Include", values: FAILED }],
    }),
  });
  await client.metricAlerts.createOrUpdate(resourceGroup, slow, {
    ...common,
    severity: 2,
    description: `95th percentile of the latency of ${endpoint}: more than ${p95Ms} ms`,
    criteria: criteria({
      ...condition,
      name: "latency",
      metricName: "RequestLatency_P95",
      threshold: p95Ms,
    }),
  });
  return [failed, slow];
}

function criteria<T>(condition: T) {
  const odataType = "Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria" as const;
  return { odataType, allOf: [condition] };
}

/**
 * The rules of an endpoint, and whether they are firing.
 *
 * @param azure The workspace.
 * @param endpoint The endpoint.
 * @returns Those that there are, by name.
 *
 * @example
 * ```ts ignore
 * const firing = (await readMetricAlerts(azure, "iris-demo")).filter(({ isFiring }) => isFiring);
 * ```
 */
export async function readMetricAlerts(azure: Azure, endpoint: string): Promise<MetricAlert[]> {
  const client = await monitorClient(azure), { resourceGroup } = azure.target;
  const scope = endpointResourceId(azure, endpoint).toLowerCase(), found: MetricAlert[] = [];
  for await (const rule of client.metricAlerts.listByResourceGroup(resourceGroup)) {
    if (!rule.scopes.some((one) => one.toLowerCase() === scope)) continue;
    const name = rule.name!;
    const { value = [] } = await client.metricAlertsStatus.list(resourceGroup, name);
    const times = value.flatMap(({ properties }) => properties?.timestamp?.toISOString() ?? []);
    found.push({
      name,
      description: rule.description ?? "",
      isFiring: value.some(({ properties }) => properties?.status === "Unhealthy"),
      lookedAt: times.sort().at(-1) ?? "",
    });
  }
  return found.sort((a, b) => a.name < b.name ? -1 : 1);
}

/**
 * Removes the rules of an endpoint; those that are not there count as removed.
 *
 * @param azure The workspace.
 * @param endpoint The endpoint, which may be gone already.
 *
 * @example
 * ```ts ignore
 * await deleteMetricAlerts(azure, "iris-demo");
 * ```
 */
export async function deleteMetricAlerts(azure: Azure, endpoint: string): Promise<void> {
  const client = await monitorClient(azure);
  for (const name of metricAlertNames(endpoint)) {
    await client.metricAlerts.delete(azure.target.resourceGroup, name);
  }
}
