/** Runs as plain records. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import { isRecord } from "./rest.ts";

/** How a run stands, or how it ended. */
export type RunStatus = "RUNNING" | "SCHEDULED" | "FINISHED" | "FAILED" | "KILLED";

/** One run and what was logged to it. */
export interface RunRecord {
  /** Unique on the server. */
  readonly runId: string;
  /** Its experiment. */
  readonly experimentId: string;
  /** For people. */
  readonly name: string;
  /** See {@linkcode RunStatus}. */
  readonly status: RunStatus;
  /** In ISO 8601. */
  readonly startedAt: string;
  /** In ISO 8601; null while it runs. */
  readonly endedAt: string | null;
  /** Where its artifacts are. */
  readonly artifactUri: string;
  /** Latest value of each metric; null for NaN, which only other clients log. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Settings, flat. */
  readonly params: Readonly<Record<string, string>>;
  /** Tags. */
  readonly tags: Readonly<Record<string, string>>;
}

/** One point of a metric's history. */
export interface HistoryPoint {
  /** Null for NaN. */
  readonly value: number | null;
  /** Training step. */
  readonly step: number;
  /** In ISO 8601. */
  readonly at: string;
}

/** The record of a run as the server shows it. */
export function runRecord(run: Json | undefined): RunRecord {
  const { info, data } = record(run), { run_id, run_name, experiment_id, status } = record(info);
  const { start_time, end_time, artifact_uri } = record(info), lists = record(data);
  return {
    ...{ runId: String(run_id), experimentId: String(experiment_id), name: String(run_name) },
    status: status as RunStatus,
    startedAt: instant(start_time),
    endedAt: end_time === undefined || end_time === null ? null : instant(end_time),
    artifactUri: String(artifact_uri),
    metrics: byKey(lists.metrics, (value) => metricValue(value)),
    params: byKey(lists.params, String),
    tags: byKey(lists.tags, String),
  };
}

/** The points of a history as the server shows it. */
export function historyPoints(metrics: Json | undefined): HistoryPoint[] {
  return records(metrics).map(({ value, step, timestamp }) => ({
    value: metricValue(value),
    step: Number(step ?? 0),
    at: instant(timestamp),
  }));
}

/** The objects in a list, which is left out where it is empty. */
export function records(list: Json | undefined): JsonRecord[] {
  return Array.isArray(list) ? list.filter(isRecord) : [];
}

function record(value: Json | undefined): JsonRecord {
  return isRecord(value) ? value : {};
}

function byKey<T>(list: Json | undefined, value: (raw: Json) => T): Record<string, T> {
  return Object.fromEntries(records(list).map((item) => [item.key, value(item.value)]));
}

function metricValue(value: Json): number | null {
  const number = Number(value);
  return Number.isNaN(number) ? null : number;
}

/** 64-bit numbers come as numbers or as texts. */
function instant(value: Json | undefined): string {
  return new Date(Number(value ?? 0)).toISOString();
}
