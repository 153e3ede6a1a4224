/** Signing in from a GitHub Actions job, with no stored secret. */

import type { TokenCredential } from "@azure/identity";
import { BadInput } from "lib/core/mod.ts";
import type { ReadEnv } from "./target.ts";

/** A GitHub ID token is asked for anew when it ends within this time, in milliseconds. */
const MARGIN_MS = 60_000;

/**
 * The credential of a job with `permissions: id-token: write`. It asks GitHub for a new ID token
 * whenever the last one is near its end, so a job of any length stays signed in.
 *
 * Needs net access to the host of `ACTIONS_ID_TOKEN_REQUEST_URL` and to login.microsoftonline.com.
 *
 * @param env Reads the environment. Default: this process's.
 * @param options Of the SDK's credential, e.g. `httpClient`.
 * @returns The credential.
 * @throws {BadInput} If a variable is missing.
 * @see https://docs.github.com/actions/security-for-github-actions/security-hardening-your-deployments
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { githubActionsCredential } from "lib/azure/mod.ts";
 *
 * await assert.rejects(() => githubActionsCredential(() => undefined), /ACTIONS_ID_TOKEN_REQUEST_URL must be set/);
 * ```
 */
export async function githubActionsCredential(
  env: ReadEnv = (name) => Deno.env.get(name),
  options?: object,
): Promise<TokenCredential> {
  const need = (name: string) => {
    const value = env(name);
    if (!value) throw new BadInput({ field: name, rule: "must be set to sign in from GitHub" });
    return value;
  };
  const url = new URL(need("ACTIONS_ID_TOKEN_REQUEST_URL"));
  url.searchParams.set("audience", "api://AzureADTokenExchange");
  const authorization = `Bearer ${need("ACTIONS_ID_TOKEN_REQUEST_TOKEN")}`;
  const tenant = need("AZURE_TENANT_ID"), client = need("AZURE_CLIENT_ID");
  let last = { value: "", expiresMs: 0 }; // MSAL asks twice for each token, cached or not

  async function assertion(): Promise<string> {
    if (last.expiresMs > Date.now() + MARGIN_MS) return last.value;
    const response = await fetch(url, { headers: { authorization } });
    if (!response.ok) {
      throw new Error(`GitHub refused an ID token: ${response.status} ${await response.text()}`);
    }
    const { value } = await response.json();
    const payload = new TextDecoder().decode(
      Uint8Array.fromBase64(value.split(".")[1], { alphabet: "base64url" }),
    );
    last = { value, expiresMs: JSON.parse(payload).exp * 1000 };
    return value;
  }

  const { ClientAssertionCredential } = await import("@azure/identity");
  return new ClientAssertionCredential(tenant, client, assertion, options);
}
