/** What the verbs tell, through the Azure Monitor exporter, in Local Azure's Application Insights. */

import assert from "node:assert/strict";
import * as azure from "lib/azure/mod.ts";
import { createLogger } from "lib/core/mod.ts";
import * as lifecycle from "lib/lifecycle/mod.ts";
import { openLocalAzure } from "lib/local_azure/mod.ts";
import { prepared, registerForest } from "./own_workspace.ts";

const ENDPOINT = "iris-told";
const folder = await Deno.makeTempDir({ prefix: "telemetry-" });
const local = await openLocalAzure({ folder, port: 0 });
const open = await azure.openAzureAt(local.port);
const workspace = await lifecycle.openWorkspace({ azure: open, telemetry: true });
const telemetry = workspace.telemetry!;

// deno-lint-ignore no-explicit-any -- items as the intake keeps them
type Item = any;

async function told(query: string): Promise<Item[]> {
  const response = await fetch(`http://127.0.0.1:${local.port}/_local/telemetry?${query}`);
  return (await response.json()).items;
}

/** The container's own words come five seconds later. */
async function eventually(query: string, enough: (items: Item[]) => boolean): Promise<Item[]> {
  for (let i = 0; i < 150; i++) {
    const items = await told(query);
    if (enough(items)) return items;
    await new Promise((done) => setTimeout(done, 100));
  }
  return await told(query);
}

Deno.test("telemetry: a test's workspace tells nothing unless it is asked to", async () => {
  assert.equal((await lifecycle.openWorkspace({ azure: open })).telemetry, undefined);
});

Deno.test("telemetry: gate, deployment, traffic, rollback and alerts are custom events of one trace", async () => {
  const { version } = await registerForest(workspace, 7);
  await azure.ensureEndpoint(open, { name: ENDPOINT, description: "d", tags: { owner: "demo" } });
  const environment = await lifecycle.ensureEnvironment(workspace);
  await lifecycle.deployVersion(workspace, {
    ...{ endpoint: ENDPOINT, deployment: "blue", version, environment },
  });
  await lifecycle.moveTraffic(workspace, {
    ...{ endpoint: ENDPOINT, traffic: { blue: 100 }, by: "test", reason: "first" },
  });
  const against = { decision: lifecycle.gateModel(prepared, await registerForestModel()), version };
  await lifecycle.recordDecision(workspace, against);
  await lifecycle.recordSignals(workspace, [{
    ...{ window: "window 1", time: "2026-01-01T00:00:00Z", kind: "errors", subject: null },
    ...{ violated: true, value: 0.2, limit: 0.01, sentence: "20 % failed" },
  }], { endpoint: ENDPOINT });
  const back = { endpoint: ENDPOINT, to: "blue", requests: 3 };
  await assert.rejects(lifecycle.rollback(workspace, back), { name: "NothingToRollBack" });
  await lifecycle.deployVersion(workspace, {
    ...{ endpoint: ENDPOINT, deployment: "green", version, environment },
  });
  await lifecycle.moveTraffic(workspace, {
    ...{ endpoint: ENDPOINT, traffic: { green: 100 }, by: "test", reason: "second" },
  });
  await lifecycle.rollback(workspace, back);
  await telemetry.flush();
  assert.deepEqual({ ...telemetry.counts, exported: 0 }, {
    ...{ exported: 0, dropped: 0, failed: 0, waiting: 0 },
  });
  const events = (await told("kind=event")).map(({ name }) => name);
  for (const name of ["deployed", "traffic.moved", "gate.decision", "alert.fired", "rollback"]) {
    assert.ok(events.includes(name), `${name} of ${events}`);
  }
  const [gate] = await told("name=gate.decision");
  assert.deepEqual([gate.traceId, gate.role], [telemetry.traceId, "lifecycle"]);
  assert.deepEqual([gate.properties.model, gate.properties.version], ["iris", version.version]);
  const [deploy] = await told("kind=dependency&name=deploy");
  assert.deepEqual([deploy.traceId, deploy.success], [telemetry.traceId, true]);
  assert.ok(deploy.durationMs > 0);
  const rollbacks = await told("kind=dependency&name=rollback");
  assert.deepEqual(rollbacks.map(({ success }) => success), [false, true]);
});

async function registerForestModel() {
  const { model } = await lifecycle.trainCandidate(prepared, { seed: 7, trees: 5 });
  return { challenger: model };
}

