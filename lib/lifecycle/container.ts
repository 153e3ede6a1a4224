/** The container's build context: one bundled file and a Dockerfile. */

import { fromCheckout } from "./paths.ts";

/** Port and routes of the container. */
export const ROUTES = {
  port: 8080,
  liveness: "/health/live",
  readiness: "/health/ready",
  scoring: "/score",
} as const;

/** Everything the program needs is in the one file, so nothing has to be run while it is built. */
const DOCKERFILE = `ARG BASE=denoland/deno:2.9.6
FROM \${BASE}
WORKDIR /app
COPY server.js ./
USER deno
EXPOSE ${ROUTES.port}
CMD ["deno", "run", "--allow-net", "--allow-env", "--allow-read", "server.js"]
`;

/**
 * Makes the build context of the scoring service.
 *
 * @returns Its files: the same code gives the same bytes.
 * @throws {Error} If the bundler fails; with what it said.
 *
 * @example
 * ```ts ignore
 * // runs `deno bundle`, so it needs the permission to run
 * const files = await buildContext();
 * ```
 */
export async function buildContext(): Promise<Record<string, Uint8Array>> {
  const command = new Deno.Command(Deno.execPath(), {
    args: ["bundle", "--quiet", fromCheckout("lib/serving/main.ts")],
    cwd: fromCheckout("."),
    env: { NO_COLOR: "1" },
    stdin: "null",
  });
  const { success, stdout, stderr } = await command.output();
  if (!success || stdout.length === 0) {
    throw new Error(`Cannot bundle the server: ${new TextDecoder().decode(stderr).trim()}`);
  }
  return { "Dockerfile": new TextEncoder().encode(DOCKERFILE), "server.js": stdout };
}
