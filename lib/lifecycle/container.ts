/** The container: its routes, and the build context that the serving room makes. */

import { buildContext as build } from "lib/serving/mod.ts";

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
