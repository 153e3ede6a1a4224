/** A Local Azure of its own behind a front that answers some requests itself: faults that it cannot make. */

import { openLocalAzure } from "lib/local_azure/mod.ts";

/** Answers a request in the service's place; nothing lets it pass. */
export type Fault = (request: { host: string; method: string; path: string }) => Response | void;

/** A front on a port of 127.0.0.1. */
export interface Front extends AsyncDisposable {
  /** The front's port. */
  readonly port: number;
  /** Port of the Local Azure behind it. */
  readonly behind: number;
  /** Sets who answers from now on. */
  answer(fault: Fault): void;
}

/** Opens one on a folder of its own. */
export async function openFront(): Promise<Front> {
  const folder = await Deno.makeTempDir({ prefix: "azure-front-" });
  const local = await openLocalAzure({ folder, port: 0 });
  const client = Deno.createHttpClient({ allowHost: true });
  let fault: Fault = () => {};

  async function handle(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const host = request.headers.get("host") ?? "";
    const own = fault({ host, method: request.method, path: pathname });
    if (own) return own;
    const answer = await fetch(`http://127.0.0.1:${local.port}${pathname}${search}`, {
      method: request.method,
      headers: request.headers,
      ...(body.length > 0 && { body }),
      client,
    });
    const content = new Uint8Array(await answer.arrayBuffer());
    const isEmpty = request.method === "HEAD" || [204, 304].includes(answer.status);
    return new Response(isEmpty ? null : content, answer);
  }

  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, handle);
  return {
    port: server.addr.port,
    behind: local.port,
    answer: (next) => void (fault = next),
    async [Symbol.asyncDispose]() {
      await server.shutdown();
      client.close();
      await local.close();
      await Deno.remove(folder, { recursive: true });
    },
  };
}
