/** A door in front of a port that stays shut for a while: what comes is taken and passed on late. */

/** See {@linkcode openTarpit}. */
export interface Tarpit {
  /** Its port on 127.0.0.1. */
  readonly port: number;
  /** Shuts it; what is under way ends. */
  close(): void;
}

/**
 * Opens a door on a port of its own.
 *
 * @param port The port behind it, on 127.0.0.1.
 * @param forMs How long it stays shut, in milliseconds.
 * @returns See {@linkcode Tarpit}; its connections look as those to a process that does not get to work.
 */
export function openTarpit(port: number, forMs: number): Tarpit {
  const { promise: awake, resolve: wake } = Promise.withResolvers<void>();
  const timer = setTimeout(wake, forMs);
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.Conn>();

  async function pass(caller: Deno.Conn): Promise<void> {
    open.add(caller);
    let behind: Deno.Conn | undefined;
    try {
      await awake;
      if (!open.has(caller)) return;
      behind = await Deno.connect({ hostname: "127.0.0.1", port });
      open.add(behind);
      await Promise.all([
        caller.readable.pipeTo(behind.writable),
        behind.readable.pipeTo(caller.writable),
      ]);
    } catch {
      // one side has gone, which the other is told by the closing below
    } finally {
      for (const side of [caller, behind]) side && close(side);
    }
  }

  function close(side: Deno.Conn): void {
    open.delete(side);
    try {
      side.close();
    } catch {
      // its streams have closed it
    }
  }

  async function listen(): Promise<void> {
    for await (const caller of listener) pass(caller);
  }
  listen().catch(() => {}); // the listener was closed

  return {
    port: (listener.addr as Deno.NetAddr).port,
    close() {
      clearTimeout(timer);
      listener.close();
      for (const side of [...open]) close(side);
      wake();
    },
  };
}
