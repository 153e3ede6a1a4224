/** Where rollouts lie, and who may drive one: every write is over what the writer has seen. */

import { BadInput, canonicalJson, type Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "lib/registry/mod.ts";
import type { RolloutRecord } from "./rollout_record.ts";

/** A record as it was read or written. */
export interface HeldRollout {
  /** The record. */
  readonly record: RolloutRecord;
  /** Its ETag. */
  readonly etag: string;
}

/** What tells a rollout. */
export interface RolloutName {
  /** The endpoint. */
  readonly endpoint: string;
  /** Its id there. */
  readonly id: string;
}

/** The document of a rollout. */
export function rolloutPath({ endpoint, id }: RolloutName): string {
  return `rollouts/${endpoint}/${id}.json`;
}

/** The document that says which rollout has the endpoint. */
export function activePath(endpoint: string): string {
  return `rollouts/${endpoint}/active.json`;
}

/**
 * Reads a rollout.
 *
 * @param store Where the documents lie.
 * @param name Endpoint and id.
 * @returns The record; undefined if there is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readRollout } from "lib/lifecycle/mod.ts";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 *
 * assert.equal(await readRollout(createMemoryStore(), { endpoint: "iris", id: "7" }), undefined);
 * ```
 */
export async function readRollout(
  store: DocumentStore,
  name: RolloutName,
): Promise<RolloutRecord | undefined> {
  return (await readHeld(store, name))?.record;
}

/** The record with its ETag. */
export async function readHeld(
  store: DocumentStore,
  name: RolloutName,
): Promise<HeldRollout | undefined> {
  const found = await store.read(rolloutPath(name));
  return found && { record: found.value as unknown as RolloutRecord, etag: found.etag };
}

/** The record with its ETag, which must be there. */
export async function mustRead(store: DocumentStore, name: RolloutName): Promise<HeldRollout> {
  const found = await readHeld(store, name);
  if (found) return found;
  throw new BadInput({
    field: "rollout",
    rule: "must be one that was started",
    value: { ...name },
  });
}

/** Writes a record over the one that was seen. */
export async function writeRollout(
  store: DocumentStore,
  record: RolloutRecord,
  etag: string,
): Promise<HeldRollout> {
  const value = JSON.parse(canonicalJson(record)) as Json;
  return { record, ...await store.write(rolloutPath(record), value, { ifMatch: etag }) };
}

/**
 * Makes a rollout the one that has its endpoint.
 *
 * @param store Where the documents lie.
 * @param name Endpoint and id.
 * @param options `isOver`: a rollout that is over may not take the endpoint from a later one, since
 * its blue is not what served before. Default `false`.
 * @throws {ConflictError} If another one that is not over has it.
 */
export async function claimEndpoint(
  store: DocumentStore,
  { endpoint, id }: RolloutName,
  { isOver = false }: { isOver?: boolean } = {},
): Promise<void> {
  const path = activePath(endpoint), found = await store.read(path);
  const owner = (found?.value as { id?: string } | undefined)?.id;
  if (owner === id) return;
  const other = owner === undefined ? undefined : await readHeld(store, { endpoint, id: owner });
  if (isOpen(other?.record) || (other && isOver)) {
    throw new ConflictError({ path, expected: id, found: owner! });
  }
  await store.write(path, { id }, { ifMatch: found?.etag ?? NEW });
}

/** Whether a rollout still has a say in the traffic. A held one has: its green answers. */
function isOpen(record: RolloutRecord | undefined): boolean {
  return record !== undefined && ["running", "held", "rolling-back"].includes(record.state);
}
