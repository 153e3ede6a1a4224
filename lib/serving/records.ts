/**
 * Records in the layout of Azure ML's data collector, so that its monitors, and ours, find them.
 * One line is one record of one collection; inputs and outputs join on `correlationid`.
 */

import type { Cell, ScoredRequest } from "./scored.ts";

/** The collections that Azure ML's monitoring knows by name. */
export type Collection = "model_inputs" | "model_outputs";

/** Who collects: parts of the path and of each record. */
export interface Origin {
  /** The endpoint's name. */
  readonly endpoint: string;
  /** The deployment's name. */
  readonly deployment: string;
  /** This process, and no other: it alone writes its blobs. */
  readonly instance: string;
  /** `source` of each record, e.g. the deployment's ARM id. */
  readonly source: string;
  /** The model's version. */
  readonly modelVersion: string;
}

/** A record on its way: its line, without the end, and the blob that it belongs to. */
export interface CollectedLine {
  /** Path of the blob in its container. */
  readonly path: string;
  /** The record's id. */
  readonly id: string;
  /** The record as JSON. */
  readonly line: string;
}

/** Largest block of an append blob, and so the longest line with its end, in bytes. */
export const MAX_BLOCK = 4_000_000;

/**
 * The blob of a collection for the hour of a time: `modelDataCollector/ENDPOINT/DEPLOYMENT/COLLECTION/
 * yyyy/MM/dd/HH/INSTANCE.jsonl`, in UTC.
 *
 * @param origin See {@linkcode Origin}.
 * @param collection The collection.
 * @param time ISO 8601 with `Z`.
 * @returns The path.
 * @see Azure ML, "Collect production data from models deployed for real-time inferencing".
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blobPath } from "lib/serving/mod.ts";
 *
 * const origin = { endpoint: "iris", deployment: "blue", instance: "i1" };
 * assert.equal(
 *   blobPath(origin, "model_inputs", "2026-03-04T05:06:07.000Z"),
 *   "modelDataCollector/iris/blue/model_inputs/2026/03/04/05/i1.jsonl",
 * );
 * ```
 */
export function blobPath(
  { endpoint, deployment, instance }: Pick<Origin, "endpoint" | "deployment" | "instance">,
  collection: Collection,
  time: string,
): string {
  const [, year, month, day, hour] = /^(\d{4})-(\d\d)-(\d\d)T(\d\d)/.exec(time) ?? [];
  if (hour === undefined) {
    throw new RangeError(`Cannot place a record as its time must be ISO 8601: ${time}`);
  }
  const folder = [endpoint, deployment, collection, year, month, day, hour].join("/");
  return `modelDataCollector/${folder}/${instance}.jsonl`;
}

/**
 * The records of one request: one of inputs, one of outputs; more where a line would not fit a block.
 *
 * @param scored See {@linkcode ScoredRequest}.
 * @param origin See {@linkcode Origin}.
 * @param options `newId` makes ids of records, by default random UUIDs; `maxBytes` of a line with its
 * end, default {@linkcode MAX_BLOCK}.
 * @returns The lines, inputs first.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { collectedLines } from "lib/serving/mod.ts";
 *
 * const ids = { requestId: "r1", correlationId: "c1", time: "2026-03-04T05:06:07.000Z" };
 * const scored = { ...ids, inputs: [{ length: 4 }], outputs: [{ label: "b" }] };
 * const origin = { endpoint: "iris", deployment: "blue", instance: "i1", source: "s", modelVersion: "3" };
 * const [inputs] = collectedLines(scored, origin, { newId: () => "id1" });
 * const { id, type, data, correlationid, modelversion } = JSON.parse(inputs.line);
 * assert.deepEqual([id, type, correlationid, modelversion], ["id1", "azureml.inference.model_inputs", "c1", "3"]);
 * assert.deepEqual(data, [{ length: 4 }]);
 * ```
 */
export function collectedLines(
  scored: ScoredRequest,
  origin: Origin,
  { newId = () => crypto.randomUUID(), maxBytes = MAX_BLOCK }: {
    newId?: () => string;
    maxBytes?: number;
  } = {},
): CollectedLine[] {
  const lines = (collection: Collection, rows: Rows): CollectedLine[] => {
    const id = newId(), line = recordLine({ scored, origin, collection, id, rows });
    // three bytes a UTF-16 unit at the most: only long lines are really counted
    if (line.length * 3 < maxBytes || byteLength(line) < maxBytes || rows.length === 1) {
      return [{ path: blobPath(origin, collection, scored.time), id, line }];
    }
    const half = Math.ceil(rows.length / 2);
    return [rows.slice(0, half), rows.slice(half)].flatMap((part) => lines(collection, part));
  };
  return [...lines("model_inputs", scored.inputs), ...lines("model_outputs", scored.outputs)];
}

type Rows = readonly Readonly<Record<string, Cell>>[];

function recordLine({ scored, origin, collection, id, rows }: {
  scored: ScoredRequest;
  origin: Origin;
  collection: Collection;
  id: string;
  rows: Rows;
}): string {
  const bytes = byteLength(JSON.stringify(rows));
  return JSON.stringify({
    specversion: "1.0",
    id,
    source: origin.source,
    type: `azureml.inference.${collection}`,
    datacontenttype: "application/json",
    time: scored.time,
    data: rows,
    contentrange: `bytes 0-${bytes - 1}/${bytes}`,
    correlationid: scored.correlationId,
    xrequestid: scored.requestId,
    modelversion: origin.modelVersion,
    collectdatatype: "pandas.core.frame.DataFrame", // what readers of the layout expect
    agent: AGENT,
  });
}

/** Who wrote the record; Azure's own agent would be `azureml-ai-monitoring/VERSION`. */
const AGENT = "mlops-demo-serving/1";

const encoder = new TextEncoder();

function byteLength(text: string): number {
  return encoder.encode(text).length;
}
