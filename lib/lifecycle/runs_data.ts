/** What the page of runs shows, read from the tracking server. */

import { BadInput } from "lib/core/mod.ts";
import {
  type HistoryPoint,
  type RunOrder,
  type RunRecord,
  type Tracking,
  TrackingError,
} from "lib/tracking/mod.ts";

/** What is to be seen. */
export interface RunsChoice {
  /** Name of an experiment. Default: all. */
  readonly experiment?: string;
  /** MLflow's grammar, e.g. `metrics.validationAccuracy > 0.9`. Default: all runs. */
  readonly filter?: string;
  /** E.g. `start_time DESC` or `metrics.validationAccuracy ASC`. Default: the newest first. */
  readonly order?: string;
  /** Columns, e.g. `metrics.oobAccuracy, params.trees, tags.commit`. Default: see {@linkcode defaultColumns}. */
  readonly columns?: string;
  /** Ids of the runs to be compared. Default none. */
  readonly compare?: readonly string[];
}

/** One metric of the compared runs. */
export interface ComparedMetric {
  /** Its name. */
  readonly metric: string;
  /** Its history in each of the runs, in their order; empty where a run has none. */
  readonly histories: readonly (readonly HistoryPoint[])[];
}

/** What the page shows. Plain data. */
export interface RunsData {
  /** When it was read, in ISO 8601. */
  readonly at: string;
  /** Where: the target and the workspace. */
  readonly place: string;
  /** All experiments: number → name. */
  readonly experiments: Readonly<Record<string, string>>;
  /** What was asked for. */
  readonly choice: RunsChoice;
  /** The runs that fit, in order, {@linkcode MOST_RUNS} at most. */
  readonly runs: readonly RunRecord[];
  /** The columns besides name, status and times. */
  readonly columns: readonly string[];
  /** The runs that are compared. */
  readonly compared: readonly RunRecord[];
  /** Their metrics. */
  readonly metrics: readonly ComparedMetric[];
  /** What the reader has to know, one line each, e.g. that the filter was refused. */
  readonly notices: readonly string[];
}

/** Most runs of a page, most that are compared (there are ten colours), most metrics of these. */
export const MOST_RUNS = 200, MOST_COMPARED = 10, MOST_METRICS = 16;

/** The order if nobody asks for one. */
export const NEWEST_FIRST = "start_time DESC";

/**
 * Reads runs. What was asked for wrongly, e.g. a filter that the server refuses, is a notice.
 *
 * @param tracking The tracking server.
 * @param choice See {@linkcode RunsChoice}.
 * @param about `place`: where that is; `at`: now, in ISO 8601.
 * @returns See {@linkcode RunsData}.
 * @throws {TrackingError} If the server cannot be reached.
 *
 * @example
 * ```ts ignore
 * const data = await readRuns(tracking, { filter: "metrics.oobAccuracy > 0.9" }, { place, at });
 * ```
 */
export async function readRuns(
  tracking: Tracking,
  choice: RunsChoice,
  { place, at }: { readonly place: string; readonly at: string },
): Promise<RunsData> {
  const list = await tracking.listExperiments(), notices: string[] = [];
  const experiments = Object.fromEntries(list.map((one) => [one.experimentId, one.name]));
  const names = list.map(({ name }) => name)
    .filter((name) => choice.experiment === undefined || name === choice.experiment);
  if (choice.experiment !== undefined && names.length === 0) {
    notices.push(`There is no experiment ${choice.experiment}.`);
  }
  const runs = await said(notices, async () => {
    if (names.length === 0) return [];
    const orderBy = [parseOrder(choice.order ?? NEWEST_FIRST)], { filter } = choice;
    return await tracking.searchRuns({ experiments: names, filter, orderBy, limit: MOST_RUNS });
  }) ?? [];
  if (runs.length === MOST_RUNS) notices.push(`Only the first ${MOST_RUNS} runs are shown.`);
  const columns = await said(notices, () => Promise.resolve(columnsOf(choice, runs))) ??
    defaultColumns(runs);
  // in the order of the list, whatever the order in which they were ticked; those not in it last
  const listed = runs.map(({ runId }) => runId), asked = new Set(choice.compare ?? []);
  const wanted = [...listed.filter((id) => asked.has(id)), ...asked.difference(new Set(listed))];
  if (wanted.length > MOST_COMPARED) {
    notices.push(`Only the first ${MOST_COMPARED} of ${wanted.length} runs are compared.`);
  }
  const compared: RunRecord[] = [];
  for (const runId of wanted.slice(0, MOST_COMPARED)) {
    const run = runs.find((one) => one.runId === runId) ??
      await said(notices, () => tracking.getRun(runId));
    if (run) compared.push(run);
  }
  const keys = [...new Set(compared.flatMap(({ metrics }) => Object.keys(metrics)))].sort();
  if (keys.length > MOST_METRICS) {
    notices.push(`Only the first ${MOST_METRICS} of ${keys.length} metrics are drawn.`);
  }
  const metrics = await Promise.all(
    keys.slice(0, MOST_METRICS).map(async (metric) => ({
      metric,
      histories: await Promise.all(
        compared.map(({ runId, metrics }) =>
          Object.hasOwn(metrics, metric) ? tracking.metricHistory(runId, metric) : []
        ),
      ),
    })),
  );
  return { at, place, experiments, choice, runs, columns, compared, metrics, notices };
}

