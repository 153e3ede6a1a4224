/** Rules on metrics, `Microsoft.Insights/metricAlerts`: what one may say. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { ArmError, gatewayError } from "./arm_error.ts";
import { metricOf, type MetricTarget } from "./arm_metrics.ts";
import { durationMs } from "./durations.ts";
import type { MetricDefinition, MetricFilter, MetricPoint } from "./metric_series.ts";

/** One condition: all of a rule's have to hold. */
export interface MetricCondition {
  readonly name: string;
  readonly metric: MetricDefinition;
  readonly aggregation: Exclude<keyof MetricPoint, "time">;
  readonly operator: keyof typeof OPERATORS;
  readonly threshold: number;
  readonly filter: MetricFilter;
}

/** A rule, read. */
export interface MetricAlertRule {
  readonly frequencyMs: number;
  readonly windowMs: number;
  readonly isEnabled: boolean;
  /** Whether an alert ends by itself. */
  readonly autoMitigate: boolean;
  readonly conditions: readonly MetricCondition[];
}

/** How a value is held against the threshold. */
export const OPERATORS = {
  Equals: (value: number, threshold: number) => value === threshold,
  GreaterThan: (value: number, threshold: number) => value > threshold,
  GreaterThanOrEqual: (value: number, threshold: number) => value >= threshold,
  LessThan: (value: number, threshold: number) => value < threshold,
  LessThanOrEqual: (value: number, threshold: number) => value <= threshold,
};

const FREQUENCIES = ["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"];
const WINDOWS = [...FREQUENCIES, "PT6H", "PT12H", "P1D"];
const AGGREGATIONS = ["Average", "Count", "Minimum", "Maximum", "Total"];
const CRITERIA = ["SingleResourceMultipleMetricCriteria", "MultipleResourceMultipleMetricCriteria"];

/**
 * Reads a rule's properties.
 *
 * @param properties As they were sent.
 * @param target The resource in its scope.
 * @returns The rule.
 * @throws {ArmError} 400 if it breaks a rule, or wants what is not here (learned thresholds, PromQL).
 */
export function readMetricAlertRule(
  properties: JsonRecord,
  target: MetricTarget,
): MetricAlertRule {
  const { severity, enabled, evaluationFrequency, windowSize, criteria, autoMitigate } = properties;
  if (![0, 1, 2, 3, 4].includes(severity as number)) throw invalid("severity", "be from 0 to 4");
  if (typeof enabled !== "boolean") throw invalid("enabled", "be true or false");
  const frequencyMs = oneOf("evaluationFrequency", FREQUENCIES, evaluationFrequency);
  const windowMs = oneOf("windowSize", WINDOWS, windowSize ?? "PT5M");
  if (windowMs < frequencyMs) throw invalid("windowSize", "be no shorter than evaluationFrequency");
  const { allOf, "odata.type": type } = record("criteria", criteria);
  if (!CRITERIA.some((one) => type === `Microsoft.Azure.Monitor.${one}`)) {
    throw invalid("criteria.odata.type", `be Microsoft.Azure.Monitor.${CRITERIA.join(" or .")}`);
  }
  if (!Array.isArray(allOf) || allOf.length === 0 || allOf.length > 5) {
    throw invalid("criteria.allOf", "have 1 to 5 conditions");
  }
  return {
    ...{ frequencyMs, windowMs, isEnabled: enabled, autoMitigate: autoMitigate !== false },
    conditions: allOf.map((one) => conditionOf(record("criteria.allOf", one), target)),
  };
}

function conditionOf(condition: JsonRecord, target: MetricTarget): MetricCondition {
  const { name, metricName, timeAggregation, operator, threshold, criterionType } = condition;
  if (criterionType !== "StaticThresholdCriterion") {
    throw invalid("criterionType", "be StaticThresholdCriterion: Local Azure learns no thresholds");
  }
  if (typeof name !== "string" || name === "") throw invalid("name", "name the condition");
  if (typeof threshold !== "number") throw invalid("threshold", "be a number");
  if (typeof operator !== "string" || !Object.hasOwn(OPERATORS, operator)) {
    throw invalid("operator", `be one of ${Object.keys(OPERATORS).join(", ")}`);
  }
  if (!AGGREGATIONS.includes(timeAggregation as string)) {
    throw invalid("timeAggregation", `be one of ${AGGREGATIONS.join(", ")}`);
  }
  const metric = metricOf(target, String(metricName));
  return {
    ...{ name, metric, threshold, operator: operator as keyof typeof OPERATORS },
    aggregation: String(timeAggregation).toLowerCase() as MetricCondition["aggregation"],
    filter: filterOf(condition.dimensions, metric),
  };
}

function filterOf(dimensions: Json | undefined, metric: MetricDefinition): MetricFilter {
  if (dimensions === undefined || dimensions === null) return new Map();
  if (!Array.isArray(dimensions)) throw invalid("dimensions", "be a list");
  return new Map(dimensions.map((one) => {
    const { name, operator, values } = record("dimensions", one);
    const known = metric.dimensions.find((all) => all.toLowerCase() === String(name).toLowerCase());
    if (!known) {
      throw invalid("dimensions.name", `be one of ${metric.dimensions.join(", ") || "none"}`);
    }
    if (operator !== "Include" && operator !== "Exclude") {
      throw invalid("dimensions.operator", "be Include or Exclude");
    }
    if (!Array.isArray(values) || values.length === 0) {
      throw invalid("dimensions.values", "be a list");
    }
    return [known, { not: operator === "Exclude", values: values.map(String) }];
  }));
}

function oneOf(field: string, allowed: readonly string[], value: Json | undefined): number {
  if (typeof value === "string" && allowed.includes(value)) return durationMs(value)!;
  throw invalid(field, `be one of ${allowed.join(", ")}`);
}

function record(field: string, value: Json | undefined): JsonRecord {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    return value as JsonRecord;
  }
  throw invalid(field, "be an object");
}

function invalid(field: string, must: string): ArmError {
  return gatewayError(400, "BadRequest", `Alert rule is invalid: '${field}' must ${must}.`);
}
