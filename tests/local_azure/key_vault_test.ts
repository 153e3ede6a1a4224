import assert from "node:assert/strict";
import { manualClock } from "lib/core/mod.ts";
import { hostControl } from "./control_host.ts";

const VAULT = "https://kv-local.vault.azure.net";

Deno.test("Key Vault: versions, the latest of them, lists, and vaults that do not mix", async () => {
  await using host = await hostControl();
  const vault = host.vault("kv-local");
  const first = await vault.setSecret("endpoint-key", "one", {
    tags: { for: "iris" },
    contentType: "text",
  });
  const second = await vault.setSecret("endpoint-key", "two");
  await vault.setSecret("other", "", { enabled: false });
  assert.equal((await vault.getSecret("endpoint-key")).value, "two");
  assert.equal((await vault.getSecret("ENDPOINT-KEY")).value, "two");
  const { version } = first.properties;
  const old = await vault.getSecret("endpoint-key", { version });
  assert.deepEqual([old.value, old.properties.tags, old.properties.contentType], [
    "one",
    { for: "iris" },
    "text",
  ]);
  assert.notEqual(version, second.properties.version);
  const versions: string[] = [], names: string[] = [];
  for await (const one of vault.listPropertiesOfSecretVersions("endpoint-key")) {
    versions.push(one.version!);
  }
  for await (const one of vault.listPropertiesOfSecrets()) names.push(one.name);
  assert.deepEqual(versions, [second.properties.version, version]);
  assert.deepEqual(names, ["endpoint-key", "other"]);
  await assert.rejects(host.vault("kv-else").getSecret("endpoint-key"), {
    statusCode: 404,
    code: "SecretNotFound",
  });
});

Deno.test("Key Vault: a list goes over several pages", async () => {
  await using host = await hostControl();
  const vault = host.vault("kv-local"), names = Array.from({ length: 30 }, (_, i) => `s${i + 10}`);
  for (const name of names) await vault.setSecret(name, "x");
  const found: string[] = [];
  for await (const page of vault.listPropertiesOfSecrets().byPage()) {
    assert.ok(page.length <= 25);
    found.push(...page.map(({ name }) => name));
  }
  assert.deepEqual(found, names);
});

Deno.test("Key Vault: properties are changed, and a disabled secret is not given out", async () => {
  await using host = await hostControl();
  const vault = host.vault("kv-local");
  const { properties } = await vault.setSecret("a", "b", { expiresOn: new Date(2e12) });
  const changed = await vault.updateSecretProperties("a", properties.version!, { enabled: false });
  assert.deepEqual([changed.enabled, changed.expiresOn?.getTime()], [false, 2e12]);
  await assert.rejects(vault.getSecret("a"), { statusCode: 403, code: "Forbidden" });
});

Deno.test("Key Vault: a deleted secret is gone, keeps its name, and comes back or is purged", async () => {
  await using host = await hostControl();
  const vault = host.vault("kv-local");
  await vault.setSecret("a", "b");
  const poller = await vault.beginDeleteSecret("a", { intervalInMs: 5 });
  const deleted = await poller.pollUntilDone();
  assert.equal(deleted.recoveryId, `${VAULT}/deletedsecrets/a`);
  assert.equal(deleted.value, undefined);
  const { version } = deleted.properties;
  await assert.rejects(vault.getSecret("a", { version }), { code: "SecretNotFound" });
  await assert.rejects(vault.getSecret("a"), { code: "SecretNotFound" });
  await assert.rejects(vault.setSecret("a", "c"), { statusCode: 409, code: "Conflict" });
  const names: string[] = [];
  for await (const one of vault.listDeletedSecrets()) names.push(one.name);
  assert.deepEqual(names, ["a"]);
  await (await vault.beginRecoverDeletedSecret("a", { intervalInMs: 5 })).pollUntilDone();
  assert.equal((await vault.getSecret("a")).value, "b");
  await (await vault.beginDeleteSecret("a", { intervalInMs: 5 })).pollUntilDone();
  await vault.purgeDeletedSecret("a");
  await assert.rejects(vault.getDeletedSecret("a"), { code: "SecretNotFound" });
  await vault.setSecret("a", "d");
});

Deno.test("Key Vault: asks for a token with a challenge, and takes no other audience's", async () => {
  const clock = manualClock("2026-01-01T00:00:00Z");
  await using host = await hostControl({ clock });
  const url = `${VAULT}/secrets/a/?api-version=7.6`;
  const none = await host.call("GET", url, { token: null });
  assert.equal(none.status, 401);
  assert.match(
    none.headers.get("www-authenticate")!,
    /^Bearer authorization="https:\/\/login\.microsoftonline\.com\/[\da-f-]{36}", resource="https:\/\/vault\.azure\.net"$/,
  );
  assert.equal((await host.call("GET", url)).status, 401);
  const token = await host.token("https://vault.azure.net");
  assert.equal((await host.call("GET", url, { token })).body.error.code, "SecretNotFound");
  clock.advance(3_600_000);
  const over = await host.call("GET", url, { token });
  assert.deepEqual([over.status, over.body.error.code], [401, "Unauthorized"]);
});

Deno.test("Key Vault: each broken rule is 400 with field, rule and value", async () => {
  await using host = await hostControl();
  const token = await host.token("https://vault.azure.net");
  const put = (path: string, body: Record<string, string>) =>
    host.call("PUT", VAULT + path, { token, body });
  const name = await put("/secrets/a_b?api-version=7.6", { value: "x" });
  assert.equal(name.status, 400);
  assert.match(
    name.body.error.message,
    /^secret name must be 1 to 127 letters, digits or -: got "a_b"$/,
  );
  assert.match(
    (await put("/secrets/a?api-version=7.6", {})).body.error.message,
    /^value must be given/,
  );
  assert.match(
    (await put("/secrets/a", { value: "x" })).body.error.message,
    /^api-version must be given/,
  );
  const list = await host.call("GET", `${VAULT}/secrets?maxresults=26&api-version=7.6`, { token });
  assert.match(list.body.error.message, /^maxresults must be a whole number from 1 to 25: got 26$/);
});
