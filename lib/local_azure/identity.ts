/**
 * The managed identity's token endpoint, as App Service has it. It gives a token to whoever asks: what
 * is checked here is that clients ask rightly, not who they are.
 */

import { answer } from "./arm_router.ts";
import type { Tokens } from "./tokens.ts";

/** Path of the endpoint. */
export const TOKEN_PATH = "/msi/token";

/**
 * Answers a request for a token: `GET /msi/token?api-version=2019-08-01&resource=R` with the header
 * `X-IDENTITY-HEADER`, whose value may be any.
 *
 * @param tokens Makes them.
 * @param request The request.
 * @returns `{access_token, expires_on, resource, token_type}`, or 400 with the reason.
 * @see https://learn.microsoft.com/azure/app-service/overview-managed-identity
 */
export function tokenAnswer(tokens: Tokens, request: Request): Response {
  const { searchParams } = new URL(request.url);
  const refused = (message: string) =>
    answer(400, { statusCode: 400, message, correlationId: crypto.randomUUID() });
  if (request.method !== "GET") return refused("method must be GET");
  if (!request.headers.get("x-identity-header")) {
    return refused("header X-IDENTITY-HEADER must be given");
  }
  const version = searchParams.get("api-version");
  if (version !== "2019-08-01") return refused(`api-version must be 2019-08-01: got ${version}`);
  const resource = searchParams.get("resource") ?? "";
  if (URL.parse(resource)?.protocol !== "https:") {
    return refused(`resource must be an https URL: got "${resource}"`);
  }
  const { token, expiresOn } = tokens.mint(resource);
  const headers = { "cache-control": "no-store" };
  const expires_on = String(expiresOn);
  return answer(200, { access_token: token, expires_on, resource, token_type: "Bearer" }, headers);
}
