/** Bearer tokens: JSON web tokens for one audience, signed with a key that lies in the store. */

import { Buffer } from "node:buffer";
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "lib/core/mod.ts";
import type { Store } from "./store.ts";

/** The tenant that all tokens are of. */
export const TENANT = "11111111-1111-1111-1111-111111111111";

/** The identity that all tokens are of. */
export const PRINCIPAL = "22222222-2222-2222-2222-222222222222";

/** How long a token is good for, in seconds. */
export const TOKEN_SECONDS = 3600;

/** Why a token was refused: code and sentence as the service words it. */
export interface TokenFault {
  /** E.g. `ExpiredAuthenticationToken`. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
}

/** What is looked at of a request: a `Request` will do. */
export interface Asking {
  /** Absolute. */
  readonly url: string;
  /** The `Authorization` header is among them. */
  readonly headers: { get(name: string): string | null };
}

/** Makes and checks tokens. */
export interface Tokens {
  /**
   * A new token.
   *
   * @param audience The resource asked for, e.g. `https://management.azure.com`; a slash at its end is
   * kept, since clients compare.
   * @param seconds How long it is good for. Default one hour.
   * @param claims Further claims.
   */
  mint(
    audience: string,
    seconds?: number,
    claims?: Readonly<Record<string, string | number>>,
  ): { token: string; expiresOn: number };
  /**
   * Checks the `Authorization` header of a request.
   *
   * @param request The request.
   * @param audiences Audiences that are accepted; a slash at the end does not matter.
   * @returns The fault, or nothing if the token is good.
   */
  fault(request: Asking, audiences: readonly string[]): TokenFault | undefined;
}

/**
 * Tokens of a store. The signing key is made once and kept in it, so tokens outlast a restart.
 *
 * @param store Where the key lies.
 * @param clock For issue and expiry.
 * @returns See {@linkcode Tokens}.
 * @see RFC 7519; the claims are those of Entra's v1 access tokens.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { manualClock } from "lib/core/mod.ts";
 * import { createTokens, openStore } from "lib/local_azure/mod.ts";
 *
 * const clock = manualClock("2026-01-01T00:00:00Z"), store = openStore(":memory:", () => 0);
 * const tokens = createTokens(store, clock);
 * const { token } = tokens.mint("https://vault.azure.net");
 * const request = new Request("https://v.vault.azure.net/", { headers: { authorization: `Bearer ${token}` } });
 * assert.equal(tokens.fault(request, ["https://vault.azure.net/"]), undefined);
 * assert.equal(tokens.fault(request, ["https://storage.azure.com"])?.code, "InvalidAuthenticationTokenAudience");
 * clock.advance(3_601_000);
 * assert.equal(tokens.fault(request, ["https://vault.azure.net"])?.code, "ExpiredAuthenticationToken");
 * store.close();
 * ```
 */
export function createTokens(store: Store, clock: Clock): Tokens {
  const key = signingKey(store);
  const sign = (text: string) => createHmac("sha256", key).update(text).digest();

  function mint(
    audience: string,
    seconds = TOKEN_SECONDS,
    claims: Readonly<Record<string, string | number>> = {},
  ) {
    const iat = Math.floor(clock.now().getTime() / 1000), exp = iat + seconds;
    const iss = `https://sts.windows.net/${TENANT}/`;
    const payload = {
      aud: audience,
      iss,
      iat,
      nbf: iat,
      exp,
      oid: PRINCIPAL,
      sub: PRINCIPAL,
      tid: TENANT,
    };
    const text = [{ typ: "JWT", alg: "HS256" }, { ...payload, ...claims }]
      .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url")).join(".");
    return { token: `${text}.${sign(text).toString("base64url")}`, expiresOn: exp };
  }

  function fault(request: Asking, audiences: readonly string[]): TokenFault | undefined {
    const [, token] = /^Bearer (.+)$/i.exec(request.headers.get("authorization") ?? "") ?? [];
    if (!token) {
      const message = "Authentication failed. The 'Authorization' header is missing.";
      return { code: "AuthenticationFailed", message };
    }
    const claims = read(token);
    if (!claims) {
      return { code: "InvalidAuthenticationToken", message: "The access token is invalid." };
    }
    if (claims.exp * 1000 <= clock.now().getTime()) {
      const message =
        `The access token expiry UTC time '${new Date(claims.exp * 1000).toISOString()}' ` +
        "is earlier than current UTC time.";
      return { code: "ExpiredAuthenticationToken", message };
    }
    const bare = (audience: string) => audience.replace(/\/$/, "");
    if (!audiences.some((audience) => bare(audience) === bare(claims.aud))) {
      const message =
        `The access token has been obtained for wrong audience or resource '${claims.aud}'.`;
      return { code: "InvalidAuthenticationTokenAudience", message };
    }
  }

  function read(token: string): { aud: string; exp: number } | undefined {
    const [head, body, signature, ...more] = token.split(".");
    if (!signature || more.length > 0) return undefined;
    const given = Buffer.from(signature, "base64url"), right = sign(`${head}.${body}`);
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString());
  }

  return { mint, fault };
}

/**
 * The key that signs the tokens of a store.
 *
 * @param store Where it lies.
 * @param given The key to take if there is none yet, so that tokens outlast a store that is emptied.
 */
export function signingKey({ db }: Store, given: Uint8Array = randomBytes(32)): Uint8Array {
  db.exec(
    "CREATE TABLE IF NOT EXISTS signing_key (one INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT",
  );
  db.prepare("INSERT OR IGNORE INTO signing_key VALUES (1, ?)").run(given);
  const { bytes } = db.prepare("SELECT bytes FROM signing_key").get() as { bytes: Uint8Array };
  return bytes;
}
