/**
 * A ZMTP 3.0 client with the NULL mechanism: all that `deno jupyter --kernel` speaks.
 *
 * Own code because npm's `zeromq` never wakes up under Deno, whose `uv_poll` fires only once.
 */

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** What a client may be: one that asks and is answered, or one that listens. */
export type SocketType = "DEALER" | "SUB";

/** Bits of a frame's first byte. */
const MORE = 1, LONG = 2, COMMAND = 4;

/** A frame longer than this is taken for a stream out of step, in bytes. */
const LONGEST_FRAME = 2 ** 28;

/** How much is read at a time, in bytes. */
const CHUNK = 2 ** 16;

/** One connection to a ZeroMQ peer. A class because it holds the bytes that are not yet a message. */
export class ZmtpSocket {
  #pending = new Uint8Array(0);
  #sent: Promise<void> = Promise.resolve();
  readonly #connection: Deno.TcpConn;

  private constructor(connection: Deno.TcpConn) {
    this.#connection = connection;
  }

  /**
   * Connects, trying again until the peer listens.
   *
   * @param port A port of 127.0.0.1.
   * @param type What this end is. A `SUB` subscribes to everything.
   * @param signal Ends the trying.
   * @returns The open connection.
   * @throws {Error} The signal's reason, or that the peer hung up.
   */
  static async connect(port: number, type: SocketType, signal: AbortSignal): Promise<ZmtpSocket> {
    const socket = new ZmtpSocket(await dial(port, signal));
    const hangUp = () => socket.close();
    signal.addEventListener("abort", hangUp);
    try {
      await socket.#greet(type);
    } catch (error) {
      socket.close();
      throw signal.aborted ? signal.reason : error;
    } finally {
      signal.removeEventListener("abort", hangUp);
    }
    return socket;
  }

  async #greet(type: SocketType): Promise<void> {
    const greeting = new Uint8Array(64); // signature, version 3.0, mechanism, padding
    greeting[0] = 0xff;
    greeting[9] = 0x7f;
    greeting[10] = 3;
    greeting.set(encoder.encode("NULL"), 12);
    await this.#write(greeting);
    await this.#read(64);
    const ready = encoder.encode(
      `\x05READY\x0bSocket-Type\0\0\0${String.fromCharCode(type.length)}${type}`,
    );
    await this.#write(new Uint8Array([COMMAND, ready.length, ...ready]));
    await this.#readFrame();
    if (type === "SUB") await this.#write(new Uint8Array([0, 1, 1])); // 1 and no prefix: everything
  }

  /**
   * Sends one message.
   *
   * @param parts Its frames, as text.
   * @throws {Error} If the connection is broken.
   */
  async send(parts: readonly string[]): Promise<void> {
    const frames = parts.map((part, i) => {
      const body = encoder.encode(part), frame = new Uint8Array(9 + body.length);
      frame[0] = LONG | (i < parts.length - 1 ? MORE : 0);
      new DataView(frame.buffer).setBigUint64(1, BigInt(body.length));
      frame.set(body, 9);
      return frame;
    });
    const message = new Uint8Array(frames.reduce((length, frame) => length + frame.length, 0));
    let at = 0;
    for (const frame of frames) {
      message.set(frame, at);
      at += frame.length;
    }
    const sent = this.#sent.then(() => this.#write(message)); // one at a time: writes may be partial
    this.#sent = sent.catch(() => {});
    await sent;
  }

  /**
   * Waits for one message.
   *
   * @returns Its frames, as text.
   * @throws {Error} If the peer hangs up or its stream is out of step.
   */
  async receive(): Promise<string[]> {
    const parts: string[] = [];
    while (true) {
      const { flags, body } = await this.#readFrame();
      if (flags & COMMAND) continue;
      parts.push(decoder.decode(body));
      if (!(flags & MORE)) return parts;
    }
  }

  /** Hangs up. May be called twice. */
  close(): void {
    try {
      this.#connection.close();
    } catch {
      // closed already
    }
  }

  async #write(bytes: Uint8Array): Promise<void> {
    for (let at = 0; at < bytes.length;) {
      at += await this.#connection.write(bytes.subarray(at));
    }
  }

  async #readFrame(): Promise<{ flags: number; body: Uint8Array }> {
    const [flags] = await this.#read(1);
    const length = flags & LONG
      ? Number(new DataView((await this.#read(8)).buffer).getBigUint64(0))
      : (await this.#read(1))[0];
    if (length > LONGEST_FRAME) throw new Error("the kernel's stream is out of step");
    return { flags, body: await this.#read(length) };
  }

  async #read(length: number): Promise<Uint8Array<ArrayBuffer>> {
    const bytes = new Uint8Array(length);
    let at = Math.min(length, this.#pending.length);
    bytes.set(this.#pending.subarray(0, at));
    this.#pending = this.#pending.subarray(at);
    while (at < length) {
      const isLong = length - at >= CHUNK; // then read in place, to spare a copy
      const into = isLong ? bytes.subarray(at) : new Uint8Array(CHUNK);
      const got = await this.#connection.read(into);
      if (got === null) throw new Error("the kernel closed the connection");
      const used = Math.min(got, length - at);
      if (!isLong) {
        bytes.set(into.subarray(0, used), at);
        this.#pending = into.subarray(used, got);
      }
      at += used;
    }
    return bytes;
  }
}

async function dial(port: number, signal: AbortSignal): Promise<Deno.TcpConn> {
  while (true) {
    signal.throwIfAborted();
    try {
      const connection = await Deno.connect({ hostname: "127.0.0.1", port });
      connection.setNoDelay(true);
      return connection;
    } catch (error) {
      if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }
}
