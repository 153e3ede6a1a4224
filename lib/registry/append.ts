/** Lists that only grow: every entry is a document of its own, and none is ever written over. */

import type { Json } from "lib/core/mod.ts";
import { ConflictError, type DocumentStore, NEW } from "./document_store.ts";
import { stemOf } from "./paths.ts";

/** An entry and its number. */
export interface Entry<T> {
  /** From 1. */
  readonly number: number;
  /** What was written. */
  readonly value: T;
}

/** All entries of a folder, the first first. */
export async function readEntries<T extends Json>(
  store: DocumentStore,
  folder: string,
): Promise<Entry<T>[]> {
  const paths = await store.list(folder);
  return await Promise.all(paths.map(async (path) => ({
    number: Number(stemOf(path)),
    value: (await store.read(path))!.value as T, // nothing ever removes an entry
  })));
}

/** The last entry of a folder, if there is one. */
export async function lastEntry<T extends Json>(
  store: DocumentStore,
  folder: string,
): Promise<Entry<T> | undefined> {
  const path = (await store.list(folder)).at(-1);
  const found = path === undefined ? undefined : await store.read(path);
  return found && { number: Number(stemOf(path!)), value: found.value as T };
}

/**
 * Appends an entry. Of two writers one gets the number, the other makes its entry anew over what is
 * then the last, or gives up.
 *
 * @param store Where the entries lie.
 * @param folder Their folder.
 * @param pathOf The path of a number.
 * @param make From the last entry (nothing where there is none) and the new number to the new entry.
 * What it throws ends the attempt.
 * @returns The entry that was written.
 */
export async function append<T extends Json>(
  store: DocumentStore,
  folder: string,
  pathOf: (number: number) => string,
  make: (last: T | undefined, number: number) => T,
): Promise<T> {
  while (true) { // each round that is lost was won by somebody, so the list grows
    const last = await lastEntry<T>(store, folder), number = (last?.number ?? 0) + 1;
    const value = make(last?.value, number);
    try {
      await store.write(pathOf(number), value, { ifMatch: NEW });
      return value;
    } catch (error) {
      if (!(error instanceof ConflictError)) throw error;
    }
  }
}
