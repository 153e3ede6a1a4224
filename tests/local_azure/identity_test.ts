import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { hostControl } from "./control_host.ts";

const TOKEN = "/msi/token?api-version=2019-08-01&resource=https%3A%2F%2Fvault.azure.net";

Deno.test("token endpoint: a JWT whose audience is the resource that was asked for", async () => {
  await using host = await hostControl({ clock: manualClock("2026-01-01T00:00:00Z") });
  const response = await fetch(host.base + TOKEN, { headers: { "X-IDENTITY-HEADER": "x" } });
  const { access_token, expires_on, resource, token_type } = await response.json();
  const at = Date.parse("2026-01-01T01:00:00Z") / 1000;
  assert.deepEqual([response.status, expires_on, resource, token_type], [
    200,
    String(at),
    "https://vault.azure.net",
    "Bearer",
  ]);
  const claims = JSON.parse(atob(access_token.split(".")[1]));
  assert.deepEqual([claims.aud, claims.exp], ["https://vault.azure.net", at]);
  assert.match(claims.iss, /^https:\/\/sts\.windows\.net\//);
  assert.equal(response.headers.get("cache-control"), "no-store");
});

Deno.test("token endpoint: what is wrong is 400 with its reason", async () => {
  await using host = await hostControl();
  const ask = async (
    path: string,
    headers: Record<string, string> = { "x-identity-header": "x" },
  ) => {
    const response = await fetch(host.base + path, { headers });
    return [response.status, (await response.json()).message];
  };
  assert.deepEqual(await ask(TOKEN, {}), [400, "header X-IDENTITY-HEADER must be given"]);
  const posted = await fetch(host.base + TOKEN, {
    method: "POST",
    headers: { "x-identity-header": "x" },
  });
  assert.deepEqual([posted.status, (await posted.json()).message], [400, "method must be GET"]);
  assert.deepEqual(await ask(TOKEN.replace("2019-08-01", "2017-09-01")), [
    400,
    "api-version must be 2019-08-01: got 2017-09-01",
  ]);
  assert.deepEqual(await ask("/msi/token?api-version=2019-08-01&resource=vault"), [
    400,
    'resource must be an https URL: got "vault"',
  ]);
});

Deno.test("tokens: none, a forged one, one for another audience and one that is over are 401", async () => {
  const clock = manualClock("2026-01-01T00:00:00Z");
  await using host = await hostControl({ clock });
  const url = "https://management.azure.com/subscriptions?api-version=2022-10-01";
  const good = await host.token();
  const forged = good.replace(/\.[^.]*$/, `.${"A".repeat(43)}`);
  const other = await host.token("https://vault.azure.net");
  const code = async (token: string | null) => {
    const { status, body, headers } = await host.call("GET", url, { token });
    assert.match(
      headers.get("www-authenticate") ?? "",
      status === 401 ? /^Bearer authorization_uri=/ : /^$/,
    );
    return [status, body.error?.code];
  };
  assert.deepEqual(await code(null), [401, "AuthenticationFailed"]);
  assert.deepEqual(await code(forged), [401, "InvalidAuthenticationToken"]);
  assert.deepEqual(await code("nonsense"), [401, "InvalidAuthenticationToken"]);
  assert.deepEqual(await code(other), [401, "InvalidAuthenticationTokenAudience"]);
  assert.deepEqual(await code(good), [404, "InvalidResourceType"]);
  clock.advance(3_600_000);
  assert.deepEqual(await code(good), [401, "ExpiredAuthenticationToken"]);
});
