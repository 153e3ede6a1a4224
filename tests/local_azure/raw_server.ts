/** A server that answers with whatever bytes a test wants, and remembers what it was sent. */

/** One connection to the server, as the test's script sees it. */
export interface RawPeer {
  /** Number of the connection, from 0. */
  readonly number: number;
  /** Reads until an empty line and gives back the head as text; undefined when the client went. */
  head(): Promise<string | undefined>;
  /** Reads so many bytes of a body as text. */
  body(bytes: number): Promise<string>;
  /** Reads until `mark` has been read. */
  until(mark: string): Promise<string>;
  /** Sends a text as Latin-1. */
  say(text: string): Promise<void>;
  /** Ends the connection. */
  end(): void;
  /** Resolves once the client has ended it. */
  readonly gone: Promise<void>;
}

/** A running server. */
export interface RawServer extends AsyncDisposable {
  readonly port: number;
  /** Connections so far. */
  readonly connections: number;
}

/** Listens on a free port of 127.0.0.1 and plays `script` on each connection. */
export function rawServer(script: (peer: RawPeer) => Promise<void>): RawServer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>(), plays: Promise<void>[] = [];
  let count = 0;
  const accepting = (async () => {
    for await (const socket of listener) {
      open.add(socket);
      plays.push(play(socket, count++, script).finally(() => open.delete(socket)));
    }
  })();
  return {
    port: (listener.addr as Deno.NetAddr).port,
    get connections() {
      return count;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      await accepting;
      for (const socket of open) tryClose(socket);
      await Promise.all(plays);
    },
  };
}

async function play(
  socket: Deno.TcpConn,
  number: number,
  script: (peer: RawPeer) => Promise<void>,
): Promise<void> {
  let text = "", hasEnded = false;
  const gone = Promise.withResolvers<void>();
  async function more(): Promise<boolean> {
    const buffer = new Uint8Array(64 * 1024);
    const count = await socket.read(buffer).catch(() => null);
    if (count === null) {
      hasEnded = true;
      gone.resolve();
      return false;
    }
    text += String.fromCharCode(...buffer.subarray(0, count));
    return true;
  }
  async function take(find: () => number): Promise<string | undefined> {
    for (;;) {
      const end = find();
      if (end >= 0) {
        const part = text.slice(0, end);
        text = text.slice(end);
        return part;
      }
      if (!await more()) return undefined;
    }
  }
  const after = (mark: string) => () => {
    const at = text.indexOf(mark);
    return at < 0 ? -1 : at + mark.length;
  };
  await script({
    number,
    head: () => take(after("\r\n\r\n")),
    body: async (bytes) => await take(() => text.length >= bytes ? bytes : -1) ?? "",
    until: async (mark) => await take(after(mark)) ?? "",
    async say(said) {
      const bytes = Uint8Array.from(said, (character) => character.charCodeAt(0));
      for (let at = 0; at < bytes.length;) {
        const sent = await socket.write(bytes.subarray(at)).catch(() => 0);
        if (sent === 0) return;
        at += sent;
      }
    },
    end: () => tryClose(socket),
    get gone() {
      if (!hasEnded) {
        (async () => {
          while (await more());
        })();
      }
      return gone.promise;
    },
  });
  if (!hasEnded) { while (await more()); }
  tryClose(socket);
}

function tryClose(socket: Deno.TcpConn): void {
  try {
    socket.close();
  } catch {
    // it was closed before
  }
}
