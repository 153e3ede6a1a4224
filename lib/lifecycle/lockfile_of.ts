/** The lockfile that made a version: the checkout's own, or the one of its commit. */

import { sha256 } from "lib/core/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { CHECKOUT, fromCheckout } from "./paths.ts";

/**
 * Finds the `deno.lock` whose digest a version names.
 *
 * @param version The version.
 * @returns Its text; null where neither this checkout nor its git history has it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { lockfileOf, readProvenance } from "lib/lifecycle/mod.ts";
 *
 * const { lockfile } = await readProvenance();
 * assert.ok((await lockfileOf({ lockfile, commit: "none" }))?.includes('"version": "5"'));
 * assert.equal(await lockfileOf({ lockfile: "0".repeat(64), commit: "none" }), null);
 * ```
 */
export async function lockfileOf(
  { lockfile, commit }: Pick<ModelVersion, "lockfile" | "commit">,
): Promise<string | null> {
  const own = await Deno.readFile(fromCheckout("deno.lock"));
  if (sha256(own) === lockfile) return new TextDecoder().decode(own);
  const [hash] = /^[0-9a-f]{40}/.exec(commit) ?? [];
  if (hash === undefined) return null;
  try {
    const args = ["-C", CHECKOUT, "show", `${hash}:deno.lock`];
    const { success, stdout } = await new Deno.Command("git", { args, stderr: "null" }).output();
    return success && sha256(stdout) === lockfile ? new TextDecoder().decode(stdout) : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // no git on this machine
    throw error;
  }
}
