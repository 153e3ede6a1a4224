/** The registry: its five parts over one store. */

import { type Clock, systemClock } from "lib/core/mod.ts";
import { type Aliases, createAliases } from "./aliases.ts";
import { createDecisions, type Decisions } from "./decisions.ts";
import { createDeployments, type Deployments } from "./deployments.ts";
import type { DocumentStore } from "./document_store.ts";
import { createProduction, type Production } from "./production.ts";
import { createVersions, type Versions } from "./versions.ts";

/** Options of {@linkcode createRegistry}. */
export interface RegistryOptions {
  /** Where the documents lie. */
  readonly store: DocumentStore;
  /** When things happened. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** Versions, aliases, production, decisions and deployments of all models. */
export interface Registry extends Versions, Aliases, Production, Decisions, Deployments {}

/**
 * The registry that lies in a store. Any number of processes may work on the same store.
 *
 * @param options See {@linkcode RegistryOptions}.
 * @returns See {@linkcode Registry}.
 *
 * @example From training to production and back
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore, createRegistry } from "lib/registry/mod.ts";
 *
 * const registry = createRegistry({ store: createMemoryStore() });
 * const origin = { runId: "r1", datasetDigest: "d1", commit: "c1", lockfile: "l1" };
 * const name = "iris", digest = "ab".repeat(32), by = "example";
 * for (const version of ["1", "2"]) {
 *   await registry.register({ name, version, digest, signature: {}, metrics: { accuracy: 0.97 }, ...origin });
 * }
 * const move = { name, by, reason: "first" };
 * await registry.changeProduction({ ...move, from: null, to: "1" });
 * await registry.changeProduction({ ...move, from: "1", to: "2" });
 * await assert.rejects(registry.changeProduction({ ...move, from: "1", to: "2" }), {
 *   message: 'Cannot write models/iris/production/ as it must be "1": found "2"',
 * });
 * assert.equal(await registry.production(name), "2");
 * assert.deepEqual(await registry.origin(name, "2"), origin);
 * ```
 */
export function createRegistry({ store, clock = systemClock }: RegistryOptions): Registry {
  const versions = createVersions(store, clock);
  return {
    ...versions,
    ...createAliases(store, clock, versions),
    ...createProduction(store, clock, versions),
    ...createDecisions(store, clock, versions),
    ...createDeployments(store, clock, versions),
  };
}
