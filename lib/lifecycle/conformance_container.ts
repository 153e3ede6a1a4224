/** The smallest container that the conformance check needs: it answers with the status that it is asked for. */

/** Port and routes. */
export const CHECK_ROUTES = {
  port: 8080,
  liveness: "/live",
  readiness: "/ready",
  scoring: "/score",
} as const;

/** A line that the container writes when it begins, by which its log is known. */
export const CHECK_LINE = "conformance container listens";

const DOCKERFILE = `FROM denoland/deno:2.9.6
WORKDIR /app
COPY server.js ./
USER deno
EXPOSE ${CHECK_ROUTES.port}
CMD ["deno", "run", "--no-prompt", "--allow-net", "--allow-env=PORT,HOST", "server.js"]
`;

const SERVER = `const hostname = Deno.env.get("HOST") ?? "0.0.0.0";
const port = Number(Deno.env.get("PORT") ?? ${CHECK_ROUTES.port});
const onListen = () => console.log("${CHECK_LINE}");
Deno.serve({ hostname, port, onListen }, async (request) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/live" || pathname === "/ready") return new Response("ok");
  if (pathname !== "/score") return Response.json({ error: "no such route" }, { status: 404 });
  const { status = 200 } = await request.json();
  return Response.json({ echoed: status }, { status });
});
`;

/**
 * The build context.
 *
 * @returns Files by name.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkContext } from "lib/lifecycle/conformance_container.ts";
 *
 * assert.deepEqual(Object.keys(checkContext()), ["Dockerfile", "server.js"]);
 * ```
 */
export function checkContext(): Record<string, Uint8Array> {
  const encoder = new TextEncoder();
  return { "Dockerfile": encoder.encode(DOCKERFILE), "server.js": encoder.encode(SERVER) };
}
