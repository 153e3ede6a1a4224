/** The Azure SDK's way to a server on 127.0.0.1 whose clients use the cloud's host names. */

import {
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineRequest,
} from "@azure/core-rest-pipeline";
import { toCompatResponse } from "@azure/core-http-compat";

/**
 * An `httpClient` option that sends `https://HOST/path` to `base` and keeps the `Host` header.
 *
 * @param base E.g. `http://127.0.0.1:7070`.
 */
// deno-lint-ignore no-explicit-any
export function emulatorTransport(base: string): any {
  const inner = createDefaultHttpClient();
  return {
    // deno-lint-ignore no-explicit-any
    async sendRequest(original: any) {
      const isCompat = typeof original.headers.toJSON !== "function"; // storage-blob's own kind
      const request = isCompat
        ? createPipelineRequest({
          ...original,
          headers: createHttpHeaders(original.headers.toJson({ preserveCase: true })),
          disableKeepAlive: false,
        })
        : original;
      const { url } = request, { protocol, host, pathname, search } = new URL(url);
      if (protocol === "https:") {
        request.headers.set("host", host);
        request.url = base + pathname + search;
        request.allowInsecureConnection = true;
      }
      try {
        const response = await inner.sendRequest(request);
        return isCompat ? { ...toCompatResponse(response), request: original } : response;
      } finally {
        // A retry or a challenge sends the same request again, and must find it as it was.
        request.url = url;
        request.headers.delete("host");
        request.allowInsecureConnection = false;
      }
    },
  };
}
