/** Who may have an endpoint score. */

import { Buffer } from "node:buffer";
import { AML_AUDIENCE } from "./arm_endpoint_keys.ts";
import type { EndpointEntry } from "./endpoint_table.ts";
import type { Asking, Tokens } from "./tokens.ts";

/** Audience of Entra tokens for the data plane. */
export const SCORING_AUDIENCE = "https://ml.azure.com";

/**
 * Checks a request against its endpoint's `authMode`.
 *
 * @param tokens Checks tokens.
 * @param endpoint See {@linkcode EndpointEntry}.
 * @param request The request.
 * @returns Nothing if it may pass, else the body of the 401. With keys it is the service's own word.
 */
export function authFault(
  tokens: Tokens,
  endpoint: EndpointEntry,
  request: Asking,
): string | undefined {
  const given = request.headers.get("authorization") ?? "";
  const { authMode, passes, id } = endpoint;
  if (authMode === "Key") {
    if (given === passes[0] || given === passes[1]) return undefined;
    const [, key] = /^Bearer\s+(\S+)$/i.exec(given) ?? [];
    if (!key) return "key_auth_bad_header_forbidden";
    return passes.includes(`Bearer ${key}`) ? undefined : "key_auth_access_denied";
  }
  if (authMode === "AADToken") return tokens.fault(request, [SCORING_AUDIENCE])?.message;
  const fault = tokens.fault(request, [AML_AUDIENCE]);
  if (fault) return fault.message;
  const claims = Buffer.from(given.split(".")[1], "base64url").toString();
  const isMeant = (JSON.parse(claims) as { endpoint?: string }).endpoint === id;
  return isMeant ? undefined : "The access token was made for another endpoint.";
}
