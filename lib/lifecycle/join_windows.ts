/** Joins log, callers' records and labels into windows. Letters: n rows, d inputs, k classes. */

import type { Signature } from "lib/model/mod.ts";
import type { RefusedInput, ScoredWindow } from "lib/monitoring/mod.ts";
import type { InferenceLog } from "./inference_log.ts";
import type { CallerRecord, LabelRecord } from "./traffic_records.ts";

/** What did not fit together. Each is a count; all are 0 where all is well. */
export interface JoinProblems {
  /** Rows that two requests sent under one id: the first counts. */
  readonly idsDoubled: number;
  /** Rows in the log that no caller has recorded, e.g. smoke tests. */
  readonly rowsWithoutCaller: number;
  /** Labels of rows that were refused or not answered. */
  readonly labelsOfLostRows: number;
  /** Labels of rows that no caller has sent. */
  readonly labelsUnknown: number;
  /** Labels that were there already, and said the same. */
  readonly labelsDoubled: number;
  /** Labels that contradict one that is there: the one that arrived last counts. */
  readonly labelsContradictory: number;
  /** Labels that arrived before their row was sent, as by a skewed clock: they count. */
  readonly labelsEarly: number;
  /** Labels that arrive after `asOf`: they do not count yet. */
  readonly labelsLater: number;
}

/** What {@linkcode joinWindows} joins. */
export interface JoinParts {
  /** Inputs and classes. */
  readonly signature: Signature;
  /** The rows. */
  readonly log: InferenceLog;
  /** What callers saw, in any order. */
  readonly callers: readonly CallerRecord[];
  /** The labels, in any order. */
  readonly labels: readonly LabelRecord[];
  /** Only what this deployment had. Default all, with the requests that none had. */
  readonly deployment?: string;
  /** Only windows that have begun, and labels that have arrived, by then; ISO 8601. Default all. */
  readonly asOf?: string;
}

/** Windows and what did not fit. */
export interface Joined {
  /** In the order of their begin. */
  readonly windows: ScoredWindow[];
  /** See {@linkcode JoinProblems}. */
  readonly problems: JoinProblems;
  /** Rows that were answered and are not in the log. */
  readonly missing: readonly string[];
}

/**
 * Joins by correlation id.
 *
 * @param parts See {@linkcode JoinParts}.
 * @returns See {@linkcode Joined}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createInferenceLog, joinWindows } from "lib/lifecycle/mod.ts";
 *
 * const signature = { inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] };
 * const window = { name: "window 1", from: "2026-01-01T00:00:00.000Z", to: "2026-01-01T01:00:00.000Z" };
 * const request = { window, requestId: "q1", sentAt: window.from, deployment: "blue", status: 200, ms: 3, refused: [] };
 * const callers = [{ ...request, correlationIds: ["c1"] }];
 * const { windows, missing } = joinWindows({ signature, log: createInferenceLog(signature), callers, labels: [] });
 * assert.deepEqual([windows[0].requests.status[0], missing], [200, ["c1"]]);
 * ```
 */
export function joinWindows(
  { signature, log, callers, labels, deployment, asOf }: JoinParts,
): Joined {
  const { inputs: features, classes } = signature, d = features.length, k = classes.length;
  const until = asOf === undefined ? Infinity : Date.parse(asOf);
  const sent = new Map<string, { at: number; isAnswered: boolean }>();
  const missing: string[] = [];
  let idsDoubled = 0;
  const ordered = callers.toSorted((a, b) =>
    Date.parse(a.sentAt) - Date.parse(b.sentAt) || (a.requestId < b.requestId ? -1 : 1)
  );
  const own = new Map<CallerRecord, string[]>(); // the ids that count for each request
  for (const record of ordered) {
    const at = Date.parse(record.sentAt), isAnswered = record.status === 200;
    own.set(
      record,
      record.correlationIds.filter((id) => {
        if (sent.has(id)) return idsDoubled++, false;
        sent.set(id, { at, isAnswered });
        return true;
      }),
    );
  }
  const { actualOf, ...counts } = joinLabels(labels, { sent, until });
  // labels and ids are looked up among all callers: a row of another deployment is not unknown
  const ours = ordered.filter((record) =>
    deployment === undefined || record.deployment === deployment
  );
  const groups = Map.groupBy(ours, ({ window }) => `${Date.parse(window.from)} ${window.to}`);
  const windows = [...groups.values()]
    .filter(([{ window }]) => Date.parse(window.from) < until)
    .sort(([a], [b]) => Date.parse(a.window.from) - Date.parse(b.window.from))
    .map((records): ScoredWindow => {
      const rows = records.filter(({ status }) => status === 200).flatMap((record) =>
        own.get(record)!.flatMap((id) => {
          const row = log.row(record.deployment, id);
          if (!row) missing.push(id);
          return row ? [{ id, row }] : [];
        })
      );
      const x = new Float64Array(rows.length * d),
        probabilities = new Float64Array(rows.length * k);
      rows.forEach(({ row }, i) => {
        x.set(row.x, i * d);
        probabilities.set(row.probabilities, i * k);
      });
      return {
        ...records[0].window,
        features,
        classes,
        ids: rows.map(({ id }) => id),
        x,
        predicted: Uint8Array.from(rows, ({ row }) => row.label),
        probabilities,
        actual: Int16Array.from(rows, ({ id }) => classes.indexOf(actualOf.get(id) ?? "")),
        requests: {
          // no answer at all counts as the time-out that a gateway would have told
          status: Uint16Array.from(records, ({ status }) => status || 504),
          ms: Float64Array.from(records, ({ ms }) => ms),
        },
        refused: refusedIn(records),
      };
    });
  let rowsWithoutCaller = 0;
  for (const id of new Set(log.ids())) if (!sent.has(id)) rowsWithoutCaller++;
  return { windows, missing, problems: { idsDoubled, rowsWithoutCaller, ...counts } };
}

/** The label of each row, and what was wrong with the labels. */
function joinLabels(
  labels: readonly LabelRecord[],
  { sent, until }: {
    sent: ReadonlyMap<string, { at: number; isAnswered: boolean }>;
    until: number;
  },
) {
  const actualOf = new Map<string, string>();
  let labelsOfLostRows = 0, labelsUnknown = 0, labelsDoubled = 0, labelsContradictory = 0;
  let labelsEarly = 0, labelsLater = 0;
  // a stable sort: of two that arrived at once the one that was written last is the last
  const ordered = labels.map((record) => ({ ...record, at: Date.parse(record.arrivedAt) }))
    .sort((a, b) => a.at - b.at);
  for (const { correlationId, label, at } of ordered) {
    const row = sent.get(correlationId), before = actualOf.get(correlationId);
    if (at > until) labelsLater++;
    else if (!row) labelsUnknown++;
    else if (before === label) labelsDoubled++;
    else {
      if (before !== undefined) labelsContradictory++;
      else if (!row.isAnswered) labelsOfLostRows++;
      if (at < row.at) labelsEarly++;
      actualOf.set(correlationId, label);
    }
  }
  return {
    ...{ actualOf, labelsOfLostRows, labelsUnknown, labelsDoubled, labelsContradictory },
    ...{ labelsEarly, labelsLater },
  };
}

function refusedIn(records: readonly CallerRecord[]): RefusedInput[] {
  const found = new Map<string, RefusedInput>();
  for (const { refused } of records) {
    for (const { input, rule, rows } of refused) {
      const key = JSON.stringify([input, rule]);
      found.set(key, { input, rule, rows: rows + (found.get(key)?.rows ?? 0) });
    }
  }
  return [...found.values()];
}
