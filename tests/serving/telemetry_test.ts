/** Spans of the service: unit by unit, and the bundled program against Local Azure's intake. */

import assert from "node:assert/strict";
import type { SpanRecord, TelemetryRecord } from "lib/core/mod.ts";
import { type AppendSink, createRequestTrace, createScorer } from "lib/serving/mod.ts";
import { CONTAINER, openFront } from "./blob_front.ts";
import { PETS, pure } from "./pets.ts";
import { layImage } from "./program.ts";

const CALLER = { traceId: "0af7651916cd43dd8448eb211c80319c", spanId: "b7ad6b7169203331" };
const SAMPLED = `00-${CALLER.traceId}-${CALLER.spanId}-01`;
const UNSAMPLED = `00-${CALLER.traceId}-${CALLER.spanId}-00`;

/** Connection string of Local Azure's one component. */
const CONNECTION = "InstrumentationKey=33333333-3333-3333-3333-333333333333;" +
  "IngestionEndpoint=https://eastus-0.in.applicationinsights.azure.com/";

function tracing(ratio: number) {
  const told: SpanRecord[] = [];
  const add = (record: TelemetryRecord) => void told.push(record as SpanRecord);
  const attributes = { deployment: "blue", "model.version": "3" };
  return { told, trace: createRequestTrace({ queue: { add }, ratio, attributes, blobHost: "b" }) };
}

function sinkOf(fails = false): AppendSink {
  return {
    append: () => fails ? Promise.reject(new Error("away")) : Promise.resolve(),
    present: () => Promise.resolve(new Set()),
  };
}

const bytes = (text: string) => new TextEncoder().encode(text);

pure(
  "a request is told in its caller's trace, with counts and ids and none of its values",
  async () => {
    const { told, trace } = tracing(0);
    const score = createScorer({ model: PETS, modelVersion: "3", trace });
    const post = async (traceparent: string | undefined, body: string) => {
      const headers = { "x-request-id": "r1", ...traceparent && { traceparent } };
      await score(new Request("http://x/score", { method: "POST", body, headers }));
    };
    await post(SAMPLED, "[[7.125, 3.875]]");
    await post(SAMPLED, "nonsense");
    await post(UNSAMPLED, "[[7.125, 3.875]]");
    await post(undefined, "[[7.125, 3.875]]");
    await score(new Request("http://x/health/live", { headers: { traceparent: SAMPLED } }));
    assert.deepEqual(told.map(({ name, role, failed }) => [name, role, failed]), [
      ["POST /score", "server", false],
      ["POST /score", "server", true],
    ]);
    const [{ context, parentSpanId, attributes, durationMs }] = told;
    assert.deepEqual([context.traceId, parentSpanId], [CALLER.traceId, CALLER.spanId]);
    assert.notEqual(context.spanId, CALLER.spanId);
    assert.ok(durationMs >= 0);
    assert.deepEqual(attributes, {
      ...{ deployment: "blue", "model.version": "3", "request.id": "r1", rows: 1 },
      ...{
        "http.request.method": "POST",
        "http.route": "/score",
        "http.response.status_code": 200,
      },
    });
    assert.doesNotMatch(JSON.stringify(told), /7\.125|3\.875|short|long/);
  },
);

pure(
  "of the traces that begin here, the ratio is told, and each says how many it stands for",
  () => {
    const { told, trace } = tracing(0.25);
    let begun = 0;
    for (let i = 0; i < 2000; i++) {
      const request = trace.begin(null);
      if (!request) continue;
      begun++;
      const ended = { method: "POST", path: "/score", status: 200, durationMs: 1, rows: 0 };
      trace.end(request, { ...ended, requestId: String(i) });
    }
    assert.ok(begun > 400 && begun < 600, String(begun)); // 500 ± 5 standard deviations of 19
    assert.ok(told.every(({ attributes }) => attributes["microsoft.sample_rate"] === 25));
    const all = tracing(1);
    assert.equal(
      Array.from({ length: 50 }, () => all.trace.begin(null)).filter(Boolean).length,
      50,
    );
  },
);

