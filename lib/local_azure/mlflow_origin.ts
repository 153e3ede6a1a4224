/** Keeps the pages of other sites out of what needs no token. */

/**
 * Whether a page of another site made a browser send a request. Clients that are no browsers send
 * neither `Origin` nor `Sec-Fetch-Site`; a browser cannot leave them out. Following a link is allowed:
 * the page that it stands on does not see the answer.
 *
 * @param request The request.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { isCrossSite } from "lib/local_azure/mlflow_origin.ts";
 *
 * const url = "http://127.0.0.1:7070/api/2.0/mlflow/runs/search";
 * const from = (origin: string) => new Request(url, { headers: { host: "127.0.0.1:7070", origin } });
 * assert.equal(isCrossSite(from("https://evil.example")), true);
 * assert.equal(isCrossSite(from("http://127.0.0.1:7070")), false);
 * ```
 */
export function isCrossSite({ headers, method, url }: Request): boolean {
  const host = headers.get("host") ?? new URL(url).host;
  const origin = headers.get("origin"), site = headers.get("sec-fetch-site");
  if (origin !== null && origin !== `http://${host}`) return true;
  if (site === null || site === "same-origin" || site === "none") return false;
  return !(method === "GET" && headers.get("sec-fetch-mode") === "navigate");
}
