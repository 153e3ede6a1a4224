import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { BadInput, manualClock } from "lib/core/mod.ts";
import { openLocalAzure, STORE_VERSION } from "lib/local_azure/mod.ts";
import {
  deploymentDraft,
  endpointDraft,
  fakeParts,
  GROUP,
  HOME,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

/** A request whose Host and browser headers are chosen freely, which fetch does not allow. */
async function raw(port: number, head: string): Promise<string> {
  using connection = await Deno.connect({ hostname: "127.0.0.1", port });
  await connection.write(new TextEncoder().encode(`${head}\r\nConnection: close\r\n\r\n`));
  return await new Response(connection.readable).text().catch(() => "");
}

Deno.test("front: a foreign Host is 421, whatever the path", async () => {
  await using host = await hostControl();
  for (const name of ["evil.example", "management.azure.com.evil.example", "vault.azure.net"]) {
    for (const path of ["/", "/_local/health", "/msi/token"]) {
      const answer = await raw(host.port, `GET ${path} HTTP/1.1\r\nHost: ${name}`);
      assert.match(answer, /^HTTP\/1.1 421 /, name);
      assert.match(answer, /"code":"MisdirectedRequest"/);
      assert.match(answer, new RegExp(name));
    }
  }
});

Deno.test("front: localhost, 127.0.0.1 and allowed names are its own, in any case, with a port", async () => {
  await using host = await hostControl({ allowHosts: ["Codespace.example"] });
  for (const name of ["127.0.0.1", "LOCALHOST:7070", "codespace.example"]) {
    assert.match(
      await raw(host.port, `GET /_local/health HTTP/1.1\r\nHost: ${name}`),
      /^HTTP\/1.1 200 /,
    );
  }
  assert.match(await raw(host.port, `GET /nothing HTTP/1.1\r\nHost: localhost`), /^HTTP\/1.1 404 /);
});

Deno.test("front: a host in capitals and with a port is routed", async () => {
  await using host = await hostControl();
  const answer = await raw(
    host.port,
    "GET /subscriptions HTTP/1.1\r\nHost: MANAGEMENT.azure.com:443",
  );
  assert.match(answer, /^HTTP\/1.1 401 /);
});

Deno.test("front: a service under our own name gets what is not ours", async () => {
  const urls: string[] = [];
  await using host = await hostControl({
    services: () => [{
      hosts: ["127.0.0.1", "*.api.azureml.ms"],
      handle: (_, url) => Promise.resolve(new Response(String(urls.push(url.href)))),
    }],
  });
  await host.call("GET", "http://localhost/api/2.0/mlflow/x?a=1", { token: null });
  await host.call("GET", "https://eastus.api.azureml.ms/mlflow/v1.0", { token: null });
  assert.deepEqual(urls, [
    "https://127.0.0.1/api/2.0/mlflow/x?a=1",
    "https://eastus.api.azureml.ms/mlflow/v1.0",
  ]);
});

Deno.test("front: what breaks is 500 with a request id that the log has as well", async () => {
  await using host = await hostControl({
    services: () => [{
      hosts: ["broken.example"],
      handle: () => Promise.reject(new Error("oh no")),
    }],
  });
  const { status, headers, body } = await host.call("GET", "https://broken.example/x", {
    token: null,
  });
  assert.equal(status, 500);
  assert.equal(body.error.code, "InternalServerError");
  assert.doesNotMatch(body.error.message, /oh no/);
  const id = headers.get("x-ms-request-id")!;
  const lines = (await Deno.readTextFile(`${host.folder}/log.jsonl`)).trim().split("\n");
  const line = lines.map((text) => JSON.parse(text)).find(({ requestId }) => requestId === id);
  assert.deepEqual([line.level, line.error], ["error", "oh no"]);
  assert.match(line.stack, /server_test/);
});

Deno.test("front: the control plane's own failures are 500, not refusals", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  const { ml } = host, at = [GROUP, WORKSPACE, "flowers"] as const;
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...at, endpointDraft());
  await ml.onlineDeployments.beginCreateOrUpdateAndWait(...at, "blue", deploymentDraft());
  host.runtime.logs = () => {
    throw new Error("disk full");
  };
  const { status, body } = await host.arm(
    "POST",
    "/onlineEndpoints/flowers/deployments/blue/getLogs",
  );
  assert.deepEqual([status, body.error.code], [500, "InternalServerError"]);
});

Deno.test("front: every answer has a request id, also one that was fetched", async () => {
  await using other = await hostControl();
  await using host = await hostControl({
    services: () => [{ hosts: ["a.example"], handle: () => fetch(`${other.base}/_local/health`) }],
  });
  for (const url of ["http://127.0.0.1/_local/health", "https://a.example/"]) {
    const { headers } = await host.call("GET", url, { token: null });
    assert.match(headers.get("x-ms-request-id")!, /^[\da-f-]{36}$/);
  }
});

