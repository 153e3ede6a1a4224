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

/**
 * An HTTP client for the SDKs' `httpClient` option.
 *
 * @param base Local Azure, e.g. `http://127.0.0.1:7070`.
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
export function localTransport(base: string): any {
  const inner: HttpClient = createDefaultHttpClient();
  return {
    async sendRequest(given: PipelineRequest): Promise<PipelineResponse> {
      const compat = asCompat(given), request = compat ?? given, { url } = request;
      const { protocol, host, pathname, search } = new URL(url);
      if (protocol === "https:") {
        request.headers.set("host", host);
        request.url = base + pathname + search;
        request.allowInsecureConnection = true;
      }
      try {
        const response = await inner.sendRequest(request);
        if (!compat) return response;
        // deserialisation is keyed on the request that storage-blob handed in, so it is given back
        return { ...toCompatResponse(response), request: given } as unknown as PipelineResponse;
      } finally {
        // a retry, and Key Vault's second try, refuse anything but the https URL
        request.url = url;
        request.headers.delete("host");
        request.allowInsecureConnection = false;
      }
    },
  };
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
 * @param base Local Azure; undefined for the cloud, where nothing is mapped.
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
export function targetFetch(base?: string): typeof fetch {
  if (base === undefined) return fetch;
  const client = Deno.createHttpClient({ allowHost: true }); // without it the Host header is dropped
  return (input, init) => {
    const request = new Request(input, init),
      { protocol, host, pathname, search } = new URL(request.url);
    if (protocol !== "https:") return fetch(request);
    const headers = new Headers(request.headers);
    headers.set("host", host);
    return fetch(base + pathname + search, {
      method: request.method,
      headers,
      body: request.body,
      signal: request.signal,
      redirect: request.redirect,
      client,
    });
  };
}
