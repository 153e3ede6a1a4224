/** Faults on demand, as clients see them. */

import assert from "node:assert/strict";
import { scoringService } from "lib/local_azure/scoring.ts";
import type { Runtime } from "lib/local_azure/mod.ts";
import {
  type ControlHost,
  deploymentDraft,
  endpointDraft,
  type FakeRuntime,
  fakeRuntime,
  GROUP,
  hostControl,
  registerAssets,
  WORKSPACE,
} from "./control_host.ts";

const URL_OF_FAULTS = "http://127.0.0.1/_local/faults";

function ask(host: ControlHost, body: object) {
  return host.call("POST", URL_OF_FAULTS, { token: null, body });
}

const AT = [GROUP, WORKSPACE, "flowers"] as const;

Deno.test("faults: the next PUT is 429 with Retry-After, the one after is not, and GETs never are", async () => {
  await using host = await hostControl();
  await ask(host, { kind: "throttle", retryAfterSeconds: 7, where: "/Models/" });
  const put = (kind: string) => host.arm("PUT", `/${kind}/iris`, { properties: {} });
  assert.equal((await host.arm("GET", "/models")).status, 200);
  assert.equal((await put("codes")).status, 201);
  const { status, headers, body } = await put("models");
  assert.deepEqual([status, headers.get("retry-after"), body.error.code], [
    429,
    "7",
    "TooManyRequests",
  ]);
  assert.equal((await put("models")).status, 201);
  const { faults } = (await host.call("GET", URL_OF_FAULTS, { token: null })).body;
  assert.deepEqual(faults.map(({ left, happened }: Record<string, number>) => [left, happened]), [
    [0, 1],
  ]);
});

Deno.test("faults: the SDK waits and tries again, as often as it is told to", async () => {
  await using host = await hostControl();
  await ask(host, { kind: "throttle", times: 2 });
  const since = performance.now();
  await host.ml.codeContainers.createOrUpdate(GROUP, WORKSPACE, "src", { properties: {} });
  assert.ok(performance.now() - since > 1900, "two waits of a second");
});

Deno.test("faults: a deployment fails with the code that is asked for, once", async () => {
  await using host = await hostControl();
  await registerAssets(host);
  const { ml } = host;
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...AT, endpointDraft());
  await ask(host, { kind: "failOperation", where: "/deployments/green" });
  const put = (name: string) =>
    ml.onlineDeployments.beginCreateOrUpdateAndWait(...AT, name, deploymentDraft());
  await put("blue");
  await assert.rejects(put("green"), /has failed\. ImageBuildFailure\. This failure was asked for/);
  await assert.rejects(put("green"), { statusCode: 400 }); // unrecoverable, as on Azure
  await ml.onlineDeployments.beginDeleteAndWait(...AT, "green");
  await put("green");
});

Deno.test("faults: a token counts as expired, and the next time not", async () => {
  await using host = await hostControl();
  await ask(host, { kind: "tokenExpired" });
  const { status, headers, body } = await host.arm("GET", "");
  assert.deepEqual([status, body.error.code], [401, "ExpiredAuthenticationToken"]);
  assert.match(headers.get("www-authenticate")!, /error="invalid_token"/);
  assert.equal((await host.arm("GET", "")).status, 200);
});

Deno.test("faults: Blob is 503 ServerBusy for one request", async () => {
  await using host = await hostControl();
  await ask(host, { kind: "blobBusy" });
  const get = () => host.call("GET", "https://devstoreaccount1.blob.core.windows.net/azureml/x");
  const { status, headers, text } = await get();
  assert.deepEqual([status, headers.get("x-ms-error-code")], [503, "ServerBusy"]);
  assert.match(text, /<Code>ServerBusy<\/Code>/);
  assert.equal((await get()).text, "blob");
});

/** A runtime whose deployments are a server in this process. */
function serving(port: number): FakeRuntime {
  const runtime = fakeRuntime(), get: Runtime["get"] = runtime.get;
  return Object.assign(runtime, {
    get: (id: string) => {
      const running = get(id);
      return running && { ...running, port };
    },
  });
}