Deno.test("control routes refuse what another site makes a browser send", async () => {
  await using host = await hostControl();
  const own = `http://127.0.0.1:${host.port}`;
  const send = (method: string, path: string, headers: string) =>
    raw(
      host.port,
      `${method} ${path} HTTP/1.1\r\nHost: 127.0.0.1:${host.port}\r\nContent-Length: 0\r\n${headers}`,
    );
  for (
    const headers of [
      "Origin: https://evil.example",
      "Origin: null",
      "Origin: http://127.0.0.1:1",
      "Sec-Fetch-Site: cross-site",
      "Sec-Fetch-Site: same-site",
    ]
  ) {
    assert.match(await send("POST", "/_local/reset", headers), /^HTTP\/1.1 403 /, headers);
    assert.match(await send("GET", "/_local/log", headers), /^HTTP\/1.1 403 /, headers);
    assert.match(
      await send("POST", "/api/2.0/mlflow/runs/create", headers),
      /^HTTP\/1.1 403 /,
      headers,
    );
  }
  for (const headers of [`Origin: ${own}\r\nSec-Fetch-Site: same-origin`, "Sec-Fetch-Site: none"]) {
    assert.match(await send("POST", "/_local/clock", `${headers}`), /^HTTP\/1.1 400 /, headers);
  }
  assert.match(await send("GET", "/", "Sec-Fetch-Site: cross-site"), /^HTTP\/1.1 200 /);
  const forwarded = `Origin: https://127.0.0.1:${host.port}`; // TLS ends at a port forward
  assert.match(await send("POST", "/_local/clock", forwarded), /^HTTP\/1.1 400 /);
});

Deno.test("control routes: a body that is no JSON object is 400", async () => {
  await using host = await hostControl();
  const { status, body } = await host.call("POST", "http://127.0.0.1/_local/keep", {
    token: null,
    body: "[",
  });
  assert.equal(status, 400);
  assert.match(body.error.message, /could not be deserialized/);
});

Deno.test("control routes: changes are POST only", async () => {
  await using host = await hostControl();
  for (const name of ["reset", "stop", "keep"]) {
    const { status } = await host.call("GET", `http://127.0.0.1/_local/${name}`, { token: null });
    assert.equal(status, 404, name);
  }
  assert.equal(
    (await host.call("POST", "http://127.0.0.1/_local/health", { token: null })).status,
    404,
  );
});

