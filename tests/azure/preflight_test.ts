/** Each failure that a preflight may find, seen at the wire. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { openFront } from "./front.ts";

const front = await openFront();

const WANTED = {
  endpoint: "iris-demo",
  owner: "demo",
  instanceType: "Standard_DS2_v2",
  instances: 2,
};

async function preflight(more: Partial<azure.PreflightOptions> = {}) {
  const findings = await azure.preflight({ ...WANTED, port: front.port, ...more });
  assert.equal(findings.length, 9);
  for (const { state, mend } of findings) assert.ok(state !== "failed" || mend !== "");
  return Object.fromEntries(findings.map((finding) => [finding.check, finding])) as Record<
    azure.PreflightCheck,
    azure.PreflightFinding
  >;
}

/** Names of the checks in a state. */
function inState(found: Record<string, azure.PreflightFinding>, state: string): string[] {
  return Object.values(found).filter((finding) => finding.state === state).map((f) => f.check);
}

function refusal(status: number, code: string): Response {
  const message = `${code} by the front`;
  return Response.json({ error: { code, message } }, {
    status,
    headers: { "x-ms-error-code": code },
  });
}

// first of all: MSAL keeps a token for the whole process
Deno.test("preflight() that gets no token says so", async () => {
  front.answer(({ path }) => path === "/msi/token" ? refusal(400, "invalid_request") : undefined);
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), ["sign-in"]);
  assert.equal(found.workspace.detail, "not reached: sign-in failed");
});

Deno.test("preflight() of a Local Azure: all is ready, the quota included", async () => {
  front.answer(() => {});
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), []);
  assert.deepEqual(inState(found, "not checked"), []);
  assert.equal(found.quota.detail, "300 cores of DSv2 are left in eastus, 6 are needed");
  assert.match(found["endpoint name"].detail, /^iris-demo is free/);
  assert.match(found.price.detail, /about 0\.292 USD per hour/);
  const open = await azure.openAzureAt(front.behind);
  for await (const { name } of open.blobs.listBlobsFlat({ prefix: "mlops/preflight/" })) {
    assert.fail(`the probe blob ${name} was left`);
  }
});

Deno.test("preflight() with half of the cloud's settings names what is missing and goes no further", async () => {
  const env = (name: string) => ({ MLOPS_TARGET: "cloud", AZURE_RESOURCE_GROUP: "g" })[name];
  const found = await preflight({ env });
  assert.match(found.settings.detail, /^AZURE_SUBSCRIPTION_ID, AZURE_ML_WORKSPACE must be set/);
  assert.deepEqual(inState(found, "failed"), ["settings"]);
  assert.equal(inState(found, "not checked").length, 8);
});

Deno.test("preflight() without a workspace gives the service's status and sentence", async () => {
  front.answer(({ path }) => /\/workspaces\/[^/]+$/i.test(path) ? refusal(404, "Gone") : undefined);
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), ["workspace"]);
  assert.equal(found.workspace.detail, "404: Gone by the front");
  assert.equal(found["blob storage"].detail, "not reached: workspace failed");
});

Deno.test("preflight() without a default datastore goes on with the rest", async () => {
  front.answer(({ path }) =>
    path.endsWith("/datastores") ? Response.json({ value: [] }) : undefined
  );
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), ["default datastore"]);
  assert.equal(found["blob storage"].detail, "not reached: default datastore failed");
  assert.equal(found["key vault"].state, "ok");
});

Deno.test("preflight() that may read Blob but not write fails there and nowhere else", async () => {
  front.answer(({ host, method }) =>
    host.includes(".blob.") && method === "PUT"
      ? refusal(403, "AuthorizationPermissionMismatch")
      : undefined
  );
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), ["blob storage"]);
  assert.match(found["blob storage"].detail, /^403: /);
});

Deno.test("preflight() with a storage that gives back something else fails there", async () => {
  front.answer(({ host, method }) =>
    host.includes(".blob.") && method === "GET"
      ? new Response("else", { headers: { etag: '"1"', "content-range": "bytes 0-3/4" } })
      : undefined
  );
  assert.equal((await preflight())["blob storage"].state, "failed");
});

Deno.test("preflight() that the key vault refuses fails there and nowhere else", async () => {
  front.answer(({ host, method }) =>
    host.includes(".vault.") && method === "PUT" ? refusal(403, "Forbidden") : undefined
  );
  // the front's 403 comes before the challenge, as from a vault behind a firewall
  const found = await preflight();
  assert.deepEqual(inState(found, "failed"), ["key vault"]);
});

Deno.test("preflight() tells an endpoint that is ours from one that is another's", async () => {
  front.answer(() => {});
  const open = await azure.openAzureAt(front.behind);
  const draft = { name: "iris-demo", description: "d" };
  await azure.ensureEndpoint(open, { ...draft, tags: { owner: "demo" } });
  assert.match((await preflight())["endpoint name"].detail, /^iris-demo is ours \(owner demo\)/);
  await azure.deleteEndpoint(open, "iris-demo");
  for (const [tags, whose] of [[{ owner: "shop" }, "shop"], [{}, "nobody by its tags"]] as const) {
    await azure.ensureEndpoint(open, { ...draft, tags });
    const found = await preflight();
    assert.deepEqual(inState(found, "failed"), ["endpoint name"]);
    assert.match(found["endpoint name"].detail, new RegExp(`belongs to ${whose}, not to demo`));
    await azure.deleteEndpoint(open, "iris-demo");
  }
});

Deno.test("preflight() holds the quota's line for the family against what is needed", async () => {
  const line = (value: string, limit: number) => ({
    ...{ name: { value, localizedValue: value }, limit, currentValue: 4, unit: "Count" },
  });
  const quota = async (lines: object[]) => {
    front.answer(({ path }) =>
      path.endsWith("/locations/eastus/usages") ? Response.json({ value: lines }) : undefined
    );
    return (await preflight()).quota;
  };
  const family = "Standard DSv2 Family Cluster Dedicated vCPUs";
  const enough = await quota([line("Standard Dv2 Family", 0), line(family, 10)]);
  assert.deepEqual([enough.state, enough.detail], [
    "ok",
    "6 cores of DSv2 are left in eastus, 6 are needed",
  ]);
  const short = await quota([line(family, 9)]);
  assert.equal(short.state, "failed");
  assert.match(short.mend, /^Azure portal > Quotas > Machine learning > eastus/);
  assert.match((await quota([line("other", 9)])).detail, /has no line for DSv2/);
});

Deno.test("preflight() without a price in the table says where it stands", async () => {
  front.answer(() => {});
  const { price, quota } = await preflight({ instanceType: "Standard_F2s_v2" });
  assert.equal(price.state, "not checked");
  assert.match(price.detail, /not known here, see https:/);
  assert.match(quota.detail, /the cores of Standard_F2s_v2 are not known here/);
});

Deno.test("the preflight's Local Azure ends", async () => {
  await front[Symbol.asyncDispose]();
});
