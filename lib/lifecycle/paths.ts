/** The only file that knows where things lie in the checkout. */

import { fileURLToPath } from "node:url";
import { resolve } from "node:path";

/** The checkout's root folder, absolute. */
export const CHECKOUT: string = fileURLToPath(new URL("../..", import.meta.url)).replace(
  /[\\/]$/,
  "",
);

/**
 * A path in the checkout. Kernels run in `notebooks/` and scripts anywhere, so paths that are written
 * in notebooks are meant from the root.
 *
 * @param path Relative to the checkout, or absolute.
 * @returns The absolute path.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { CHECKOUT, fromCheckout } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(fromCheckout("data"), `${CHECKOUT}/data`);
 * ```
 */
export function fromCheckout(path: string): string {
  return resolve(CHECKOUT, path);
}

/** Where results go; git ignores it. */
export const OUT: string = fromCheckout("out");
