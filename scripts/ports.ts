/** TCP ports of this machine's loopback address. */

const HOST = "127.0.0.1";

/** Whether nobody listens there. Port 1 to 65535. */
export function portFree(port: number): boolean {
  try {
    Deno.listen({ hostname: HOST, port }).close();
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.AddrInUse) return false;
    throw error;
  }
}

/**
 * The first free port from `first` on.
 *
 * @param first Where to begin.
 * @returns A port at most 99 further.
 * @throws {RangeError} If all of these are taken.
 */
export function nextFreePort(first: number): number {
  for (let port = first; port < first + 100; port++) if (portFree(port)) return port;
  throw new RangeError(`Cannot listen as ports ${first} to ${first + 99} are all taken`);
}
