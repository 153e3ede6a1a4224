/**
 * The one difference between the targets: how a request reaches the service. Locally
 * `https://HOST/path` becomes `http://127.0.0.1:PORT/path` with the `Host` header kept; the clients
 * above see real cloud URLs in both.
 */

import { toCompatResponse } from "@azure/core-http-compat";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
  type HttpClient,
  type PipelineRequest,
  type PipelineResponse,
} from "@azure/core-rest-pipeline";
import { isRepeatable } from "./repeatable.ts";
import { checkMeant, FOLDER_HEADER, type Revive, sendThrough } from "./revival.ts";

/** Options of {@linkcode localTransport} and {@linkcode targetFetch}. */
export interface TransportOptions {
  /** Brings a Local Azure up again that was killed. Default: such a request fails. */
  readonly revive?: Revive;
  /** Data folder of the Local Azure that is meant. Default: whoever listens there. */
  readonly folder?: string;
}

/** Brings nothing up. */
const NOBODY: Revive = () => Promise.resolve(undefined);

/**
 * An HTTP client for the SDKs' `httpClient` option.
 *
 * A request that found nobody listening is sent again once Local Azure has been brought up; of one that
 * was cut off the SDK's own retry policy decides, as it does in the cloud.
 *
 * @param base Local Azure, e.g. `http://127.0.0.1:7070`.
 * @param options See {@linkcode TransportOptions}.
 * @returns The client; it takes requests of the new pipeline and of storage-blob's compatible one.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { localTransport } from "lib/azure/mod.ts";
 *
 * assert.equal(typeof localTransport("http://127.0.0.1:7070").sendRequest, "function");
 * ```
 */
// deno-lint-ignore no-explicit-any -- storage-blob and the other clients want two different types
export function localTransport(base: string, options: TransportOptions = {}): any {
  const { revive = NOBODY, folder } = options;
  const inner: HttpClient = createDefaultHttpClient(), way = localWay(base, revive);
  async function sendOnce(given: PipelineRequest): Promise<PipelineResponse> {
    const compat = asCompat(given), request = compat ?? given, { url } = request;
    const { protocol, host, pathname, search } = new URL(url);
    if (protocol === "https:") {
      request.headers.set("host", host);
      request.url = way.base + pathname + search;
      request.allowInsecureConnection = true;
    } else if (url.startsWith(`${base}/`)) request.url = way.base + pathname + search; // for tokens
    if (folder !== undefined) request.headers.set(FOLDER_HEADER, encodeURIComponent(folder));
    try {
      const response = await inner.sendRequest(request);
      checkMeant(response.status, response.headers.get(FOLDER_HEADER));
      if (!compat) return response;
      // deserialisation is keyed on the request that storage-blob handed in, so it is given back
      return { ...toCompatResponse(response), request: given } as unknown as PipelineResponse;
    } finally {
      // a retry, and Key Vault's second try, refuse anything but the https URL
      request.url = url;
      request.headers.delete("host");
      if (protocol === "https:") request.allowInsecureConnection = false;
    }
  }
  return {
    sendRequest: (given: PipelineRequest) => sendThrough(() => sendOnce(given), way),
  };
}

/** Where Local Azure is, and what brings it up again. */
function localWay(base: string, revive: Revive): { base: string; revive: Revive } {
  const way = {
    base,
    async revive() {
      const url = await revive();
      if (url !== undefined) way.base = url; // another port, if the old one was taken meanwhile
      return url;
    },
  };
  return way;
}

/** storage-blob hands over a request of the older kind: its headers have `toJson`, not `toJSON`. */
function asCompat(request: PipelineRequest): PipelineRequest | undefined {
  // deno-lint-ignore no-explicit-any -- the older kind has no type here
  const headers = request.headers as any;
  if (typeof headers.toJSON === "function") return undefined;
  return createPipelineRequest({
    ...request,
    headers: createHttpHeaders(headers.toJson({ preserveCase: true })),
    disableKeepAlive: false,
  });
}

/**
 * `fetch` with the same mapping, for scoring and for MLflow's REST API.
 *
 * A request that was cut off is sent again if that does no more than sending it once (`isRepeatable`);
 * if it may do more, its error says so.
 *
 * @param base Local Azure; undefined for the cloud, where nothing is mapped.
 * @param options See {@linkcode TransportOptions}.
 * @returns A function to be called like `fetch`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { targetFetch } from "lib/azure/mod.ts";
 *
 * const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, (request) =>
 *   new Response(request.headers.get("host")));
 * const call = targetFetch(`http://127.0.0.1:${server.addr.port}`);
 * const answer = await call("https://e.eastus.inference.ml.azure.com/score");
 * assert.equal(await answer.text(), "e.eastus.inference.ml.azure.com");
 * await server.shutdown();
 * ```
 */
export function targetFetch(
  base?: string,
  { revive, folder }: TransportOptions = {},
): typeof fetch {
  if (base === undefined) return fetch;
  const client = Deno.createHttpClient({ allowHost: true }); // without it the Host header is dropped
  const way = revive && localWay(base, revive);
  return async (input, init) => {
    const request = new Request(input, init),
      { protocol, host, pathname, search } = new URL(request.url);
    if (protocol !== "https:") return fetch(request);
    const headers = new Headers(request.headers);
    headers.set("host", host);
    if (folder !== undefined) headers.set(FOLDER_HEADER, encodeURIComponent(folder));
    const { method, signal, redirect } = request,
      rest = { method, headers, signal, redirect, client };
    if (!way) return await fetch(base + pathname + search, { ...rest, body: request.body });
    const body = request.body ? await request.bytes() : null; // a stream could be sent once only
    const cutOff = isRepeatable(method, request.url) ? "repeat" : `${method} ${pathname}`;
    const send = async () => {
      const answer = await fetch(way.base + pathname + search, { ...rest, body });
      checkMeant(answer.status, answer.headers.get(FOLDER_HEADER));
      return answer;
    };
    return await sendThrough(send, { revive: way.revive, cutOff });
  };
}
