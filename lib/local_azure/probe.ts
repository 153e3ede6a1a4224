/** Asks a container how it is. */

import { createHttpClient } from "./http_client.ts";
import type { Route } from "./runtime.ts";

/**
 * Asks one route once, over a connection of its own, as the kubelet does.
 *
 * @param port The container's port on 127.0.0.1.
 * @param route Its path.
 * @param timeoutMs Longest time to wait, in milliseconds.
 * @returns Nothing if the answer was 200 … 399, else why not.
 *
 * @example
 * ```ts ignore
 * const fault = await probe(8080, { path: "/ready", port: 8080 }, 2000);
 * ```
 */
export async function probe(
  port: number,
  route: Route,
  timeoutMs: number,
): Promise<string | undefined> {
  const client = createHttpClient({ port });
  try {
    const headers: [string, string][] = [["host", `127.0.0.1:${port}`], [
      "user-agent",
      "kube-probe",
    ]];
    const { status } = await client.send({ method: "GET", path: route.path, headers, timeoutMs });
    return status < 400 ? undefined : `${route.path} answered ${status}`;
  } catch (error) {
    return `${route.path}: ${(error as Error).message}`;
  } finally {
    client.close();
  }
}

/** Waits, or less if the signal aborts. */
export function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener("abort", done);
      resolve();
    };
    const timer = setTimeout(done, milliseconds);
    signal.addEventListener("abort", done);
  });
}
