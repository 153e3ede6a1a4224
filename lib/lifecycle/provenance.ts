/** Which code made this: commit and lockfile. */

import { sha256 } from "lib/core/mod.ts";
import { CHECKOUT, fromCheckout } from "./paths.ts";

/** Where a model's code came from. */
export interface Provenance {
  /** Git commit, with `-dirty` where tracked files differ from it; null outside a git checkout. */
  readonly commit: string | null;
  /** SHA-256 of `deno.lock`: every dependency to the byte. */
  readonly lockfile: string;
}

/**
 * Reads the provenance of this checkout. Asks `git`; where there is none, the commit is null.
 *
 * @returns See {@linkcode Provenance}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readProvenance } from "lib/lifecycle/mod.ts";
 *
 * assert.match((await readProvenance()).lockfile, /^[0-9a-f]{64}$/);
 * ```
 */
export async function readProvenance(): Promise<Provenance> {
  const commit = await git("rev-parse", "HEAD");
  const changed = await git("status", "--porcelain", "--untracked-files=no");
  return {
    commit: commit && (changed === "" ? commit : `${commit}-dirty`),
    lockfile: sha256(await Deno.readFile(fromCheckout("deno.lock"))),
  };
}

async function git(...args: string[]): Promise<string | null> {
  try {
    const command = new Deno.Command("git", { args: ["-C", CHECKOUT, ...args], stderr: "null" });
    const { success, stdout } = await command.output();
    return success ? new TextDecoder().decode(stdout).trim() : null;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null; // no git on this machine
    throw error;
  }
}