pure(
  "a block is told in the trace of each request whose rows it carries, and in no other",
  async () => {
    const { told, trace } = tracing(1);
    const sink = trace.watched(sinkOf()), signal = new AbortController().signal;
    const request = trace.begin(SAMPLED)!;
    const ended = { method: "POST", path: "/score", status: 200, durationMs: 1, rows: 1 };
    trace.end(request, { ...ended, requestId: "mine" });
    await sink.append("other.jsonl", bytes('{"xrequestid":"not-mine"}\n'), signal);
    await sink.append("inputs.jsonl", bytes('{"xrequestid":"mine"}\n'), signal);
    await sink.append("outputs.jsonl", bytes('{"xrequestid":"mine"}\n'), signal);
    await sink.append("again.jsonl", bytes('{"xrequestid":"mine"}\n'), signal); // both are there already
    const [, ...blocks] = told;
    assert.deepEqual(blocks.map(({ attributes }) => attributes["url.full"]), [
      "https://b/inputs.jsonl",
      "https://b/outputs.jsonl",
    ]);
    for (const { context, parentSpanId, role, failed } of blocks) {
      assert.deepEqual([context.traceId, parentSpanId], [CALLER.traceId, request.context.spanId]);
      assert.deepEqual([role, failed], ["client", false]);
    }
  },
);

pure(
  "a block that is not written is told as failed, and the collector hears of it as before",
  async () => {
    const { told, trace } = tracing(1);
    const sink = trace.watched(sinkOf(true)), signal = new AbortController().signal;
    const ended = { method: "POST", path: "/score", status: 200, durationMs: 1, rows: 1 };
    trace.end(trace.begin(SAMPLED)!, { ...ended, requestId: "mine" });
    await assert.rejects(sink.append("a.jsonl", bytes('"mine"'), signal), /away/);
    assert.deepEqual(told.map(({ failed }) => failed), [false, true]);
  },
);

Deno.test("main.ts, bundled: tells of requests and blocks in the caller's trace, and loses nothing at SIGTERM", async () => {
  await using front = await openFront();
  await using image = await layImage();
  const program = await image.start({
    LOCAL_AZURE_URL: front.url,
    IDENTITY_ENDPOINT: `${front.url}/msi/token`,
    IDENTITY_HEADER: "local",
    AZURE_TOKEN_CREDENTIALS: "ManagedIdentityCredential",
    APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    COLLECT_ACCOUNT_URL: "https://devstoreaccount1.blob.core.windows.net",
    COLLECT_CONTAINER: CONTAINER,
    COLLECT_FLUSH_SECONDS: "3600",
    ...{ ENDPOINT_NAME: "iris", DEPLOYMENT_NAME: "blue", SHUTDOWN_SECONDS: "20" },
    APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION,
    TRACE_RATIO: "0",
  });
  assert.equal((await program.logged("serving")).tells, true);
  for (const traceparent of [SAMPLED, UNSAMPLED]) {
    const headers = { traceparent, "x-request-id": `id ${traceparent.slice(-2)}` };
    const init = { method: "POST", headers, body: "[[1, 5]]" };
    assert.equal((await fetch(`${program.url}/score`, init)).status, 200);
  }
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  const { telemetry } = await program.logged("ended");
  assert.deepEqual(telemetry, { exported: 3, dropped: 0, failed: 0, waiting: 0 });
  const response = await fetch(`${front.url}/_local/telemetry?trace=${CALLER.traceId}`);
  const { items } = await response.json();
  // deno-lint-ignore no-explicit-any -- items as the intake keeps them
  const of = (kind: string): any[] => items.filter((item: any) => item.kind === kind);
  const [request] = of("request"), blocks = of("dependency");
  assert.deepEqual([of("request").length, blocks.length], [1, 2]);
  const { name, resultCode, success, role, parentId, properties } = request;
  assert.deepEqual([name, resultCode, success], ["POST /score", "200", true]);
  assert.deepEqual([role, parentId], ["iris/blue", CALLER.spanId]);
  assert.deepEqual([properties.deployment, properties["model.version"]], ["blue", "3"]);
  assert.deepEqual(blocks.map((block) => [block.parentId, block.success]), [
    [request.spanId, true],
    [request.spanId, true],
  ]);
});

Deno.test("main.ts, bundled: answers without the intake, and counts what was not taken", async () => {
  await using image = await layImage();
  const program = await image.start({
    LOCAL_AZURE_URL: "http://127.0.0.1:1", // nobody is there
    APPLICATION_INSIGHTS_NO_STATSBEAT: "1",
    APPLICATIONINSIGHTS_CONNECTION_STRING: CONNECTION,
    SHUTDOWN_SECONDS: "20",
    TRACE_RATIO: "1",
  });
  assert.equal((await program.score("a")).status, 200);
  program.kill("SIGTERM");
  assert.equal(await program.ended, 0);
  const { telemetry } = await program.logged("ended");
  assert.deepEqual(telemetry, { exported: 0, dropped: 0, failed: 1, waiting: 0 });
  assert.equal(program.lines.filter(({ message }) => message === "telemetry is lost").length, 1);
});
