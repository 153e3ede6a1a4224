/** What gates decided: kept for every version, whether it passed or not. */

import type { Clock, JsonRecord } from "lib/core/mod.ts";
import { append, readEntries } from "./append.ts";
import type { DocumentStore } from "./document_store.ts";
import { pathsOf } from "./paths.ts";
import { toJson } from "./plain.ts";
import type { GateDecision } from "./records.ts";
import type { Versions } from "./versions.ts";

/** Decisions of gates. */
export interface Decisions {
  /**
   * Writes a decision down.
   *
   * @returns The decision with its id and time.
   * @throws {NotFoundError} If the version was never registered.
   */
  recordDecision(decision: Omit<GateDecision, "id" | "at">): Promise<GateDecision>;
  /** All decisions about a version, the first first. */
  decisions(name: string, version: string): Promise<GateDecision[]>;
}

/** The decisions that lie in a store. */
export function createDecisions(
  store: DocumentStore,
  clock: Clock,
  versions: Versions,
): Decisions {
  type Stored = GateDecision & JsonRecord;
  return {
    async recordDecision(decision) {
      const given = toJson(decision);
      const { name, version } = decision, paths = pathsOf(name);
      await versions.version(name, version);
      const path = (number: number) => paths.decision(version, number);
      return await append<Stored>(store, paths.decisions(version), path, (_last, number) => ({
        ...given as Stored,
        ...{ id: `${name}/${version}/${number}`, at: clock.now().toISOString() },
      }));
    },
    async decisions(name, version) {
      const entries = await readEntries<Stored>(store, pathsOf(name).decisions(version));
      return entries.map(({ value }) => value);
    },
  };
}
