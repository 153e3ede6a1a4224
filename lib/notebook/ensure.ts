/** Lets each notebook start from nothing: what an earlier one would have made is made here. */

/** What {@linkcode ensure} needs to know. */
export interface Ensured<T> {
  /** The thing, as it is called in the sentence, e.g. `the champion model`. */
  readonly what: string;
  /** Looks for it; `undefined` if it is not there. */
  readonly find: () => T | undefined | Promise<T | undefined>;
  /** Makes it. */
  readonly build: () => T | Promise<T>;
}

/**
 * Finds a thing or builds it, and says in one line which.
 *
 * @param ensured See {@linkcode Ensured}.
 * @returns The thing.
 * @throws Whatever `find` or `build` throws.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { ensure } from "lib/notebook/mod.ts";
 *
 * // prints: built the answer (0.0 s) because it was not there
 * const answer = await ensure({ what: "the answer", find: () => undefined, build: () => 42 });
 * assert.equal(answer, 42);
 * ```
 */
export async function ensure<T>(ensured: Ensured<T>): Promise<T> {
  const { what, find, build } = ensured;
  const found = await find();
  if (found !== undefined) {
    console.log(`found ${what}`);
    return found;
  }
  const start = performance.now();
  const built = await build();
  const seconds = ((performance.now() - start) / 1000).toFixed(1);
  console.log(`built ${what} (${seconds} s) because it was not there`);
  return built;
}
