/** What the last run of a chapter found, kept beside the endpoint: the dashboard reads it. */

import type { Json } from "lib/core/mod.ts";
import { checkEndpoint, type DocumentPlace, documentsOf } from "./documents.ts";
import type { MonitoringRecord } from "./monitoring_record.ts";
import { told } from "./telemetry.ts";

/** What is kept. */
export type RecordKind = "monitoring" | "experiment" | "incident" | "scenes";

/** Place of an endpoint's last record of a kind. */
function recordPath(endpoint: string, kind: RecordKind): string {
  checkEndpoint(endpoint);
  return `operations/${endpoint}/${kind}.json`;
}

/**
 * Keeps a record in place of the last one of its kind.
 *
 * @param place Where documents are.
 * @param of The endpoint, the kind, and plain data.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { keepRecord, readRecord } from "lib/lifecycle/mod.ts";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 *
 * const place = { store: createMemoryStore() };
 * await keepRecord(place, { endpoint: "iris-live", kind: "incident", record: { falseAlarms: 0 } });
 * const found = await readRecord<{ falseAlarms: number }>(place, { endpoint: "iris-live", kind: "incident" });
 * assert.equal(found?.falseAlarms, 0);
 * ```
 */
export async function keepRecord(
  place: DocumentPlace,
  { endpoint, kind, record }: {
    readonly endpoint: string;
    readonly kind: RecordKind;
    readonly record: object;
  },
): Promise<void> {
  const plain: Json = JSON.parse(JSON.stringify(record));
  await documentsOf(place).write(recordPath(endpoint, kind), plain);
  const { decision } = record as Partial<MonitoringRecord>;
  if (kind !== "monitoring" || !decision) return;
  const { branch, because } = decision;
  await told(place, "retraining.decision", { endpoint, branch, because: because[0] ?? "" });
}

/**
 * Reads the last record of a kind.
 *
 * @param place Where documents are.
 * @param of The endpoint and the kind.
 * @returns The record as it was kept; undefined if there is none.
 *
 * @example
 * ```ts ignore
 * const incident = await readRecord<Incident>(workspace, { endpoint: "iris-live", kind: "incident" });
 * ```
 */
export async function readRecord<T>(
  place: DocumentPlace,
  { endpoint, kind }: { readonly endpoint: string; readonly kind: RecordKind },
): Promise<T | undefined> {
  const found = await documentsOf(place).read(recordPath(endpoint, kind));
  return found?.value as T | undefined;
}