/** What a call gives; what it refuses becomes a notice. A server that is away is not one. */
async function said<T>(notices: string[], call: () => Promise<T>): Promise<T | undefined> {
  try {
    return await call();
  } catch (error) {
    const isRefused = error instanceof TrackingError && error.status > 0 && error.status < 500;
    if (!isRefused && !(error instanceof BadInput)) throw error;
    notices.push(error.message);
    return undefined;
  }
}

/** Criterion and direction of a text such as `metrics.loss ASC`. */
function parseOrder(text: string): RunOrder {
  const [, by, direction = "ASC"] = /^(.+?)(?:\s+(asc|desc))?$/i.exec(text.trim()) ?? [];
  if (by === undefined) {
    const rule = "must be e.g. metrics.loss ASC or start_time DESC";
    throw new BadInput({ field: "order", rule, value: text });
  }
  return { by: by.replace(/[`"]/g, ""), descending: direction.toUpperCase() === "DESC" };
}

function columnsOf({ columns = "" }: RunsChoice, runs: readonly RunRecord[]): string[] {
  const named = columns.split(",").map((name) => name.trim()).filter((name) => name !== "");
  for (const value of named) {
    if (/^(metrics|params|tags)\../s.test(value)) continue;
    const rule = "must be metrics.KEY, params.KEY or tags.KEY";
    throw new BadInput({ field: "columns", rule, value });
  }
  return named.length > 0 ? named : defaultColumns(runs);
}

/** Most columns of a kind that are shown without being asked for. */
const MOST_COLUMNS = 6;

/**
 * The columns to show if nobody names any: metrics, and parameters in which the runs differ; six of
 * each, those that most runs have.
 *
 * @param runs The runs.
 * @returns E.g. `["metrics.accuracy", "params.trees"]`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { defaultColumns } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(defaultColumns([]), []);
 * ```
 */
export function defaultColumns(runs: readonly RunRecord[]): string[] {
  const most = (kind: "metrics" | "params", keys: readonly string[]) => {
    const counts = new Map<string, number>();
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
    return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, MOST_COLUMNS)
      .map(([key]) => `${kind}.${key}`);
  };
  const differing = new Set(differingKeys(runs.map(({ params }) => params)));
  return [
    ...most("metrics", runs.flatMap(({ metrics }) => Object.keys(metrics))),
    ...most(
      "params",
      runs.flatMap(({ params }) => Object.keys(params)).filter((key) => differing.has(key)),
    ),
  ];
}

/** Keys whose values are not the same in all maps, in order. */
export function differingKeys(maps: readonly Readonly<Record<string, string>>[]): string[] {
  const keys = [...new Set(maps.flatMap(Object.keys))].sort();
  const valueIn = (map: Readonly<Record<string, string>>, key: string) =>
    Object.hasOwn(map, key) ? map[key] : undefined;
  return keys.filter((key) => new Set(maps.map((map) => valueIn(map, key))).size > 1);
}
