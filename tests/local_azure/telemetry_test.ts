/** Application Insights' intake, by raw requests and by the Azure Monitor exporter itself. */

import assert from "node:assert/strict";
import { createLogger, manualClock } from "lib/core/mod.ts";
import { INSTRUMENTATION_KEY } from "lib/local_azure/arm_companions.ts";
import { openStore } from "lib/local_azure/mod.ts";
import { telemetryService } from "lib/local_azure/telemetry.ts";
import { LONGEST_KEPT_MS, telemetryStore } from "lib/local_azure/telemetry_store.ts";
import type { TelemetryItem } from "lib/local_azure/telemetry_item.ts";
import { type ControlHost, hostControl } from "./control_host.ts";

const INTAKE = "https://eastus-0.in.applicationinsights.azure.com/v2.1/track";

function envelope(name: string, more: object = {}) {
  return {
    ver: 1,
    name: "Microsoft.ApplicationInsights.Event",
    time: "2026-01-01T00:00:00.000Z",
    iKey: INSTRUMENTATION_KEY,
    tags: { "ai.operation.id": "0af7651916cd43dd8448eb211c80319c" },
    data: { baseType: "EventData", baseData: { ver: 2, name, properties: { a: "1" } } },
    ...more,
  };
}

async function host(): Promise<ControlHost> {
  return await hostControl({ services: (local) => [telemetryService(local)] });
}

async function itemsOf({ base }: ControlHost, query = ""): Promise<TelemetryItem[]> {
  return (await (await fetch(`${base}/_local/telemetry${query}`)).json()).items;
}

Deno.test("telemetry: takes an array, one object, and a line each, and says how many", async () => {
  await using azure = await host();
  const bodies = [
    JSON.stringify([envelope("a"), envelope("b")]),
    JSON.stringify(envelope("c")),
    `${JSON.stringify(envelope("d"))}\n${JSON.stringify(envelope("e"))}\n`,
  ];
  const answers = [];
  for (const body of bodies) answers.push(await azure.call("POST", INTAKE, { body, token: null }));
  assert.deepEqual(answers.map(({ status, body }) => [status, body.itemsAccepted]), [
    [200, 2],
    [200, 1],
    [200, 2],
  ]);
  assert.deepEqual(answers[0].body, { itemsReceived: 2, itemsAccepted: 2, errors: [] });
  const items = await itemsOf(azure, "?kind=event");
  assert.deepEqual(items.map(({ name }) => name), ["a", "b", "c", "d", "e"]);
  assert.deepEqual(items[0].properties, { a: "1" });
  assert.deepEqual((await itemsOf(azure, "?name=d")).length, 1);
});

Deno.test("telemetry: takes some, and says which not and why", async () => {
  await using azure = await host();
  const body = JSON.stringify([
    envelope("good"),
    envelope("stranger", { iKey: "99999999-9999-9999-9999-999999999999" }),
    envelope("timeless", { time: "yesterday" }),
  ]);
  const some = await azure.call("POST", INTAKE, { body, token: null });
  assert.equal(some.status, 206);
  assert.deepEqual([some.body.itemsReceived, some.body.itemsAccepted], [3, 1]);
  assert.deepEqual(some.body.errors, [
    { index: 1, statusCode: 400, message: "Invalid instrumentation key" },
    { index: 2, statusCode: 400, message: "Field 'time' must be an instant in ISO 8601" },
  ]);
  assert.deepEqual((await itemsOf(azure)).map(({ name }) => name), ["good"]);
});

Deno.test("telemetry: a key that is none of ours, broken JSON and broken gzip are refused", async () => {
  await using azure = await host();
  const call = (body: string, headers = {}) =>
    azure.call("POST", INTAKE, { body, headers, token: null });
  const answers = [
    await call(JSON.stringify(envelope("x", { iKey: "unknown" }))),
    await call("{"),
    await call("[]x", { "content-encoding": "gzip" }),
    await azure.call("GET", INTAKE, { token: null }),
    await azure.call("POST", INTAKE.replace("track", "other"), { token: null }),
  ];
  assert.deepEqual(answers.map(({ status }) => status), [400, 400, 400, 405, 404]);
  assert.deepEqual(await itemsOf(azure), []);
});

Deno.test("telemetry: a body that unpacks to more than 16 MB is refused", async () => {
  const store = openStore(":memory:", () => 0), clock = manualClock("2026-01-01T00:00:00Z");
  const service = telemetryService({ store, clock, log: createLogger({ write() {} }) });
  const zeros = new Blob([new Uint8Array(17 * 1024 * 1024)]).stream();
  const body = await new Response(zeros.pipeThrough(new CompressionStream("gzip"))).bytes();
  const request = new Request(INTAKE, {
    ...{ method: "POST", body, headers: { "content-encoding": "gzip" } },
  });
  assert.equal((await service.handle(request, new URL(INTAKE))).status, 413);
  store.close();
});

Deno.test("telemetry: the ring lets the oldest go, by number and by age", () => {
  const store = openStore(":memory:", () => 0), clock = manualClock("2026-01-01T00:00:00Z");
  const ring = telemetryStore(store, () => clock.now().getTime(), { mostItems: 3 });
  const item = (name: string): TelemetryItem => ({
    ...{ kind: "event", time: 0, traceId: "t", spanId: "", parentId: "", name, durationMs: null },
    ...{ resultCode: "", success: null, role: "", itemCount: 1, properties: {} },
  });
  for (const name of ["a", "b", "c", "d"]) ring.add([item(name)]);
  assert.deepEqual(ring.find({}).map(({ name }) => name), ["b", "c", "d"]);
  clock.advance(LONGEST_KEPT_MS + 1);
  ring.add([item("e")]);
  assert.deepEqual(ring.find({}).map(({ name }) => name), ["e"]);
  store.close();
});

Deno.test("telemetry: what was taken is there after a restart, and gone after a reset", async () => {
  const folder = await Deno.makeTempDir({ prefix: "local-azure-" });
  try {
    const services = (local: Parameters<typeof telemetryService>[0]) => [telemetryService(local)];
    {
      await using azure = await hostControl({ folder, services });
      const body = JSON.stringify(envelope("kept"));
      assert.equal((await azure.call("POST", INTAKE, { body, token: null })).status, 200);
    }
    await using azure = await hostControl({ folder, services });
    assert.deepEqual((await itemsOf(azure)).map(({ name }) => name), ["kept"]);
    await (await fetch(`${azure.base}/_local/reset`, { method: "POST" })).body?.cancel();
    assert.deepEqual(await itemsOf(azure), []);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
});

Deno.test("telemetry: the component's connection string names the key and the intake", async () => {
  await using azure = await host();
  const workspace = await azure.arm("GET", "");
  const id = workspace.body.properties.applicationInsights;
  const component = await azure.call(
    "GET",
    `https://management.azure.com${id}?api-version=2020-02-02`,
  );
  const { ConnectionString, InstrumentationKey } = component.body.properties;
  const parts = Object.fromEntries(
    ConnectionString.split(";").map((part: string) => part.split("=")),
  );
  assert.equal(parts.InstrumentationKey, InstrumentationKey);
  const track = `${parts.IngestionEndpoint}v2.1/track`;
  const body = JSON.stringify(envelope("by the book", { iKey: parts.InstrumentationKey }));
  assert.equal((await azure.call("POST", track, { body, token: null })).status, 200);
});