Deno.test("telemetry: one trace from caller through router to container and Blob", async () => {
  const { primary: key } = await azure.endpointKeys(open, ENDPOINT);
  const { scoringUrl: url } = (await azure.getEndpoint(open, ENDPOINT))!;
  const samples = {
    ...prepared.holdout,
    x: prepared.holdout.x.slice(0, 4),
    y: prepared.holdout.y.slice(0, 1),
  };
  await telemetry.span("smoke test", {}, async () => {
    await lifecycle.scoreRows(workspace, { url, key, samples });
  });
  await telemetry.flush();
  const find = (items: Item[]) => {
    const of = (parent: Item, role: string) =>
      items.filter((item) => parent && item.parentId === parent.spanId && item.role === role);
    const [test] = items.filter(({ name }) => name === "smoke test");
    const [call] = of(test, "lifecycle"), [router] = of(call, "router");
    const [container] = of(call, `${ENDPOINT}/blue`);
    return { test, call, router, container, blobs: of(container, `${ENDPOINT}/blue`) };
  };
  const query = `trace=${telemetry.traceId}`;
  const items = await eventually(query, (all) => find(all).blobs.length >= 2);
  const { test, call, router, container, blobs } = find(items);
  assert.deepEqual([router.parentId, container.parentId], [call.spanId, call.spanId]);
  assert.deepEqual(blobs.map(({ kind }) => kind), ["dependency", "dependency"]);
  assert.deepEqual([call.kind, router.kind, container.kind], ["dependency", "request", "request"]);
  assert.deepEqual([call, router, container].map(({ resultCode }) => resultCode), [
    "200",
    "200",
    "200",
  ]);
  assert.equal(
    new Set([test, call, router, container, ...blobs].map(({ traceId }) => traceId)).size,
    1,
  );
  assert.ok(router.durationMs <= call.durationMs + 1);
  assert.doesNotMatch(JSON.stringify(items), new RegExp(key));
});

Deno.test("metrics: what the router answered, by deployment and class", async () => {
  const until = new Date(Date.now() + 60_000), since = new Date(until.getTime() - 600_000);
  const span = { endpoint: ENDPOINT, since, until, interval: "FULL" };
  const [requests] = await azure.readMetrics(open, {
    ...{ ...span, metrics: ["RequestsPerMinute"], aggregation: "total" },
    filter: "deployment eq 'blue' and statusCodeClass eq '*'",
  });
  assert.deepEqual(requests.dimensions, { deployment: "blue", statusCodeClass: "2xx" });
  assert.deepEqual(requests.points.map(({ value }) => value), [4]); // the rollback's proof, the smoke test
  const latency = await azure.readMetrics(open, { ...span, metrics: ["RequestLatency_P95"] });
  const [{ unit, points: [p95] }] = latency;
  assert.ok(unit === "MilliSeconds" && p95.value > 0, JSON.stringify(latency));
  await assert.rejects(azure.readMetrics(open, { ...span, metrics: ["Nonsense"] }), {
    ...{ name: "RestError", statusCode: 400 },
  });
});

Deno.test("metric alerts: the endpoint's two rules are made, stand, and are removed", async () => {
  const names = await azure.ensureMetricAlerts(open, { endpoint: ENDPOINT });
  await azure.ensureMetricAlerts(open, { endpoint: ENDPOINT, objectives: { p95Ms: 400 } }); // again
  const rules = await azure.readMetricAlerts(open, ENDPOINT);
  assert.deepEqual(rules.map(({ name, isFiring }) => [name, isFiring]), [
    [`${ENDPOINT}-failed-requests`, false],
    [`${ENDPOINT}-latency-p95`, false],
  ]);
  assert.deepEqual(rules.map(({ name }) => name), names);
  assert.match(rules[1].description, /more than 400 ms/);
  await azure.deleteMetricAlerts(open, ENDPOINT);
  await azure.deleteMetricAlerts(open, ENDPOINT);
  assert.deepEqual(await azure.readMetricAlerts(open, ENDPOINT), []);
});

Deno.test("telemetry: the exporter asks nobody for settings", async () => {
  const index = import.meta.resolve("@azure/monitor-opentelemetry-exporter");
  const file = new URL("./_configuration/configurationManager.js", index);
  const { ConfigurationManager } = await import(file.href);
  assert.equal(ConfigurationManager.getInstance().worker, undefined);
  ConfigurationManager.getInstance().initialize(); // so it would be there, had it not been stopped
  assert.notEqual(ConfigurationManager.getInstance().worker, undefined);
  ConfigurationManager.getInstance().shutdown();
});

Deno.test("telemetry: a task goes on where nothing can be told, and says so once", async () => {
  const lines: string[] = [], log = createLogger({ write: (line) => lines.push(line) });
  const fails = lifecycle.createTelemetry({ open: () => Promise.reject(new Error("away")), log });
  assert.equal(await fails.span("work", {}, () => Promise.resolve(3)), 3);
  await fails.flush();
  fails.event("more");
  await fails.flush();
  assert.deepEqual(fails.counts, { exported: 0, dropped: 0, failed: 2, waiting: 0 });
  assert.deepEqual(lines.map((line) => JSON.parse(line).message), ["telemetry is lost"]);
  await assert.rejects(
    fails.span("work", {}, () => Promise.reject(new Error("its own"))),
    /its own/,
  );
  await fails.flush();
  const silent = lifecycle.createTelemetry({ open: () => Promise.resolve(undefined), log });
  silent.event("into the void");
  await silent.flush();
  assert.equal(lines.length, 1);
});

Deno.test("telemetry: TRACEPARENT puts a task into the trace of whoever called it", async () => {
  const traceId = "0af7651916cd43dd8448eb211c80319c";
  const below = lifecycle.createTelemetry({
    ...{ open: () => Promise.resolve(undefined), traceparent: `00-${traceId}-b7ad6b7169203331-01` },
  });
  assert.equal(below.traceId, traceId);
  await below.flush();
});

Deno.test("telemetry: end", async () => {
  await local.close();
  await Deno.remove(folder, { recursive: true });
});
