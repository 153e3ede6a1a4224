/** Local Azure's Blob (Azurite, with tokens that are checked) behind a front that can misbehave. */

import { openLocalAzure } from "lib/local_azure/mod.ts";
import { keyClient } from "../local_azure/blob_host.ts";

/** How the front fares: `loses answers` lets what is written pass and then breaks the connection. */
export type Mode = "up" | "away" | "loses answers";

/** The container that tests collect into. */
export const CONTAINER = "collected";

/** Blob that answers on a port of 127.0.0.1. */
export interface BlobFront extends AsyncDisposable {
  /** E.g. `http://127.0.0.1:4000`. */
  readonly url: string;
  /** Sets how it fares. */
  fare(mode: Mode): void;
  /** Blocks that got as far as Blob. */
  readonly blocks: number;
  /** Blocks that were sent, whatever became of them. */
  readonly sent: number;
  /** Resolves with the next block that gets as far as Blob, answered or not. */
  nextBlock(): Promise<void>;
  /** All blobs by path. */
  blobs(): Promise<Map<string, string>>;
}

/** Opens one on a folder of its own. */
export async function openFront(): Promise<BlobFront> {
  const folder = await Deno.makeTempDir({ prefix: "serving-blob-" });
  const local = await openLocalAzure({ folder, port: 0 });
  const container = keyClient(local.port).getContainerClient(CONTAINER);
  await container.create();
  const client = Deno.createHttpClient({ allowHost: true });
  let mode: Mode = "up", blocks = 0, sent = 0, waiting = Promise.withResolvers<void>();

  async function handle(request: Request): Promise<Response> {
    const { pathname, search, searchParams } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const isAppend = searchParams.get("comp") === "appendblock";
    if (isAppend) sent++;
    // the identity is another service: without it, it is the SDK that waits and tries again
    if (mode === "away" && pathname !== "/msi/token") return new Response("away", { status: 503 });
    const answer = await fetch(`http://127.0.0.1:${local.port}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...(body.length > 0 && { body }),
      client,
    });
    const content = new Uint8Array(await answer.arrayBuffer());
    if (isAppend && answer.status === 201) {
      blocks++;
      waiting.resolve();
      waiting = Promise.withResolvers();
      if (mode === "loses answers") return new Response("lost", { status: 500 });
    }
    const isEmpty = request.method === "HEAD" || [204, 304].includes(answer.status);
    return new Response(isEmpty ? null : content, answer);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    fare: (next) => void (mode = next),
    get blocks() {
      return blocks;
    },
    get sent() {
      return sent;
    },
    nextBlock: () => waiting.promise,
    async blobs() {
      const found = new Map<string, string>();
      for await (const { name } of container.listBlobsFlat()) {
        found.set(name, (await container.getBlobClient(name).downloadToBuffer()).toString());
      }
      return found;
    },
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      client.close();
      await local.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}

/** Records of a collection in all its blobs. */
// deno-lint-ignore no-explicit-any -- tests look into it
export function recordsOf(blobs: ReadonlyMap<string, string>, collection: string): any[] {
  return [...blobs].filter(([path]) => path.includes(`/${collection}/`))
    .flatMap(([, text]) => text.split("\n").filter(Boolean))
    .map((line) => JSON.parse(line));
}
