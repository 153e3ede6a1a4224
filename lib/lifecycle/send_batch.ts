/** One request to the endpoint, and what its caller keeps of it: a failure is a record, not an error. */

import type { RefusedInput } from "lib/monitoring/mod.ts";
import { ID_COLUMN } from "lib/serving/mod.ts";
import type { CallerRecord } from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** Rows of one request. Letters: n rows, d features. */
export interface Batch extends Pick<CallerRecord, "window" | "requestId" | "sentAt"> {
  /** Names of the d inputs. */
  readonly columns: readonly string[];
  /** Values, row after row; NaN is sent as null. (n × d) */
  readonly x: Float64Array;
  /** (n) */
  readonly correlationIds: readonly string[];
}

/** Longest wait for an answer, in milliseconds. The service's own limit is 5 s. */
const ANSWER_MS = 30_000;

/** The body of a batch: Azure ML's usual shape, with the correlation ids as a column. */
export function batchBody({ columns, x, correlationIds }: Batch): string {
  const d = columns.length, isTaken = columns.includes(ID_COLUMN);
  const data = correlationIds.map((id, i) => {
    const values = Array.from(x.subarray(i * d, i * d + d), (v) => Number.isNaN(v) ? null : v);
    return isTaken ? values : [...values, id];
  });
  return JSON.stringify({
    input_data: {
      columns: isTaken ? columns : [...columns, ID_COLUMN],
      index: [...data.keys()],
      data,
    },
    // beside the rows where the model has an input of that name
    ...(isTaken && { correlation_ids: correlationIds }),
  });
}

/**
 * Sends a batch.
 *
 * @param workspace Where the endpoint is.
 * @param call Its URL and key; `deployment` asks one past the traffic rules; the batch and its body.
 * @param signal Ends the wait; the record then has status 0.
 * @returns The caller's record. It never rejects.
 */
export async function sendBatch(
  { azure }: Pick<Workspace, "azure">,
  { url, key, deployment, batch, body }: {
    url: string;
    key: string;
    deployment?: string;
    batch: Batch;
    body: string;
  },
  signal?: AbortSignal,
): Promise<CallerRecord> {
  const { window, requestId, sentAt, correlationIds } = batch, started = performance.now();
  const known = { window, requestId, sentAt };
  const elapsed = () => Number((performance.now() - started).toFixed(3));
  try {
    const response = await azure.fetch(url, {
      method: "POST",
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "x-request-id": requestId,
        "x-ms-client-request-id": requestId,
        ...(deployment !== undefined && { "azureml-model-deployment": deployment }),
      },
      body,
      signal: AbortSignal.any([AbortSignal.timeout(ANSWER_MS), ...(signal ? [signal] : [])]),
    });
    const text = await response.text(), ms = elapsed(), { status, headers } = response;
    const modelStatus = Number(headers.get("ms-azureml-model-error-statuscode"));
    return {
      ...known,
      deployment: headers.get("azureml-model-deployment"),
      status,
      ...(modelStatus > 0 && { modelStatus }),
      ms,
      correlationIds,
      refused: status === 200 ? [] : violationsIn(text),
    };
  } catch (error) {
    const { message } = error as Error;
    const lost = { deployment: deployment ?? null, status: 0, ms: elapsed() };
    return { ...known, ...lost, correlationIds, refused: [], error: message };
  }
}

/** Broken rules by input: how many rows broke each. Nothing if the body names none. */
function violationsIn(text: string): RefusedInput[] {
  let found: unknown;
  try {
    found = JSON.parse(text)?.error?.violations;
  } catch {
    return []; // the front door's own words
  }
  if (!Array.isArray(found)) return [];
  const rows = new Map<string, { input: string | null; rule: string; rows: Set<unknown> }>();
  for (const { input = null, rule, row } of found) {
    const key = JSON.stringify([input, rule]);
    const entry = rows.get(key) ?? { input, rule: String(rule), rows: new Set() };
    rows.set(key, entry);
    entry.rows.add(row);
  }
  return [...rows.values()].map((entry) => ({ ...entry, rows: entry.rows.size }));
}
