/** The rows behind a version, wherever on this machine they lie. */

import { join } from "node:path";
import { CHALLENGER_FOLDERS } from "./challenger.ts";
import { fromCheckout } from "./paths.ts";
import { prepare, type Prepared } from "./train.ts";

/**
 * Finds rows by their digest: first where a monitoring has chosen new ones, then where notebook 05 has
 * made some.
 *
 * @param digest Digest of the rows.
 * @param options `name` of the dataset; `seed` of the split; `folders` to look in, default
 * {@linkcode CHALLENGER_FOLDERS}; `first`: a descriptor to look at before them, default none.
 * @returns The rows; undefined where they are not on this machine.
 * @throws {BadInput} If a descriptor or its CSV is broken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { findRows, prepare } from "lib/lifecycle/mod.ts";
 *
 * const first = "data/iris.dataset.json", { dataset } = await prepare(first, { seed: 7 });
 * const found = await findRows(dataset.digest, { name: "iris", seed: 7, first });
 * assert.equal(found?.dataset.digest, dataset.digest);
 * ```
 */
export async function findRows(
  digest: string,
  { name, seed, first, folders = CHALLENGER_FOLDERS }: {
    readonly name: string;
    readonly seed: number;
    readonly first?: string;
    readonly folders?: { readonly found: string; readonly made: string };
  },
): Promise<Prepared | undefined> {
  const later = [folders.found, folders.made].map((folder) => join(folder, `${name}.dataset.json`));
  for (const path of [...(first === undefined ? [] : [first]), ...later]) {
    // the one that was named must be there; the others may never have been made
    if (path !== first && !await isThere(fromCheckout(path))) continue;
    const prepared = await prepare(path, { seed });
    if (prepared.dataset.digest === digest) return prepared;
  }
  return undefined;
}

async function isThere(path: string): Promise<boolean> {
  return await Deno.stat(path).then(() => true, () => false);
}
