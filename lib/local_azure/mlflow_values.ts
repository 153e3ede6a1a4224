/** Values that several of MLflow's operations take: tags, metrics, parameters, views. */

import type { Given } from "./mlflow_fields.ts";
import { invalidValue, missing } from "./mlflow_error.ts";
import { checkKey, checkLength, cut, MLFLOW_LIMITS } from "./mlflow_names.ts";

/** Stages that a view shows. */
export const VIEWS: Readonly<Record<"ACTIVE_ONLY" | "DELETED_ONLY" | "ALL", readonly string[]>> = {
  ACTIVE_ONLY: ["active"],
  DELETED_ONLY: ["deleted"],
  ALL: ["active", "deleted"],
};

/** A tag or a parameter. */
export interface Pair {
  readonly key: string;
  readonly value: string;
}

/** One point of a metric. */
export interface Metric {
  readonly key: string;
  readonly value: number;
  /** Milliseconds since 1970. */
  readonly timestamp: number;
  readonly step: number;
}

/** Tags as they come with something that is being made: a key must be there, a value need not. */
export function pairs(given: Given, name: string): Pair[] {
  return given.list(name).map((item) => ({
    key: item.required("key"),
    value: item.text("value") ?? "",
  }));
}

/** A parameter, its value cut to the limit. */
export function paramIn(given: Given): Pair {
  const key = given.required("key"), value = given.text("value") ?? "";
  checkKey(key, given.path("key"));
  checkLength(key, "Param key", MLFLOW_LIMITS.key);
  return { key, value: cut(value, MLFLOW_LIMITS.param) };
}

/** A run's tag, its value cut to the limit. */
export function tagIn(given: Given): Pair {
  const key = given.required("key"), value = given.text("value") ?? "";
  checkKey(key, given.path("key"));
  checkLength(key, given.path("key"), MLFLOW_LIMITS.key);
  return { key, value: cut(value, MLFLOW_LIMITS.tag) };
}

/** A point of a metric. What is beyond the largest number becomes the largest number. */
export function metricIn(given: Given): Metric {
  const key = given.required("key"), value = given.number("value");
  const timestamp = given.whole("timestamp"), step = given.whole("step") ?? 0;
  if (value === undefined) throw missing(given.path("value"));
  if (timestamp === undefined) throw missing(given.path("timestamp"));
  checkKey(key, given.path("name"));
  if (timestamp < 0) {
    const rule = `metric '${key}' (value=${value}). Timestamp must be a nonnegative long ` +
      "(64-bit integer) ";
    throw invalidValue(given.path("timestamp"), timestamp, rule);
  }
  checkLength(key, "Metric name", MLFLOW_LIMITS.key);
  const most = Number.MAX_VALUE;
  const kept = Number.isNaN(value) ? value : Math.min(most, Math.max(-most, value));
  return { key, value: kept, timestamp, step };
}

/** A number as MLflow's JSON has it. */
export function numberShown(value: number): number | string {
  return Number.isNaN(value) ? "NaN" : value;
}
