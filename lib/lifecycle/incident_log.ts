/**
 * The log of a drill as a document, written before each next step: a drill that is killed leaves what it
 * has done, and who served before it.
 */

import { BadInput, type Json } from "lib/core/mod.ts";
import { NEW } from "lib/registry/mod.ts";
import { checkEndpoint, type DocumentPlace, documentsOf } from "./documents.ts";
import type { Incident } from "./incident_record.ts";

/** A log that is being written. */
export interface IncidentLog {
  /** Writes the record as it stands over the one that was written before. */
  readonly save: (incident: Incident) => Promise<void>;
}

/** Folder of an endpoint's logs. */
function folder(endpoint: string): string {
  checkEndpoint(endpoint);
  return `incidents/${endpoint}/`;
}

/** Path of a log. */
function logPath({ endpoint, id }: Pick<Incident, "endpoint" | "id">): string {
  if (/^[\w-]{1,64}$/.test(id)) return `${folder(endpoint)}${id}.json`;
  throw new BadInput({ field: "incident", rule: "must be letters, digits, - and _", value: id });
}

/**
 * Begins a log.
 *
 * @param place Where documents are.
 * @param incident The record at its begin.
 * @returns See {@linkcode IncidentLog}. Its `save` throws a ConflictError if somebody else has written.
 * @throws {ConflictError} If there is a log of that name.
 *
 * @example
 * ```ts ignore
 * const log = await beginIncidentLog(workspace, incident);
 * await log.save({ ...incident, falseAlarms: 1 });
 * ```
 */
export async function beginIncidentLog(
  place: DocumentPlace,
  incident: Incident,
): Promise<IncidentLog> {
  const store = documentsOf(place), path = logPath(incident);
  let { etag } = await store.write(path, plain(incident), { ifMatch: NEW });
  return {
    async save(next) {
      ({ etag } = await store.write(path, plain(next), { ifMatch: etag }));
    },
  };
}

/**
 * Reads the logs of an endpoint's drills, those that were killed among them.
 *
 * @param place Where documents are.
 * @param of The endpoint.
 * @returns The records, the oldest first.
 * @throws {BadInput} If the endpoint's name is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readIncidents } from "lib/lifecycle/mod.ts";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 *
 * const place = { store: createMemoryStore() };
 * assert.deepEqual(await readIncidents(place, { endpoint: "iris-live" }), []);
 * ```
 */
export async function readIncidents(
  place: DocumentPlace,
  { endpoint }: { readonly endpoint: string },
): Promise<Incident[]> {
  const store = documentsOf(place), paths = await store.list(folder(endpoint));
  const found = await Promise.all(paths.map((path) => store.read(path)));
  return found.flatMap((one) => one ? [one.value as unknown as Incident] : [])
    .sort((a, b) => Date.parse(a.events[0].at) - Date.parse(b.events[0].at));
}

function plain(incident: Incident): Json {
  return JSON.parse(JSON.stringify(incident));
}
