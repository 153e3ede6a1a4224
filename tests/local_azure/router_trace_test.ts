/** The router's part of a trace. */

import assert from "node:assert/strict";
import { readTraceparent } from "lib/core/mod.ts";
import { createRouterTrace } from "lib/local_azure/router_trace.ts";
import type { TelemetryItem } from "lib/local_azure/telemetry_item.ts";
import { telemetryStore } from "lib/local_azure/telemetry_store.ts";
import { hostScoring } from "./scoring_host.ts";

const TRACE = "0af7651916cd43dd8448eb211c80319c", CALLER = "b7ad6b7169203331";

Deno.test("router: lets a caller's traceparent pass as it came, and takes its own part down", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue");
  const seen = async (traceparent?: string) => {
    const response = await host.call("/score", {
      method: "POST",
      body: "x",
      headers: { "x-request-id": "r1", ...traceparent && { traceparent } },
    });
    assert.equal(response.status, 200);
    return (await response.json()).headers.traceparent as string;
  };
  const sampled = `00-${TRACE}-${CALLER}-01`;
  assert.equal(await seen(sampled), sampled);
  assert.equal(await seen(`00-${TRACE}-${CALLER}-00`), `00-${TRACE}-${CALLER}-00`);
  const made = readTraceparent(await seen());
  assert.ok(made?.sampled);
  assert.equal(await seen("00-broken"), "00-broken"); // the container begins a trace of its own

  const ring = telemetryStore(host.store, Date.now);
  const items = await eventually(() => ring.find({ kind: "request" }), 3);
  const [own, top] = items;
  assert.deepEqual(
    [own.traceId, own.parentId, own.role, own.name, own.resultCode, own.success],
    [TRACE, CALLER, "router", "POST /score", "200", true],
  );
  assert.deepEqual(own.properties, { endpoint: "iris", deployment: "blue", "request.id": "r1" });
  assert.deepEqual([top.traceId, top.parentId, top.spanId], [made.traceId, "", made.spanId]);
  assert.equal(ring.find({ traceId: TRACE }).length, 1); // not of the one that said no
});

Deno.test("router: a failed answer is a failed item", async () => {
  await using host = await hostScoring();
  host.putEndpoint({ traffic: { blue: 100 } });
  await host.deploy("blue");
  const traceparent = `00-${TRACE}-${CALLER}-01`;
  const response = await host.call("/score/status?code=500", {
    ...{ method: "POST", body: "x", headers: { traceparent } },
  });
  await response.body?.cancel();
  const ring = telemetryStore(host.store, Date.now);
  const [{ resultCode, success }] = await eventually(() => ring.find({ kind: "request" }), 1);
  assert.deepEqual([resultCode, success], ["424", false]);
});

Deno.test("router: of traces that begin here, so many a second are recorded, and items wait for each other", () => {
  const written: TelemetryItem[][] = [], later: (() => void)[] = [];
  const trace = createRouterTrace({ add: (items) => void written.push([...items]) }, {
    tracesPerSecond: 2,
    after: (_, run) => void later.push(run),
  });
  const begun = Array.from({ length: 5 }, (_, i) => trace.begin(null, 10_000 + i));
  assert.equal(begun.filter(({ own }) => own).length, 2);
  assert.equal(new Set(begun.map(({ added }) => added)).size, 5);
  for (const one of begun) {
    trace.end(one, {
      ...{ method: "POST", pathname: "/score", status: 200, durationMs: 1 },
      ...{ endpoint: "iris", deployment: "blue", requestId: "r" },
    });
  }
  assert.deepEqual([written.length, later.length], [0, 1]);
  later[0]();
  assert.deepEqual(written.map((items) => items.length), [2]);
});

async function eventually(read: () => TelemetryItem[], count: number): Promise<TelemetryItem[]> {
  for (let i = 0; i < 100; i++) {
    const items = read();
    if (items.length >= count) return items;
    await new Promise((done) => setTimeout(done, 50));
  }
  return read();
}
