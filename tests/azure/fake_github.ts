/**
 * A GitHub that hands out ID tokens and an Entra that checks them: signature, client, audience,
 * subject, time. What the sign-in of a job needs, no more; the refusals have Entra's own codes.
 */

import type { Service } from "lib/local_azure/mod.ts";

/** Host of Entra's token endpoint. */
export const ENTRA_HOST = "login.microsoftonline.com";

/** The audience that Entra wants in a foreign token. */
const AUDIENCE = "api://AzureADTokenExchange";

/** What signs, and what checks. */
export interface FakeKeys {
  readonly privateKey: CryptoKey;
  readonly publicKey: CryptoKey;
}

/** A new RSA key pair. */
export async function makeKeys(): Promise<FakeKeys> {
  return await crypto.subtle.generateKey({ ...RS256, ...RSA }, false, ["sign", "verify"]);
}

const RS256 = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };
const RSA = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };

/** What a job is, to GitHub. */
export interface FakeJob {
  /** Its `sub`, e.g. `repo:o/r:environment:production`. May change. */
  subject: string;
  /** What the job must show to get a token. */
  readonly requestToken: string;
  /** How long a token is good for, in seconds. Default 300. */
  seconds?: number;
  /** Number of tokens given out so far. */
  given: number;
}

/** Answers `GET /idtoken?audience=A` as GitHub does. */
export async function idToken(request: Request, job: FakeJob, keys: FakeKeys): Promise<Response> {
  if (request.headers.get("authorization") !== `Bearer ${job.requestToken}`) {
    return new Response("Unauthorized", { status: 401 });
  }
  const iat = Math.floor(Date.now() / 1000), { seconds = 300 } = job;
  const claims = {
    iss: "https://token.actions.githubusercontent.com",
    aud: new URL(request.url).searchParams.get("audience"),
    sub: job.subject,
    ...{ iat, nbf: iat, exp: iat + seconds },
  };
  const text = [{ typ: "JWT", alg: "RS256" }, claims].map((part) => encode(JSON.stringify(part)))
    .join(".");
  const signature = await crypto.subtle.sign(
    RS256,
    keys.privateKey,
    new TextEncoder().encode(text),
  );
  job.given++;
  return Response.json({ count: 1, value: `${text}.${encode(new Uint8Array(signature))}` });
}

/** A federated credential, as it is set up in Entra. */
export interface FederatedCredential {
  readonly tenant: string;
  readonly client: string;
  readonly subject: string;
}

/**
 * Answers `POST /TENANT/oauth2/v2.0/token` as Entra does.
 *
 * @param request The request.
 * @param trust The one federated credential that there is.
 * @param keys GitHub's; only the public one is used.
 * @param mint Makes the access token for a resource.
 */
export async function accessToken(
  request: Request,
  trust: FederatedCredential,
  keys: FakeKeys,
  mint: (resource: string) => string,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname !== `/${trust.tenant}/oauth2/v2.0/token` || request.method !== "POST") {
    return refuse(90002, `Tenant or route '${pathname}' not found.`, 404);
  }
  const form = new URLSearchParams(await request.text());
  const type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
  if (form.get("client_assertion_type") !== type) {
    return refuse(900144, "The request body must contain: 'client_assertion_type'.");
  }
  if (form.get("client_id") !== trust.client) {
    return refuse(700016, `Application '${form.get("client_id")}' was not found in the directory.`);
  }
  const [head, body, signature = ""] = (form.get("client_assertion") ?? "").split(".");
  const good = await crypto.subtle.verify(
    RS256,
    keys.publicKey,
    decode(signature),
    new TextEncoder().encode(`${head}.${body}`),
  );
  if (!good) {
    return refuse(700027, "The certificate with identifier used to sign is not registered.");
  }
  const { aud, sub, exp } = JSON.parse(new TextDecoder().decode(decode(body)));
  if (aud !== AUDIENCE) {
    return refuse(700212, `No matching federated identity record found for audience '${aud}'.`);
  }
  if (sub !== trust.subject) {
    return refuse(700213, `No matching federated identity record found for subject '${sub}'.`);
  }
  if (exp * 1000 <= Date.now()) return refuse(700024, "Client assertion is not within its time.");
  const resource = form.get("scope")!.split(" ")[0].replace(/\/\.default$/, "");
  const access_token = mint(resource);
  return Response.json({
    token_type: "Bearer",
    expires_in: 3599,
    ext_expires_in: 3599,
    access_token,
  });
}

/** Entra as a service of Local Azure, under its own host. */
export function entraService(
  trust: FederatedCredential,
  keys: FakeKeys,
  mint: (resource: string) => string,
): Service {
  return {
    hosts: [ENTRA_HOST],
    handle: (request, url) => accessToken(new Request(url, request), trust, keys, mint),
  };
}

function refuse(code: number, text: string, status = 401): Response {
  const error_description = `AADSTS${code}: ${text} Trace ID: fake Timestamp: fake`;
  return Response.json({ error: "invalid_client", error_codes: [code], error_description }, {
    status,
  });
}

function encode(value: string | Uint8Array): string {
  const bytes = typeof value === "string" ? new TextEncoder().encode(value) : value;
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function decode(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.fromBase64(text, { alphabet: "base64url" });
}
