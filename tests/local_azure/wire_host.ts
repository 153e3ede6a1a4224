/** The scoring router at its door, between a container and callers that are played byte by byte. */

import { createLogger, systemClock } from "lib/core/mod.ts";
import { type Door, openDoor } from "lib/local_azure/door.ts";
import { createLimits } from "lib/local_azure/limits.ts";
import type { Runtime } from "lib/local_azure/runtime.ts";
import { type ScoringService, scoringService } from "lib/local_azure/scoring.ts";
import { openStore } from "lib/local_azure/store.ts";
import { createTokens } from "lib/local_azure/tokens.ts";
import { specOf } from "./deployments.ts";
import { type RawPeer, rawServer } from "./raw_server.ts";
import { ENDPOINT_ID, HOST } from "./scoring_host.ts";

const TYPE = "microsoft.machinelearningservices/workspaces/onlineendpoints";

/** One caller. */
export interface RawCaller {
  /** Sends a text as Latin-1. */
  say(text: string): Promise<void>;
  /** Sends a request with a body; `more` are header lines. */
  post(body: string, more?: readonly string[], path?: string): Promise<void>;
  /** Reads an answer; undefined when the connection ended before it was over. */
  answer(): Promise<{ status: number; head: string; body: string } | undefined>;
  /** Reads until a text has come; what came before it, undefined if the connection ended. */
  until(mark: string): Promise<string | undefined>;
  /** Goes. */
  end(): void;
}

/** A router between a played container and played callers. */
export interface WireHost extends AsyncDisposable {
  readonly scoring: ScoringService;
  readonly door: Door;
  /** The door's port. */
  readonly port: number;
  /** The complete server behind it. */
  readonly serverPort: number;
  /** Connections that the container has had. */
  connections(): number;
  /** Requests under way. */
  underWay(): number;
  /** Opens a connection to the door, or to another port. */
  dial(port?: number): Promise<RawCaller>;
}

/** Opens one; `script` plays every connection of the container. */
export async function hostWire(
  script: (peer: RawPeer) => Promise<void>,
  { requestTimeoutMs = 5000 }: { requestTimeoutMs?: number } = {},
): Promise<WireHost> {
  const container = rawServer(script), store = openStore(":memory:", () => Date.now());
  const tokens = createTokens(store, systemClock), log = createLogger({ write() {} });
  createLimits(store).set({ requestsPerSecond: 1_000_000 });
  const spec = specOf("blue", { requestTimeoutMs, maxConcurrentRequests: 100 });
  const body = {
    id: ENDPOINT_ID,
    name: "iris",
    location: "eastus",
    properties: { authMode: "Key", traffic: { blue: 100 }, scoringUri: `https://${HOST}/score` },
  };
  const hidden = { primaryKey: "primary-key", secondaryKey: "secondary-key" };
  store.put({ id: ENDPOINT_ID, type: TYPE, parent: "/w", body, hidden });
  const deployment = { id: spec.id, type: `${TYPE}/deployments`, parent: ENDPOINT_ID };
  store.put({ ...deployment, body: { id: spec.id, name: "blue" }, hidden: {} });
  const runtime: Pick<Runtime, "get"> = {
    get: () => ({ spec, port: container.port, ready: true }),
  };
  const scoring = scoringService({ store, tokens, runtime: runtime as Runtime, log });
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) => {
    const host = request.headers.get("host") ?? "", { pathname, search } = new URL(request.url);
    if (host !== HOST) return new Response(`the server, for ${host}`);
    return scoring.handle(request, new URL(`https://${host}${pathname}${search}`));
  });
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const door = openDoor({
    listener,
    port: server.addr.port,
    plain: ({ host }) => host === HOST ? scoring.plain : undefined,
    failed: (_request, error) => ({ status: 500, headers: [], body: error.message }),
    touch() {},
  });
  const open = new Set<RawCaller>(), port = (listener.addr as Deno.NetAddr).port;
  await Promise.resolve();
  return {
    ...{ scoring, door, port, serverPort: server.addr.port },
    connections: () => container.connections,
    underWay: () => scoring.snapshot()[spec.id]?.underWay ?? 0,
    async dial(to = port) {
      const caller = callerOf(await Deno.connect({ hostname: "127.0.0.1", port: to }));
      open.add(caller);
      return caller;
    },
    async [Symbol.asyncDispose]() {
      for (const caller of open) caller.end();
      scoring.close();
      await Promise.all([door.finish(), server.shutdown()]);
      await container[Symbol.asyncDispose]();
      store.close();
    },
  };
}

function callerOf(socket: Deno.TcpConn): RawCaller {
  let text = "", isOver = false;
  const buffer = new Uint8Array(64 * 1024);
  async function more(): Promise<boolean> {
    const count = isOver ? null : await socket.read(buffer).catch(() => null);
    if (count === null) return isOver = true, false;
    for (const code of buffer.subarray(0, count)) text += String.fromCharCode(code);
    return true;
  }
  async function take(end: () => number): Promise<string | undefined> {
    for (let at; (at = end()) < 0 || at > text.length;) if (!await more()) return undefined;
    const part = text.slice(0, end());
    text = text.slice(part.length);
    return part;
  }
  const after = (mark: string) => () => {
    const at = text.indexOf(mark);
    return at < 0 ? -1 : at + mark.length;
  };
  async function chunks(): Promise<string | undefined> {
    for (let body = "";;) {
      const line = await take(after("\r\n")), size = parseInt(line ?? "", 16);
      if (line === undefined) return undefined;
      const chunk = await take(() => size + 2);
      if (chunk === undefined) return undefined;
      if (size === 0) return body;
      body += chunk.slice(0, -2);
    }
  }
  const caller: RawCaller = {
    async say(said) {
      const bytes = Uint8Array.from(said, (character) => character.charCodeAt(0));
      for (let at = 0; at < bytes.length;) at += await socket.write(bytes.subarray(at));
    },
    post: (body, more = [], path = "/score") => caller.say(postText(body, more, path)),
    async answer() {
      const head = await take(after("\r\n\r\n"));
      if (head === undefined) return undefined;
      const length = Number(/^content-length: (\d+)/im.exec(head)?.[1] ?? 0);
      const isChunked = /^transfer-encoding: chunked/im.test(head);
      const body = isChunked ? await chunks() : await take(() => length);
      return body === undefined ? undefined : { status: Number(head.slice(9, 12)), head, body };
    },
    until: (mark) => take(after(mark)),
    end() {
      try {
        socket.close();
      } catch {
        // it was closed before
      }
    },
  };
  return caller;
}

/** A request to the endpoint as text. */
export function postText(body: string, more: readonly string[] = [], path = "/score"): string {
  const lines = [
    `POST ${path} HTTP/1.1`,
    `Host: ${HOST}`,
    "Authorization: Bearer primary-key",
    `Content-Length: ${body.length}`,
    ...more,
  ];
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Plays a container that answers each request with its body. */
export async function echo(peer: RawPeer): Promise<void> {
  for (let head; (head = await peer.head()) !== undefined;) {
    const body = await peer.body(Number(/content-length: (\d+)/i.exec(head)?.[1] ?? 0));
    await peer.say(`HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`);
  }
}
