/** Health routes, and errors in the one shape that all routes have. */

/** The routes that there are, with the one method that each takes. */
export const ROUTES: Readonly<Record<string, "GET" | "POST">> = {
  "/score": "POST",
  "/health/live": "GET",
  "/health/ready": "GET",
  "/swagger.json": "GET",
};

/**
 * An error as every route answers it.
 *
 * @param status HTTP status.
 * @param error A code for programs, a message for people, violations where there are any.
 * @returns The response.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fault } from "lib/serving/mod.ts";
 *
 * const response = fault(404, { code: "NotFound", message: "there is nothing at /x" });
 * assert.deepEqual(await response.json(), { error: { code: "NotFound", message: "there is nothing at /x" } });
 * ```
 */
export function fault(
  status: number,
  error: { code: string; message: string; violations?: readonly unknown[] },
): Response {
  return Response.json({ error }, { status });
}

/**
 * The answer to a path or method that is not served.
 *
 * @param method The request's method.
 * @param path Its path.
 * @returns 405 with `allow` where the path exists, else 404; undefined if the route is served.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { unserved } from "lib/serving/mod.ts";
 *
 * assert.equal(unserved("GET", "/score")?.headers.get("allow"), "POST");
 * assert.equal(unserved("GET", "/health/live"), undefined);
 * ```
 */
export function unserved(method: string, path: string): Response | undefined {
  if (!Object.hasOwn(ROUTES, path)) {
    return fault(404, { code: "NotFound", message: `there is nothing at ${path}` });
  }
  const allow = ROUTES[path];
  if (method === allow) return undefined;
  const message = `${method} is not allowed on ${path}`;
  const response = fault(405, { code: "MethodNotAllowed", message });
  response.headers.set("allow", allow);
  return response;
}

/**
 * A service that lives and never becomes ready: it has no model to answer with, and says why.
 *
 * @param reason Why there is none.
 * @returns The handler.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createUnready } from "lib/serving/mod.ts";
 *
 * const handle = createUnready("model digest must be 00");
 * const ready = await handle(new Request("http://x/health/ready"));
 * assert.deepEqual([ready.status, (await ready.json()).reason], [503, "model digest must be 00"]);
 * ```
 */
export function createUnready(reason: string): (request: Request) => Promise<Response> {
  return async (request) => {
    await request.body?.cancel();
    const { pathname } = new URL(request.url);
    const no = unserved(request.method, pathname);
    if (no) return no;
    if (pathname === "/health/live") return Response.json({ status: "live" });
    if (pathname === "/health/ready") {
      return Response.json({ status: "not ready", reason }, { status: 503 });
    }
    return fault(503, { code: "NotReady", message: reason });
  };
}
