import assert from "node:assert/strict";
import { forestJson, MODEL_FORMAT, modelBytes, readModel } from "lib/model/mod.ts";
import { createScorer, MAX_BODY, MAX_ROWS } from "lib/serving/mod.ts";

const stump = {
  splitColumn: 0,
  splitValue: 2.5,
  left: { distribution: [[1, 0]] },
  right: { distribution: [[0, 1]] },
};
const signature = {
  inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }, {
    name: "width",
    unit: "cm",
    min: 0,
    max: 9,
  }],
  classes: ["short", "long"],
};
const model = readModel(
  modelBytes({ format: MODEL_FORMAT, name: "pets", signature, forest: forestJson([stump], 2) }),
);
let ready = true;
const scorer = createScorer({ model, version: "3", ready: () => ready });

async function call(path: string, init?: RequestInit) {
  const response = await scorer(new Request(`http://container${path}`, init));
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const post = (body: unknown, headers = {}) =>
  call("/score", {
    method: "POST",
    headers,
    body: typeof body === "string" ? body : JSON.stringify(body),
  });

Deno.test("createScorer() answers each shape of rows alike, and names the model's digest", async () => {
  const rows = [[1, 5], [3, 5]];
  const bodies = [
    { input_data: { columns: ["width", "length"], index: [0, 1], data: [[5, 1], [5, 3]] } },
    { input_data: { data: rows } },
    { input_data: rows },
    { data: rows },
    rows,
    [{ width: 5, length: 1 }, { length: 3, width: 5 }],
  ];
  for (const body of bodies) {
    const { status, body: answer } = await post(body);
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.predictions.map(({ label }: { label: string }) => label), [
      "short",
      "long",
    ]);
    assert.deepEqual(answer.predictions[0].probabilities, { short: 1, long: 0 });
    assert.deepEqual(answer.model, { name: "pets", version: "3", digest: model.digest });
  }
});

Deno.test("createScorer() carries request and correlation ids", async () => {
  const { headers, body } = await post({ data: [[1, 1]], correlation_ids: ["c7"] }, {
    "x-request-id": "r9",
  });
  assert.equal(headers.get("x-request-id"), "r9");
  assert.equal(body.predictions[0].correlationId, "c7");
  assert.equal(
    (await post({ data: [[1, 1]] }, { "x-request-id": "r9" })).body.predictions[0].correlationId,
    "r9/0",
  );
});

Deno.test("createScorer() lists every violation, and answers unusual values all the same", async () => {
  const { status, body } = await post({ data: [["1", 1], [1], [1, null]] });
  assert.equal(status, 400);
  assert.equal(body.error.violations.length, 3);
  assert.match(body.error.message, /break the signature in 3 places/);
  const unusual = await post({ data: [[14, 1]] });
  assert.equal(unusual.body.predictions[0].unusual[0].rule, "is usually from 0 to 9 cm");
});

Deno.test("createScorer() refuses what is no request of its kind", async () => {
  const refused: [body: unknown, status: number, message: RegExp][] = [
    ["{", 400, /must be JSON/],
    ["null", 400, /must have rows/],
    [{}, 400, /must have rows/],
    [{ data: [] }, 400, /must have rows/],
    [{ data: Array(MAX_ROWS + 1).fill([1, 1]) }, 400, /at most 1000 rows: got 1001/],
    [{ data: [[1, 1]], correlation_ids: [] }, 400, /must be 1 texts/],
    [`"${"x".repeat(MAX_BODY)}"`, 413, /at most 4000000 bytes/],
  ];
  for (const [body, status, message] of refused) {
    const answer = await post(body);
    assert.equal(answer.status, status);
    assert.match(answer.body.error.message, message);
  }
  assert.equal((await call("/score")).status, 405);
  assert.equal((await call("/other")).status, 404);
});

Deno.test("createScorer() tells that it lives, and whether it takes requests", async () => {
  assert.equal((await call("/health/live")).status, 200);
  assert.deepEqual((await call("/health/ready")).body, { status: "ready", digest: model.digest });
  ready = false;
  assert.equal((await call("/health/ready")).status, 503);
  ready = true;
  assert.deepEqual((await call("/swagger.json")).body.info, { title: "pets", version: "1" });
});