Deno.test("clock: is set, advanced, kept over a restart, and put back", async () => {
  const folder = await Deno.makeTempDir(), clock = manualClock("2026-01-01T00:00:00Z");
  const url = "http://127.0.0.1/_local/clock", token = null;
  {
    await using host = await hostControl({ folder, clock });
    const set = await host.call("POST", url, { token, body: { set: "2026-02-01T00:00:00Z" } });
    assert.equal(set.body.now, "2026-02-01T00:00:00.000Z");
    const on = await host.call("POST", url, { token, body: { advanceMs: 1500 } });
    assert.equal(on.body.now, "2026-02-01T00:00:01.500Z");
  }
  await using host = await hostControl({ folder, clock });
  assert.equal((await host.call("GET", url, { token })).body.now, "2026-02-01T00:00:01.500Z");
  assert.deepEqual(
    await host.ml.workspaces.get(GROUP, WORKSPACE).then(({ name }) => name),
    WORKSPACE,
  );
  const wrong = await host.call("POST", url, { token, body: { set: "soon" } });
  assert.equal(wrong.status, 400);
  assert.match(wrong.body.error.message, /^set must be an instant in ISO 8601.*: got "soon"$/);
  assert.equal((await host.call("POST", url, { token, body: { advanceMs: 1.5 } })).status, 400);
  await host.call("POST", url, { token, body: { reset: true } });
  assert.equal((await host.call("GET", url, { token })).body.aheadMs, 0);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("limits: are read and set; a wrong one changes nothing", async () => {
  await using host = await hostControl();
  const url = "http://127.0.0.1/_local/limits", token = null;
  assert.equal((await host.call("GET", url, { token })).body.endpoints, 100);
  const set = await host.call("POST", url, { token, body: { endpoints: 2 } });
  assert.deepEqual([set.body.endpoints, set.body.instances], [2, 50]);
  for (const body of [{ endpoints: 0 }, { endpoints: 3, wheels: 4 }, { instances: "many" }]) {
    assert.equal((await host.call("POST", url, { token, body })).status, 400, JSON.stringify(body));
  }
  assert.equal((await host.call("GET", url, { token })).body.endpoints, 2);
});

Deno.test("reset: empties everything, keeps tokens good, makes the default workspace again", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  await host.vault("kv-local").setSecret("a", "b");
  await host.call("POST", "http://127.0.0.1/_local/clock", {
    token: null,
    body: { advanceMs: 1000 },
  });
  const before = await host.ml.workspaces.get(GROUP, WORKSPACE), token = await host.token();
  const reset = () => host.call("POST", "http://127.0.0.1/_local/reset", { token: null });
  assert.deepEqual((await Promise.all([reset(), reset()])).map(({ status }) => status), [200, 200]);
  const url = `https://management.azure.com${HOME}/models?api-version=2022-10-01`;
  await assert.rejects(openLocalAzure({ folder: host.folder, port: 0 }), /must not be in use/);
  const models = await host.call("GET", url, { token });
  assert.deepEqual([models.status, models.body.value], [200, []]);
  const after = await host.ml.workspaces.get(GROUP, WORKSPACE);
  assert.notEqual(after.workspaceId, before.workspaceId);
  await assert.rejects(host.vault("kv-local").getSecret("a"), { code: "SecretNotFound" });
  assert.equal(
    (await host.call("GET", "http://127.0.0.1/_local/clock", { token: null })).body.aheadMs,
    0,
  );
});

Deno.test("stop: is answered, and then the server is told", async () => {
  await using host = await hostControl();
  const { body } = await host.call("POST", "http://127.0.0.1/_local/stop", { token: null });
  assert.deepEqual(body, { stopping: true });
  await host.stopped;
});

Deno.test("idle end: comes without requests, and not while a process needs it", async () => {
  // long enough for a busy machine to open it and to be told
  await using host = await hostControl({ idleMs: 1000 });
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  await host.call("POST", "http://127.0.0.1/_local/keep", {
    token: null,
    body: { pid: child.pid },
  });
  let ended = false;
  const stopped = host.stopped.then(() => ended = true);
  await new Promise((resolve) => setTimeout(resolve, 2500));
  assert.equal(ended, false);
  child.kill("SIGKILL");
  await child.status;
  await stopped;
});

Deno.test("openLocalAzure() refuses a port that is taken, and takes the next one if that will do", async () => {
  await using host = await hostControl();
  const folder = await Deno.makeTempDir(), { port } = host;
  await assert.rejects(openLocalAzure({ folder, port }), (error) => {
    assert.ok(error instanceof BadInput);
    assert.equal(error.message, `port must be free: got ${port}`);
    return true;
  });
  const other = await openLocalAzure({ folder, port, nextFree: true, parts: fakeParts() });
  assert.ok(other.port > port && other.port < port + 100);
  await other.close();
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openLocalAzure() refuses a folder that cannot be written", async () => {
  const folder = await Deno.makeTempDir(), file = `${folder}/file`;
  await Deno.writeTextFile(file, "");
  await assert.rejects(openLocalAzure({ folder: `${file}/data`, port: 0 }), (error) => {
    assert.ok(error instanceof BadInput);
    assert.match(
      error.message,
      /file\/data must be a folder that can be written \(.*Not a directory/,
    );
    return true;
  });
  await Deno.remove(folder, { recursive: true });
});

Deno.test("openLocalAzure() refuses a folder that another one uses, and leaves that one alone", async () => {
  await using host = await hostControl();
  await assert.rejects(openLocalAzure({ folder: host.folder, port: 0 }), {
    name: "BadInput",
    message: `${host.folder} must not be in use by another Local Azure`,
  });
  assert.equal((await host.arm("GET", "")).status, 200);
});

Deno.test("openLocalAzure() refuses a store from a newer version, and a file that is no store", async () => {
  const folder = await Deno.makeTempDir(), path = `${folder}/store.sqlite`;
  const db = new DatabaseSync(path);
  db.exec(`PRAGMA user_version = ${STORE_VERSION + 1}`);
  db.close();
  await assert.rejects(openLocalAzure({ folder, port: 0 }), {
    name: "BadInput",
    message: `${path} must be a store of version ${STORE_VERSION} or older (a newer Local Azure ` +
      `made it): got ${STORE_VERSION + 1}`,
  });
  await Deno.writeTextFile(path, "x".repeat(2000));
  await assert.rejects(openLocalAzure({ folder, port: 0 }), /must be a store that can be written/);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("log file: a long one is put aside", async () => {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/log.jsonl`, "x".repeat(10_000_001));
  {
    await using _host = await hostControl({ folder });
  }
  assert.ok((await Deno.stat(`${folder}/log.jsonl`)).size < 10_000);
  assert.equal((await Deno.stat(`${folder}/log.1.jsonl`)).size, 10_000_001);
  await Deno.remove(folder, { recursive: true });
});
