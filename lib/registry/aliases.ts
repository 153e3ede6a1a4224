/** Aliases: champion and challenger, each moved only from where its mover saw it. */

import type { Clock, Json, JsonRecord } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore } from "./document_store.ts";
import { checkAlias, pathsOf } from "./paths.ts";
import type { Alias, AliasTarget } from "./records.ts";
import { updateDocument } from "./update.ts";
import type { Versions } from "./versions.ts";

/** A move of an alias. */
export interface AliasMove {
  /** Name of the model. */
  readonly name: string;
  /** Which alias. */
  readonly alias: Alias;
  /** The version that it points at now; null if it points at none. */
  readonly from: string | null;
  /** The version that it shall point at; null takes it away. */
  readonly to: string | null;
  /** Who or what moves it. */
  readonly by: string;
}

/** Aliases of models. */
export interface Aliases {
  /** Where an alias points; nothing if it is not set. */
  alias(name: string, alias: Alias): Promise<AliasTarget | undefined>;
  /** All aliases of a model that are set. */
  aliases(name: string): Promise<Partial<Record<Alias, AliasTarget>>>;
  /**
   * Moves an alias. Of two who move it from the same version one succeeds.
   *
   * @throws {ConflictError} If it does not point at `from` (any more).
   * @throws {NotFoundError} If `to` was never registered.
   */
  moveAlias(move: AliasMove): Promise<void>;
}

/** The aliases that lie in a store. */
export function createAliases(store: DocumentStore, clock: Clock, versions: Versions): Aliases {
  async function aliases(name: string): Promise<Partial<Record<Alias, AliasTarget>>> {
    return targets((await store.read(pathsOf(name).aliases))?.value);
  }

  return {
    aliases,
    async alias(name, alias) {
      checkAlias(alias);
      return (await aliases(name))[alias];
    },
    async moveAlias({ name, alias, from, to, by }) {
      checkAlias(alias);
      const path = pathsOf(name).aliases;
      if (to !== null) await versions.version(name, to);
      await updateDocument(store, path, (before) => {
        const all = targets(before), found = all[alias]?.version ?? null;
        if (found !== from) {
          throw new ConflictError({ path: `${path}#${alias}`, expected: from, found });
        }
        const { [alias]: _moved, ...others } = all;
        const target = to === null
          ? {}
          : { [alias]: { version: to, at: clock.now().toISOString(), by } };
        return { ...others, ...target } as JsonRecord;
      });
    },
  };
}

function targets(value: Json | undefined): Partial<Record<Alias, AliasTarget>> {
  return (value ?? {}) as Partial<Record<Alias, AliasTarget>>;
}
