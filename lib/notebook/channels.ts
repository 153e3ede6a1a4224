/** The three connections to a kernel: what it is asked and answers, and what it tells everybody. */

import type { Ports } from "./connection_file.ts";
import { type Content, type Message, readMessage, writeRequest } from "./wire.ts";
import { ZmtpSocket } from "./zmtp.ts";

/** Where a request goes. `control` is answered while a cell runs. */
export type RequestChannel = "shell" | "control";

/** Who is told what comes by itself. */
export interface ChannelListener {
  /** A message that the kernel tells everybody. */
  readonly onMessage: (message: Message) => void;
  /** A connection is broken, or carries what cannot be understood. */
  readonly onBroken: (error: unknown) => void;
}

/** Open connections to a kernel. A class because it holds them, and the requests without a reply. */
export class Channels {
  readonly #key: string;
  readonly #sockets: Readonly<Record<RequestChannel | "iopub", ZmtpSocket>>;
  readonly #replies = new Map<string, (content: Content) => void>();
  readonly #listener: ChannelListener;
  #heard = false;
  #closed = false;

  private constructor(key: string, sockets: ZmtpSocket[], listener: ChannelListener) {
    const [iopub, shell, control] = sockets;
    this.#key = key;
    this.#sockets = { iopub, shell, control };
    this.#listener = listener;
    this.#listen(iopub, (message) => {
      this.#heard = true;
      listener.onMessage(message);
    });
    for (const socket of [shell, control]) this.#listen(socket, (reply) => this.#answer(reply));
  }

  /**
   * Connects to a kernel as soon as it listens.
   *
   * @param ports The kernel's ports.
   * @param key The connection's key.
   * @param listener See {@linkcode ChannelListener}.
   * @param signal Ends the trying.
   * @returns Connections over which no message is missed any more.
   * @throws The signal's reason, or that the kernel hung up.
   */
  static async connect(
    ports: Ports,
    key: string,
    listener: ChannelListener,
    signal: AbortSignal,
  ): Promise<Channels> {
    const channels = new Channels(key, await connectAll(ports, signal), listener);
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason));
    });
    try {
      signal.throwIfAborted();
      while (!channels.#heard) { // until the subscription has surely reached the kernel
        await Promise.race([channels.request("kernel_info_request", {}, "shell"), aborted]);
        if (!channels.#heard) await new Promise((resolve) => setTimeout(resolve, 10));
      }
    } catch (error) {
      channels.close();
      throw error;
    }
    return channels;
  }

  /**
   * Sends a request.
   *
   * @param type A message type of Jupyter.
   * @param content What is asked.
   * @param channel Where to.
   * @returns The content of the reply; for ever nothing if the kernel gives none.
   */
  request(type: string, content: Content, channel: RequestChannel): Promise<Content> {
    const { id, frames } = writeRequest(type, content, this.#key);
    const reply = new Promise<Content>((resolve) => this.#replies.set(id, resolve));
    this.#sockets[channel].send(frames).catch((error) => this.#break(error));
    return reply;
  }

  /** Hangs up. May be called twice. */
  close(): void {
    this.#closed = true;
    for (const socket of Object.values(this.#sockets)) socket.close();
  }

  async #listen(socket: ZmtpSocket, take: (message: Message) => void): Promise<void> {
    while (true) {
      let message: Message;
      try {
        message = readMessage(await socket.receive(), this.#key);
      } catch (error) {
        return this.#break(error);
      }
      take(message);
    }
  }

  #answer({ parentId = "", content }: Message): void {
    this.#replies.get(parentId)?.(content);
    this.#replies.delete(parentId);
  }

  #break(error: unknown): void {
    if (!this.#closed) this.#listener.onBroken(error);
  }
}

async function connectAll(ports: Ports, signal: AbortSignal): Promise<ZmtpSocket[]> {
  const connecting = [
    ZmtpSocket.connect(ports.iopub_port, "SUB", signal),
    ZmtpSocket.connect(ports.shell_port, "DEALER", signal),
    ZmtpSocket.connect(ports.control_port, "DEALER", signal),
  ];
  try {
    return await Promise.all(connecting);
  } catch (error) {
    for (const one of connecting) one.then((socket) => socket.close(), () => {});
    throw error;
  }
}
