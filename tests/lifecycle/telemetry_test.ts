import assert from "node:assert/strict";
import type { EventRecord, TelemetryRecord } from "lib/core/mod.ts";
import { createTelemetry, keepRecord, runRollout } from "lib/lifecycle/mod.ts";
import { createMemoryStore } from "lib/registry/mod.ts";

function telling() {
  const told: TelemetryRecord[] = [];
  const send = (batch: readonly TelemetryRecord[]) => Promise.resolve(void told.push(...batch));
  return { told, telemetry: createTelemetry({ open: () => Promise.resolve(send) }) };
}

Deno.test("a rollout tells each action, where it stands and why", async () => {
  const { told, telemetry } = telling(), good = { rows: 400, errors: 0 };
  const port = {
    telemetry,
    setTraffic: async () => {},
    setMirror: async () => {},
    observe: () =>
      Promise.resolve({
        quality: { kind: "paired", rows: 400, onlyAWrong: 1, onlyBWrong: 1 } as const,
        requests: { shareGreen: 0.5, blue: good, green: good },
        latency: { rows: 400, greenP95Ms: 20, blueP95Ms: 20, overObjective: 0, overBlue: 3 },
      }),
  };
  const plan = { endpoint: "iris", id: "7", blue: "blue", green: "green" };
  const record = await runRollout(plan, { store: createMemoryStore(), port });
  await telemetry.flush();
  const events = told as EventRecord[];
  assert.equal(events.filter(({ name }) => name === "rollout.begin").length, record.steps.length);
  assert.ok(events.some(({ name }) => name === "rollout.look"));
  const { attributes } = events.at(-1)!;
  assert.deepEqual(
    [attributes.rollout, attributes.state, attributes.reason, attributes.green],
    ["7", "done", record.reason, 100],
  );
});

Deno.test("what the monitoring has decided about a retraining is told with its reason", async () => {
  const { told, telemetry } = telling();
  const place = { store: createMemoryStore(), telemetry };
  const decision = { branch: "retrain", because: ["3 of 4 windows have a loss", "more"] };
  await keepRecord(place, { endpoint: "iris", kind: "monitoring", record: { decision } });
  await keepRecord(place, { endpoint: "iris", kind: "incident", record: { decision } });
  await telemetry.flush();
  assert.deepEqual(told.map(({ name, attributes }) => [name, attributes]), [
    ["retraining.decision", {
      ...{ endpoint: "iris", branch: "retrain", because: "3 of 4 windows have a loss" },
    }],
  ]);
});

Deno.test("spans lie inside each other, side by side too, and fail with their work", async () => {
  const { told, telemetry } = telling();
  const inner = (name: string) => telemetry.span(name, {}, () => Promise.resolve());
  await telemetry.span("outer", {}, async () => void await Promise.all([inner("a"), inner("b")]));
  await assert.rejects(telemetry.span("bad", {}, () => Promise.reject(new Error("no"))), /no/);
  await telemetry.flush();
  const spans = told.flatMap((one) => one.kind === "span" ? [one] : []);
  const [a, b, outer, bad] = spans;
  assert.deepEqual(spans.map(({ name }) => name), ["a", "b", "outer", "bad"]);
  assert.deepEqual([a.parentSpanId, b.parentSpanId], [outer.context.spanId, outer.context.spanId]);
  assert.deepEqual([outer.parentSpanId, outer.failed, bad.failed], [undefined, false, true]);
  assert.equal(new Set(spans.map(({ context }) => context.traceId)).size, 1);
});

Deno.test("a traced call sends the trace along, and tells neither query nor headers", async () => {
  const { told, telemetry } = telling();
  let seen = "";
  const call = telemetry.traced((input) => {
    const { headers } = input as Request;
    seen = headers.get("traceparent")!;
    return Promise.resolve(new Response(null, { status: 503 }));
  });
  await call("https://h/score?sig=secret", { headers: { authorization: "Bearer key" } });
  await telemetry.flush();
  const [span] = told;
  assert.ok(seen.startsWith(`00-${telemetry.traceId}-${span.context.spanId}-01`));
  assert.equal(span.attributes["http.response.status_code"], 503);
  assert.ok(span.kind === "span" && span.failed);
  assert.doesNotMatch(JSON.stringify(told), /secret|Bearer/);
});

Deno.test("of many calls in one span the first 20 are told, and the others say that they are not", async () => {
  const { told, telemetry } = telling(), seen: string[] = [];
  const call = telemetry.traced((input) => {
    seen.push((input as Request).headers.get("traceparent")!);
    return Promise.resolve(new Response());
  });
  const many = async () => {
    for (let i = 0; i < 30; i++) await call("https://h/score");
  };
  await telemetry.span("one", {}, many);
  await telemetry.span("two", {}, many);
  await telemetry.flush();
  assert.equal(told.filter(({ name }) => name === "GET /score").length, 40);
  assert.deepEqual(seen.map((header) => header.slice(-2)), [
    ...[...Array(20).fill("01"), ...Array(10).fill("00")],
    ...[...Array(20).fill("01"), ...Array(10).fill("00")],
  ]);
  assert.ok(seen.every((header) => header.includes(telemetry.traceId)));
});