Deno.test("faults: a container that sleeps is 408 after the request timeout, late before it, and wakes up", async () => {
  await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (r) => {
    await r.body?.cancel();
    return Response.json([1]);
  });
  await using host = await hostControl({
    runtime: serving(server.addr.port),
    services: (local) => [scoringService(local)],
  });
  await registerAssets(host);
  const { ml } = host;
  await ml.onlineEndpoints.beginCreateOrUpdateAndWait(...AT, endpointDraft());
  const requestSettings = { requestTimeout: "PT0.3S", maxConcurrentRequestsPerInstance: 8 };
  for (const name of ["blue", "green"]) {
    await ml.onlineDeployments.beginCreateOrUpdateAndWait(
      ...AT,
      name,
      deploymentDraft({ requestSettings }),
    );
  }
  const { primaryKey } = await ml.onlineEndpoints.listKeys(...AT);
  const score = async (deployment: string) => {
    const since = performance.now();
    const { status } = await host.call(
      "POST",
      "https://flowers.eastus.inference.ml.azure.com/v1/predict",
      {
        token: primaryKey,
        body: {},
        headers: { "azureml-model-deployment": deployment },
      },
    );
    return { status, ms: performance.now() - since };
  };
  assert.equal((await score("blue")).status, 200);
  await ask(host, { kind: "sleep", milliseconds: 1200, where: "/deployments/blue" });
  assert.equal((await score("blue")).status, 408);
  assert.equal((await score("green")).status, 200);
  await ask(host, { clear: true });
  await ask(host, { kind: "sleep", milliseconds: 200, where: "/deployments/blue" });
  const late = await score("blue");
  assert.equal(late.status, 200);
  assert.ok(late.ms > 100, `${late.ms} ms`);
  const awake = await score("blue");
  assert.ok(awake.status === 200 && awake.ms < 200, JSON.stringify(awake));
});

Deno.test("faults: each broken rule is 400, another site is refused, and a reset clears", async () => {
  await using host = await hostControl();
  const refusal = async (body: object) => {
    const answer = await ask(host, body);
    return `${answer.status} ${answer.body.error.message}`;
  };
  assert.match(await refusal({}), /^400 kind must be one of throttle, failOperation, sleep/);
  assert.match(await refusal({ kind: "fire" }), /^400 kind must be one of .*: got "fire"/);
  assert.match(await refusal({ kind: "throttle", times: 0 }), /^400 times must be a whole number/);
  assert.match(await refusal({ kind: "sleep" }), /^400 milliseconds must be given/);
  assert.match(await refusal({ kind: "sleep", milliseconds: 1e9 }), /milliseconds must be a whole/);
  const headers = { origin: "https://evil.example" };
  const foreign = await host.call("POST", URL_OF_FAULTS, { token: null, headers, body: {} });
  assert.equal(foreign.status, 403);
  await ask(host, { kind: "throttle" });
  await host.call("POST", "http://127.0.0.1/_local/reset", { token: null });
  const { body } = await host.call("GET", URL_OF_FAULTS, { token: null });
  assert.deepEqual(body, { faults: [] });
});

Deno.test("faults: each is met only where it is to be, and as often as it is to be", async () => {
  await using host = await hostControl();
  const blob = (path: string) =>
    host.call("GET", `https://devstoreaccount1.blob.core.windows.net/${path}`);
  await ask(host, { kind: "blobBusy", times: 2, where: "/Models/" });
  assert.deepEqual(
    [await blob("data/x"), await blob("models/x"), await blob("models/y"), await blob("models/x")]
      .map(({ status }) => status),
    [200, 503, 503, 200],
  );
  await ask(host, { clear: true });
  await ask(host, { kind: "tokenExpired", where: "/secrets" });
  assert.equal((await host.arm("GET", "")).status, 200);
  await assert.rejects(host.vault("kv-local").getSecret("none"), { statusCode: 401 });
  await assert.rejects(host.vault("kv-local").getSecret("none"), { code: "SecretNotFound" });
});

Deno.test("faults: a restart forgets them", async () => {
  const folder = await Deno.makeTempDir({ prefix: "faults-" });
  {
    await using host = await hostControl({ folder });
    await ask(host, { kind: "throttle", times: 1000 });
  }
  await using host = await hostControl({ folder });
  assert.deepEqual((await host.call("GET", URL_OF_FAULTS, { token: null })).body, { faults: [] });
  assert.equal((await host.arm("PUT", "/codes/src", { properties: {} })).status, 201);
  await Deno.remove(folder, { recursive: true });
});

Deno.test("faults: there are a hundred at most, so that asking for them without end costs nothing", async () => {
  await using host = await hostControl();
  for (let times = 0; times < 100; times++) {
    await ask(host, { kind: "tokenExpired", where: "/none" });
  }
  const { status, body } = await ask(host, { kind: "tokenExpired" });
  assert.equal(status, 400);
  assert.equal(body.error.message, "faults must be cleared first: there are 100 already");
  assert.equal((await ask(host, { clear: true })).status, 200);
  assert.equal((await ask(host, { kind: "tokenExpired" })).status, 200);
});
