/** A page on 127.0.0.1 until Ctrl-C, as the dashboard and the page of runs are. */

import { BadInput } from "lib/core/mod.ts";
import { nextFreePort } from "./ports.ts";

/**
 * Serves until Ctrl-C.
 *
 * @param name What is told with the address, e.g. `Dashboard`.
 * @param wanted The port; the next free one if it is taken.
 * @param answer Answers a request.
 */
export async function servePage(
  name: string,
  wanted: number,
  answer: (request: Request) => Promise<Response>,
): Promise<void> {
  const stop = Promise.withResolvers<void>();
  const signals: Deno.Signal[] = Deno.build.os === "windows"
    ? ["SIGINT", "SIGBREAK"]
    : ["SIGINT", "SIGTERM", "SIGHUP"];
  for (const signal of signals) Deno.addSignalListener(signal, stop.resolve);
  const port = nextFreePort(wanted), ending = new AbortController();
  const server = Deno.serve({
    ...{ hostname: "127.0.0.1", port, signal: ending.signal, onListen: () => {} },
  }, answer);
  if (port !== wanted) console.log(`Port ${wanted} is taken: taking ${port}`);
  console.log(`${name}: http://127.0.0.1:${port} (Ctrl-C ends it)`);
  await stop.promise;
  ending.abort(); // a browser's open connection must not hold it
  await server.finished;
}

/**
 * Reads `--port`.
 *
 * @returns The port; undefined where none is given.
 * @throws {BadInput} If it is none.
 */
export function portOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port >= 1 && port <= 65_535) return port;
  const rule = "must be a whole number from 1 to 65535";
  throw new BadInput({ field: "--port", rule, value: text });
}
