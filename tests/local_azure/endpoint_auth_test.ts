/** What opens an endpoint, from the control plane that gives it out to the router that asks for it. */

import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { scoringService } from "lib/local_azure/scoring.ts";
import { type ControlHost, endpointDraft, GROUP, hostControl, WORKSPACE } from "./control_host.ts";

/** Opens a Local Azure with the router at its port, and an endpoint without a deployment. */
async function open(authMode: string): Promise<{ host: ControlHost; url: string }> {
  const host = await hostControl({ services: (local) => [scoringService(local)] });
  const draft = endpointDraft();
  const { onlineEndpoints } = host.ml;
  for (const name of ["flowers", "others"]) {
    await onlineEndpoints.beginCreateOrUpdateAndWait(GROUP, WORKSPACE, name, {
      ...draft,
      properties: { ...draft.properties, authMode },
    });
  }
  const { properties } = await onlineEndpoints.get(GROUP, WORKSPACE, "flowers");
  return { host, url: properties.scoringUri! };
}

/** What a pass is worth: `open`, since nobody is behind the door, or the refusal. */
async function worth({ host, url }: Awaited<ReturnType<typeof open>>, token: string) {
  const { status, text } = await host.call("POST", url, { token, body: {} });
  if (status === 404) return assert.match(text, /no deployment with positive weight/), "open";
  return `${status} ${text}`;
}

Deno.test("keys: both open the endpoint, and a new one ends the old one of its kind only", async () => {
  const at = await open("Key");
  await using host = at.host;
  const keys = () => host.ml.onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers");
  const renew = (keyType: "Primary" | "Secondary") =>
    host.ml.onlineEndpoints.beginRegenerateKeysAndWait(GROUP, WORKSPACE, "flowers", { keyType });
  const denied = "401 key_auth_access_denied", first = await keys();
  assert.equal(await worth(at, first.primaryKey!), "open");
  assert.equal(await worth(at, first.secondaryKey!), "open");

  await renew("Primary");
  const second = await keys();
  assert.equal(await worth(at, first.primaryKey!), denied);
  assert.equal(await worth(at, first.secondaryKey!), "open"); // clients move to it meanwhile
  assert.equal(await worth(at, second.primaryKey!), "open");

  await renew("Secondary");
  assert.equal(await worth(at, first.secondaryKey!), denied);
  assert.equal(await worth(at, second.primaryKey!), "open");
  assert.equal(await worth(at, (await keys()).secondaryKey!), "open");

  const others = await host.ml.onlineEndpoints.listKeys(GROUP, WORKSPACE, "others");
  assert.equal(await worth(at, others.primaryKey!), denied);
});

Deno.test("AML tokens: open their own endpoint for a day, and cannot be changed or made up", async () => {
  const at = await open("AMLToken");
  await using host = at.host;
  // not through the SDK, whose own token is too old once the clock was moved
  const tokenOf = async (name: string): Promise<string> =>
    (await host.arm("POST", `/onlineEndpoints/${name}/token`)).body.accessToken;
  const advance = (advanceMs: number) =>
    host.call("POST", `http://127.0.0.1/_local/clock`, { body: { advanceMs }, token: null });
  const token = await tokenOf("flowers");
  assert.equal(await worth(at, token), "open");
  assert.match(await worth(at, await tokenOf("others")), /^401 .*made for another endpoint/);
  for (const audience of ["https://management.azure.com", "https://ml.azure.com"]) {
    assert.match(await worth(at, await host.token(audience)), /^401 .*wrong audience/);
  }

  const [head, body, signature] = token.split(".");
  const claims = JSON.parse(Buffer.from(body, "base64url").toString());
  const coded = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const longer = coded({ ...claims, exp: claims.exp + 86_400 });
  for (
    const forged of [
      `${head}.${longer}.${signature}`,
      `${coded({ typ: "JWT", alg: "none" })}.${longer}.`,
      `${head}.${body}`,
      `${token}.${signature}`,
      "primary-key",
    ]
  ) assert.equal(await worth(at, forged), "401 The access token is invalid.", forged);
  assert.match(await worth(at, ""), /^401 .*header is missing/);

  await advance(86_400_000 - 10_000);
  assert.equal(await worth(at, token), "open");
  await advance(10_000);
  assert.match(await worth(at, token), /^401 The access token expiry UTC time '.*' is earlier/);
  assert.equal(await worth(at, await tokenOf("flowers")), "open");
});

Deno.test("Entra tokens: open with the data plane's audience for an hour, and expire on demand", async () => {
  const at = await open("AADToken");
  await using host = at.host;
  const local = (path: string, body: object) =>
    host.call("POST", `http://127.0.0.1/_local/${path}`, { body, token: null });
  const tokens = await Promise.all(
    ["https://ml.azure.com", "https://ml.azure.com/"].map((audience) => host.token(audience)),
  );
  for (const token of tokens) assert.equal(await worth(at, token), "open");
  for (const audience of ["https://management.azure.com", "https://storage.azure.com"]) {
    assert.match(await worth(at, await host.token(audience)), /^401 .*wrong audience/);
  }
  await local("faults", { kind: "tokenExpired" });
  assert.match(await worth(at, tokens[0]), /^401 The access token expiry/);
  assert.equal(await worth(at, tokens[0]), "open");
  await local("clock", { advanceMs: 3_601_000 });
  assert.match(await worth(at, tokens[0]), /^401 The access token expiry/);
});

Deno.test("limits: 500 requests a second for each endpoint, unless /_local/limits says otherwise", async () => {
  const at = await open("Key");
  await using host = at.host;
  const limits = await host.call("GET", "http://127.0.0.1/_local/limits", { token: null });
  assert.equal(limits.body.requestsPerSecond, 500);
  await host.call("POST", "http://127.0.0.1/_local/limits", {
    token: null,
    body: { requestsPerSecond: 2 },
  });
  const { primaryKey } = await host.ml.onlineEndpoints.listKeys(GROUP, WORKSPACE, "flowers");
  const ask = () => host.call("POST", at.url, { token: primaryKey, body: {} });
  const answers = await Promise.all(Array.from({ length: 20 }, ask));
  const refused = answers.find(({ status }) => status === 429)!;
  assert.deepEqual([refused.text, refused.headers.get("server")], ["", "azureml-frontdoor"]);
  assert.equal(refused.headers.get("content-type"), "text/plain");
  assert.match(refused.headers.get("x-ms-request-id")!, /^[\da-f-]{36}$/);
  // the other endpoint has a limit of its own
  const { primaryKey: other } = await host.ml.onlineEndpoints.listKeys(GROUP, WORKSPACE, "others");
  const { status } = await host.call("POST", at.url.replace("flowers", "others"), {
    ...{ token: other, body: {} },
  });
  assert.equal(status, 404);
  await host.call("POST", "http://127.0.0.1/_local/limits", {
    token: null,
    body: { requestsPerSecond: 100_000 },
  });
  await new Promise((done) => setTimeout(done, 20)); // the bucket fills
  assert.deepEqual(
    [...new Set((await Promise.all(Array.from({ length: 20 }, ask))).map(({ status }) => status))],
    [404],
  );
});
