/** Production: what served when, by whose decision. Entries are added and never changed. */

import { type Clock, type JsonRecord } from "lib/core/mod.ts";
import { append, lastEntry, readEntries } from "./append.ts";
import { ConflictError, type DocumentStore } from "./document_store.ts";
import { pathsOf } from "./paths.ts";
import type { ProductionChange } from "./records.ts";
import type { Versions } from "./versions.ts";

/** A change of production, as it is asked for. */
export type ProductionMove = Omit<ProductionChange, "sequence" | "at" | "decision"> & {
  /** The gate's decision that it rests on. Default null. */
  readonly decision?: string | null;
};

/** What is in production, and what was. */
export interface Production {
  /** The version in production; null if there is none. */
  production(name: string): Promise<string | null>;
  /** The version that was in production at an instant (ISO 8601); null if there was none. */
  productionAt(name: string, instant: string): Promise<string | null>;
  /** All changes, the first first. */
  productionHistory(name: string): Promise<ProductionChange[]>;
  /**
   * Writes down that production changes. Of two who change it from the same version one succeeds.
   *
   * @throws {ConflictError} If something else than `from` is in production (by now).
   * @throws {NotFoundError} If `to` was never registered.
   */
  changeProduction(move: ProductionMove): Promise<ProductionChange>;
}

/** The production history that lies in a store. */
export function createProduction(
  store: DocumentStore,
  clock: Clock,
  versions: Versions,
): Production {
  type Stored = ProductionChange & JsonRecord;

  async function productionHistory(name: string): Promise<ProductionChange[]> {
    const entries = await readEntries<Stored>(store, pathsOf(name).production);
    return entries.map(({ value }) => value);
  }

  return {
    productionHistory,
    async production(name) {
      return (await lastEntry<Stored>(store, pathsOf(name).production))?.value.to ?? null;
    },
    async productionAt(name, instant) {
      const at = Date.parse(instant);
      if (Number.isNaN(at)) {
        throw new RangeError(`Cannot look up production as instant must be ISO 8601: ${instant}`);
      }
      const changes = await productionHistory(name);
      return changes.findLast((change) => Date.parse(change.at) <= at)?.to ?? null;
    },
    async changeProduction({ decision = null, ...move }) {
      const { name, from, to } = move, { production, change } = pathsOf(name);
      if (to !== null) await versions.version(name, to);
      return await append<Stored>(store, production, change, (last, sequence) => {
        const found = last?.to ?? null;
        if (found !== from) throw new ConflictError({ path: production, expected: from, found });
        return { ...move, sequence, at: clock.now().toISOString(), decision };
      });
    },
  };
}
