/** Errors of Blob storage that are ours and not Azurite's, as the service words them. */

import { TENANT, type TokenFault } from "./tokens.ts";

/** What Blob storage says to a bearer token that is no good, by our code for it. */
const DETAIL: Readonly<Record<string, string>> = {
  ExpiredAuthenticationToken: "Lifetime validation failed. The token is expired.",
  InvalidAuthenticationTokenAudience: "Audience validation failed. Audience did not match.",
  InvalidAuthenticationToken: "Signature validation failed.",
};

/**
 * An error answer of Blob storage.
 *
 * @param request What it answers: version and client request id are echoed.
 * @param status 400 … 599.
 * @param error `code` and `message` as the service has them; `detail` for authentication.
 * @returns XML, which HEAD leaves out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { blobError } from "lib/local_azure/blob_error.ts";
 *
 * const answer = blobError(new Request("http://h/c"), 503, { code: "ServerBusy", message: "Busy." });
 * assert.equal(answer.headers.get("x-ms-error-code"), "ServerBusy");
 * ```
 */
export function blobError(
  request: Request,
  status: number,
  { code, message, detail }: { code: string; message: string; detail?: string },
): Response {
  const id = crypto.randomUUID();
  const headers = new Headers({
    "content-type": "application/xml",
    "x-ms-error-code": code,
    "x-ms-request-id": id,
  });
  for (const name of ["x-ms-version", "x-ms-client-request-id"]) {
    const value = request.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const text = `${message}\nRequestId:${id}\nTime:${new Date().toISOString()}`;
  const body = `<?xml version="1.0" encoding="utf-8"?><Error><Code>${code}</Code>` +
    `<Message>${text}</Message>${
      detail ? `<AuthenticationErrorDetail>${detail}</AuthenticationErrorDetail>` : ""
    }</Error>`;
  return new Response(request.method === "HEAD" ? null : body, { status, headers });
}

/**
 * The answer to a request whose bearer token is refused: 401 with a challenge.
 *
 * @param request The request.
 * @param fault Why, see {@linkcode TokenFault}.
 */
export function tokenRefused(request: Request, fault: TokenFault): Response {
  const answer = blobError(request, 401, {
    code: "InvalidAuthenticationInfo",
    message: "Server failed to authenticate the request. Please refer to the information in the " +
      "www-authenticate header.",
    detail: DETAIL[fault.code] ?? fault.message,
  });
  answer.headers.set(
    "www-authenticate",
    `Bearer authorization_uri=https://login.microsoftonline.com/${TENANT}/oauth2/authorize ` +
      "resource_id=https://storage.azure.com",
  );
  return answer;
}
