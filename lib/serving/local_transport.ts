/**
 * The one difference between Azure and Local Azure: `https://HOST/path` becomes `BASE/path` with the
 * `Host` header kept. The clients above see real cloud URLs in both. (`lib/azure` has the same for its
 * clients; this room runs alone.)
 */

import { toCompatResponse } from "@azure/core-http-compat";
import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";

/**
 * An HTTP client for the `httpClient` option of storage-blob and of the Monitor exporter.
 *
 * @param base Local Azure, e.g. `http://127.0.0.1:7070`.
 * @returns The client.
 *
 * @example
 * ```ts ignore
 * const options = { httpClient: localTransport("http://127.0.0.1:7070") };
 * ```
 */
// deno-lint-ignore no-explicit-any -- storage-blob's older kind of request has no type here
export function localTransport(base: string): any {
  const inner = createDefaultHttpClient();
  return {
    // deno-lint-ignore no-explicit-any -- see above
    async sendRequest(given: any) {
      const { host, pathname, search } = new URL(given.url);
      const isOlder = typeof given.headers.toJson === "function"; // storage-blob's
      const headers = createHttpHeaders(
        isOlder ? given.headers.toJson({ preserveCase: true }) : given.headers.toJSON(),
      );
      headers.set("host", host);
      const response = await inner.sendRequest(createPipelineRequest({
        ...given,
        url: base + pathname + search,
        headers,
        disableKeepAlive: false,
        allowInsecureConnection: true, // 127.0.0.1, as the settings have made sure
      }));
      // deserialisation is keyed on the request that storage-blob handed in, so it is given back
      return isOlder ? { ...toCompatResponse(response), request: given } : response;
    },
  };
}
