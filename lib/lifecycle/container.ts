/** The container: its routes, and the build context that the serving room makes. */

import { join } from "node:path";
import { digestOf, sha256 } from "lib/core/mod.ts";
import { buildContext as build } from "lib/serving/mod.ts";
import { fromCheckout } from "./paths.ts";

/** Port and routes of the container. */
export const ROUTES = {
  port: 8080,
  liveness: "/health/live",
  readiness: "/health/ready",
  scoring: "/score",
} as const;

/** The context of this process: its own code does not change while it runs, and bundling takes a second. */
let context: ReturnType<typeof build> | undefined;

/**
 * The build context of the scoring service, see `lib/serving`; bundled once in a process.
 *
 * @returns Files by name.
 * @throws {Error} If the bundler fails; the next call tries again.
 *
 * @example
 * ```ts ignore
 * const files = await buildContext();
 * ```
 */
export async function buildContext(): Promise<Record<string, Uint8Array>> {
  try {
    return { ...await (context ??= build()) };
  } catch (error) {
    context = undefined;
    throw error;
  }
}

/** Everything that the bundle is made of. */
const SOURCES = ["lib/core", "lib/model", "lib/serving"], PACKAGES = ["deno.json", "deno.lock"];

/**
 * Digest of what the build context is made of. The same sources give the same context, so whoever knows
 * that it is registered already need not bundle it.
 *
 * @returns SHA-256 over the sources, the lockfile and Deno's version.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sourcesDigest } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(await sourcesDigest(), await sourcesDigest());
 * ```
 */
export async function sourcesDigest(): Promise<string> {
  const paths = [...PACKAGES];
  for (const folder of SOURCES) {
    for await (const { name } of Deno.readDir(fromCheckout(folder))) {
      if (name.endsWith(".ts")) paths.push(join(folder, name));
    }
  }
  const digests = await Promise.all(
    paths.sort().map(async (path) => [path, sha256(await Deno.readFile(fromCheckout(path)))]),
  );
  return digestOf({ deno: Deno.version.deno, ...Object.fromEntries(digests) });
}
