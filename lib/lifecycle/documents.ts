/** Where the verbs keep their small documents: the workspace's blobs, or a store that is handed in. */

import { blobDocuments } from "lib/azure/mod.ts";
import { BadInput } from "lib/core/mod.ts";
import type { DocumentStore } from "lib/registry/mod.ts";
import type { Workspace } from "./workspace.ts";

/** An open workspace, or a store alone, e.g. one in memory. */
export type DocumentPlace = Pick<Workspace, "azure" | "telemetry"> | {
  readonly store: DocumentStore;
};

/**
 * The documents of a place.
 *
 * @param place See {@linkcode DocumentPlace}.
 * @returns The store.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 * import { documentsOf } from "lib/lifecycle/mod.ts";
 *
 * const store = createMemoryStore();
 * assert.equal(documentsOf({ store }), store);
 * ```
 */
export function documentsOf(place: DocumentPlace): DocumentStore {
  return "store" in place ? place.store : blobDocuments(place.azure);
}

/** Folder of the alerts that could not be delivered, so no endpoint's. */
const DEAD_LETTERS = "dead-letters";

/** Checks an endpoint's name by Azure ML's rule, so that it can be part of a path. */
export function checkEndpoint(endpoint: string, field = "endpoint"): void {
  if (!/^[a-zA-Z][a-zA-Z0-9-]{1,30}[a-zA-Z0-9]$/.test(endpoint)) {
    const rule = "must be 3 to 32 letters, digits or -, begin with a letter and not end with -";
    throw new BadInput({ field, rule, value: endpoint });
  }
  if (endpoint === DEAD_LETTERS) {
    throw new BadInput({ field, rule: "must not be the folder of dead letters", value: endpoint });
  }
}

/** Paths of an endpoint's alerts; `id` is a fingerprint, or the id of a notification. */
export function alertPaths(endpoint: string) {
  checkEndpoint(endpoint);
  return {
    alerts: `alerts/${endpoint}/`,
    alert: (id: string) => `alerts/${endpoint}/${checkId(id)}.json`,
    deadLetters: `alerts/${DEAD_LETTERS}/${endpoint}/`,
    deadLetter: (id: string) => `alerts/${DEAD_LETTERS}/${endpoint}/${checkId(id)}.json`,
  };
}

function checkId(id: string): string {
  if (/^[0-9a-f]{64}$/.test(id)) return id;
  throw new BadInput({ field: "alert", rule: "must be 64 hexadecimal digits", value: id });
}
