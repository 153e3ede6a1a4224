import assert from "node:assert/strict";
import { stageScene } from "../../lib/data/mod.ts";
import {
  asCallerRecord,
  batchBody,
  sendBatch,
  simulate,
  type SimulateOptions,
  type Workspace,
} from "../../lib/lifecycle/mod.ts";
import { readScoreRequest } from "../../lib/serving/mod.ts";

const WINDOW = {
  ...{ name: "window 1", from: "2026-03-02T00:00:00.000Z", to: "2026-03-02T01:00:00.000Z" },
};
const BATCH = {
  ...{ window: WINDOW, requestId: "q1", sentAt: WINDOW.from, columns: ["a", "b"] },
  ...{ x: Float64Array.of(1, NaN, 3, 4), correlationIds: ["c1", "c2"] },
};
const CALL = { url: "https://e/score", key: "k", batch: BATCH, body: batchBody(BATCH) };

/** A workspace whose endpoint answers so. */
function answering(answer: (request: Request) => Response | Promise<Response>): Workspace {
  const call = (input: RequestInfo, init?: RequestInit) =>
    Promise.resolve(answer(new Request(input, init)));
  return { azure: { fetch: call } } as unknown as Workspace;
}

Deno.test("batchBody() is understood by the service: nulls, and ids as a column", () => {
  const read = readScoreRequest(JSON.parse(batchBody(BATCH)), { inputs: ["a", "b"] });
  assert.deepEqual(read, {
    ok: true,
    rows: [{ a: 1, b: null }, { a: 3, b: 4 }],
    correlationIds: ["c1", "c2"],
  });
});

Deno.test("batchBody() puts the ids beside the rows where an input has their column's name", () => {
  const batch = { ...BATCH, columns: ["a", "correlation_id"] };
  const read = readScoreRequest(JSON.parse(batchBody(batch)), { inputs: batch.columns });
  assert.deepEqual(read, {
    ok: true,
    rows: [{ a: 1, correlation_id: null }, { a: 3, correlation_id: 4 }],
    correlationIds: ["c1", "c2"],
  });
});

Deno.test("sendBatch() carries the request's id in both headers, and records who answered", async () => {
  let seen: Headers | undefined;
  const record = await sendBatch(
    answering(({ headers }) => {
      seen = headers;
      return Response.json({}, { headers: { "azureml-model-deployment": "blue" } });
    }),
    CALL,
  );
  const ids = ["x-request-id", "x-ms-client-request-id"].map((name) => seen?.get(name));
  assert.deepEqual(ids, ["q1", "q1"]);
  assert.deepEqual([record.status, record.deployment, record.refused], [200, "blue", []]);
  assert.ok(asCallerRecord(JSON.parse(JSON.stringify(record))));
});

Deno.test("sendBatch() counts rows by broken rule, and makes a record of every failure", async () => {
  const violation = (row: number, input: string | null) => ({
    row,
    input,
    rule: "must be so",
    value: null,
  });
  const violations = [violation(0, "a"), violation(1, "a"), violation(1, "a"), violation(1, null)];
  const headers = { "ms-azureml-model-error-statuscode": "400" };
  const refused = await sendBatch(
    answering(() => Response.json({ error: { violations } }, { status: 424, headers })),
    CALL,
  );
  assert.deepEqual([refused.status, refused.modelStatus], [424, 400]);
  assert.deepEqual(refused.refused, [
    { input: "a", rule: "must be so", rows: 2 },
    { input: null, rule: "must be so", rows: 1 },
  ]);
  const front = await sendBatch(answering(() => new Response("no", { status: 429 })), CALL);
  assert.deepEqual([front.status, front.refused, front.deployment], [429, [], null]);
  const gone = await sendBatch(answering(() => Promise.reject(new Error("no route"))), CALL);
  assert.deepEqual([gone.status, gone.error], [0, "no route"]);
  for (const record of [refused, front, gone]) {
    assert.ok(asCallerRecord(JSON.parse(JSON.stringify(record))));
  }
});

Deno.test("simulate() refuses options that break their rule, before anything is sent", async () => {
  const features = [{ name: "a", unit: "", min: 0, max: 9 }], classes = ["x", "y"];
  const rows = { features, classes, x: Float64Array.of(1, 2), y: Uint8Array.of(0, 1) };
  const scene = stageScene(rows, { scene: "none", seed: 7, windows: 2, rowsPerWindow: 5 });
  const workspace = answering(() => assert.fail("something was sent"));
  const good = { endpoint: "e", url: CALL.url, key: "k", scene, begin: WINDOW.from };
  const cases: [Partial<SimulateOptions>, RegExp][] = [
    [{ begin: "soon" }, /^BadInput: begin must be an instant in ISO 8601: got "soon"$/],
    [{ windowMinutes: 0 }, /^BadInput: windowMinutes must be a number above 0/],
    [{ batchRows: 1_001 }, /^BadInput: batchRows must be a whole number from 1 to 1000: got 1001$/],
    [{ concurrency: 0 }, /^BadInput: concurrency must be a whole number from 1 to 64: got 0$/],
    [{ maxPerSecond: 501 }, /^BadInput: maxPerSecond must be a whole number from 1 to 500/],
    [{ only: { from: 1, to: 3 } }, /^BadInput: only to must be a whole number from 1 to 2: got 3$/],
    [
      { only: { from: 2, to: 1 } },
      /^BadInput: only from must be a whole number from 1 to 1: got 2$/,
    ],
  ];
  for (const [change, message] of cases) {
    await assert.rejects(simulate(workspace, { ...good, ...change }), message);
  }
});
