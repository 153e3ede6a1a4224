/** Requests that are under way. */

/** A handler, and the moments in which it has nothing to do. */
export interface InFlight {
  /** The handler, counted. */
  handle(request: Request): Promise<Response>;
  /** Resolves as soon as no request is under way, at once if none is. */
  idle(): Promise<void>;
}

/**
 * Counts the requests of a handler. `Deno.serve`'s own `shutdown()` takes the rest of its body away from
 * a request that is still being read (Deno 2.9.6), so the end waits for these first.
 *
 * @param handle The handler.
 * @returns See {@linkcode InFlight}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { countInFlight } from "lib/serving/mod.ts";
 *
 * const { promise, resolve } = Promise.withResolvers<Response>();
 * const { handle, idle } = countInFlight(() => promise);
 * const order: string[] = [];
 * const answer = handle(new Request("http://x")).then(() => order.push("answered"));
 * const over = idle().then(() => order.push("idle"));
 * resolve(new Response());
 * await Promise.all([answer, over]);
 * assert.deepEqual(order.sort(), ["answered", "idle"]);
 * ```
 */
export function countInFlight(handle: (request: Request) => Promise<Response>): InFlight {
  let count = 0;
  const waiting: (() => void)[] = [];
  return {
    async handle(request) {
      count++;
      try {
        return await handle(request);
      } finally {
        if (--count === 0) waiting.splice(0).forEach((resolve) => resolve());
      }
    },
    idle: () => count === 0 ? Promise.resolve() : new Promise((done) => void waiting.push(done)),
  };
}
