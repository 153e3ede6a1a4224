/** The door at the port: takes connections, and answers plain requests on them or passes them on. */

import { type Behind, CallerConnection } from "./caller_connection.ts";

/** Options of {@linkcode openDoor}. */
export interface DoorOptions extends Omit<Behind, "date"> {
  /** Where connections come. */
  readonly listener: Deno.TcpListener;
}

/** A door. */
export interface Door {
  /** Takes no more connections, and lets the requests that are under way be answered. */
  finish(): Promise<void>;
  /** Ends every connection. */
  close(): void;
}

/** How long to wait when a connection cannot be taken, e.g. for want of file descriptors, in ms. */
const PAUSE_MS = 50;

/**
 * Opens a door.
 *
 * @param options See {@linkcode DoorOptions}.
 * @returns See {@linkcode Door}. It has the listener now, and closes it.
 *
 * @example
 * ```ts ignore
 * const listener = Deno.listen({ hostname: "127.0.0.1", port: 7070 });
 * const door = openDoor({ listener, port: server.addr.port, plain, failed, touch });
 * ```
 */
export function openDoor({ listener, ...behind }: DoorOptions): Door {
  const open = new Set<CallerConnection>(), served = new Set<Promise<void>>();
  let isClosed = false;

  function take(socket: Deno.TcpConn): void {
    socket.setNoDelay(true);
    const connection = new CallerConnection(socket, { ...behind, date: httpDate });
    const over = connection.serve().finally(() => {
      open.delete(connection);
      served.delete(over);
    });
    open.add(connection);
    served.add(over);
  }

  async function listen(): Promise<void> {
    while (!isClosed) {
      try {
        take(await listener.accept());
      } catch {
        if (!isClosed) await new Promise((done) => setTimeout(done, PAUSE_MS));
      }
    }
  }

  async function finish(): Promise<void> {
    isClosed = true;
    listener.close();
    for (const connection of open) connection.finish();
    await listening;
    await Promise.all(served);
  }

  const listening = listen();
  let finished: Promise<void> | undefined;
  return {
    finish: () => finished ??= finish(),
    close() {
      for (const connection of open) connection.end();
    },
  };
}

let dateSecond = 0, dateText = "";

/** The present time as an HTTP date, written once a second. */
function httpDate(): string {
  const now = Date.now(), second = Math.floor(now / 1000);
  if (second !== dateSecond) {
    dateSecond = second;
    dateText = new Date(now).toUTCString();
  }
  return dateText;
}
