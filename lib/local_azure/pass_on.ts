/** A connection passed on to a server as it is, in both directions. */

/** What is passed on. */
export interface PassOnOptions {
  /** The caller's connection. */
  readonly caller: Deno.TcpConn;
  /** Port of the server on 127.0.0.1. */
  readonly port: number;
  /** What the caller sends, in pieces that are good until the next is asked for; null at its end. */
  next(): Promise<Uint8Array | null>;
}

/** Bytes read at once from the server. */
const READ_BYTES = 64 * 1024;

/**
 * Passes on until both sides have ended. Each is read only as fast as the other takes it.
 *
 * @param options See {@linkcode PassOnOptions}. Both connections are closed at the end.
 *
 * @example
 * ```ts ignore
 * await passOn({ caller: socket, port: server.addr.port, next });
 * ```
 */
export async function passOn({ caller, port, next }: PassOnOptions): Promise<void> {
  const server = await Deno.connect({ hostname: "127.0.0.1", port });
  server.setNoDelay(true);

  async function there(): Promise<void> {
    try {
      for (let bytes; (bytes = await next()) !== null;) await writeAll(server, bytes);
      await server.closeWrite();
    } catch {
      close(server); // which ends the way back
    }
  }

  async function back(): Promise<void> {
    const buffer = new Uint8Array(READ_BYTES);
    try {
      for (let count; (count = await server.read(buffer)) !== null;) {
        await writeAll(caller, buffer.subarray(0, count));
      }
    } catch {
      // one of them has gone
    } finally {
      close(server);
      close(caller); // which ends the way there
    }
  }

  await Promise.all([there(), back()]);
}

async function writeAll(target: Deno.TcpConn, bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await target.write(bytes.subarray(at));
}

function close(side: Deno.TcpConn): void {
  try {
    side.close();
  } catch {
    // it was closed before
  }
}
