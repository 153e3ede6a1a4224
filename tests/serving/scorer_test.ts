import assert from "node:assert/strict";
import { createLogger, manualClock } from "lib/core/mod.ts";
import {
  createScorer,
  createUnready,
  DEFAULT_LIMITS,
  type ScoredRequest,
  type ScorerOptions,
} from "lib/serving/mod.ts";
import { PETS, pure } from "./pets.ts";

const TIME = "2026-03-04T05:06:07.000Z";

/** A scorer and what it has collected and logged. */
function scorerOf(options: Partial<ScorerOptions> = {}) {
  const collected: ScoredRequest[] = [], lines: string[] = [], clock = manualClock(TIME);
  const log = createLogger({ write: (line) => lines.push(line), clock });
  const handle = createScorer({
    ...{ model: PETS, modelVersion: "3", log, clock },
    collector: { collect: (scored) => void collected.push(scored) },
    ...options,
  });
  async function call(path: string, init?: RequestInit) {
    const response = await handle(new Request(`http://container${path}`, init));
    return { status: response.status, headers: response.headers, body: await response.json() };
  }
  const post = (body: unknown, headers: Record<string, string> = {}) =>
    call("/score", {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    });
  return { collected, lines, call, post };
}

// deno-lint-ignore no-explicit-any -- an answer's body
const ids = (body: any) =>
  body.predictions.map(({ correlationId }: { correlationId: string }) => correlationId);

pure("createScorer() answers each shape of rows alike, and names the model's digest", async () => {
  const rows = [[1, 5], [3, 5]];
  const bodies = [
    { input_data: { columns: ["width", "length"], index: [0, 1], data: [[5, 1], [5, 3]] } },
    { input_data: { data: rows } },
    { input_data: rows },
    { data: rows },
    rows,
    [{ width: 5, length: 1 }, { length: 3, width: 5 }],
  ];
  const { post } = scorerOf();
  for (const body of bodies) {
    const { status, body: answer } = await post(body);
    assert.equal(status, 200, JSON.stringify(answer));
    assert.deepEqual(answer.predictions.map(({ label }: { label: string }) => label), [
      "short",
      "long",
    ]);
    assert.deepEqual(answer.predictions[0].probabilities, { short: 1, long: 0 });
    assert.deepEqual(answer.model, { name: "pets", version: "3", digest: PETS.digest });
  }
});

pure("createScorer() answers as many rows as the limit lets in, each with its own id", async () => {
  const { post } = scorerOf();
  const data = Array.from({ length: 1_000 }, (_, i) => [i % 5, 1]);
  const { status, body } = await post({ data });
  assert.equal(status, 200);
  assert.equal(new Set(ids(body)).size, 1_000);
  assert.ok(
    body.predictions.every(({ label }: { label: string }, i: number) =>
      label === (i % 5 <= 2 ? "short" : "long")
    ),
  );
});

pure("createScorer() takes ids from the body, a column, the header, or makes them", async () => {
  const { post } = scorerOf();
  const one = { data: [[1, 1]] }, two = { data: [[1, 1], [3, 1]] };
  const header = { "x-correlation-id": "h1", "x-request-id": "r9" };
  const cases: [body: unknown, headers: Record<string, string>, expected: string[]][] = [
    [{ ...one, correlation_ids: ["c7"] }, header, ["c7"]],
    [
      {
        input_data: {
          columns: ["length", "correlation_id", "width"],
          data: [[1, "a", 1], [3, "b", 1]],
        },
      },
      header,
      ["a", "b"],
    ],
    [[{ length: 1, width: 1, correlation_id: "a" }], header, ["a"]],
    [one, header, ["h1"]],
    [two, header, ["h1/0", "h1/1"]],
    [two, { "x-request-id": "r9" }, ["r9/0", "r9/1"]],
  ];
  for (const [body, headers, expected] of cases) {
    const answer = await post(body, headers);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.deepEqual(ids(answer.body), expected);
    assert.equal(answer.headers.get("x-request-id"), "r9");
    assert.equal(answer.body.requestId, "r9");
  }
  const made = await post(one), again = await post(one);
  assert.match(made.body.requestId, /^[0-9a-f-]{36}$/);
  assert.notEqual(made.body.requestId, again.body.requestId);
});

pure("createScorer() makes an id of its own where a header's is none", async () => {
  for (const id of ["x".repeat(129), "two words", "é"]) {
    const { body } = await scorerOf().post({ data: [[1, 1]] }, { "x-request-id": id });
    assert.match(body.requestId, /^[0-9a-f-]{36}$/, id);
  }
});

pure("createScorer() lists every violation, and answers unusual values all the same", async () => {
  const { post, collected } = scorerOf();
  const { status, body } = await post({ data: [["1", 1], [1], [1, null]] });
  assert.equal(status, 400);
  assert.match(body.error.message, /break the signature in 3 places/);
  assert.deepEqual(
    body.error.violations.map(({ row, input, value }: Record<string, unknown>) => [
      row,
      input,
      value,
    ]),
    [[0, "length", '"1"'], [1, null, "[1]"], [2, "width", null]],
  );
  assert.equal(collected.length, 0, "what was refused is not collected");
  const unusual = await post({ data: [[1, 1], [14, 1]] });
  assert.equal(unusual.status, 200);
  assert.deepEqual(unusual.body.predictions[0].unusual, []);
  assert.deepEqual(unusual.body.predictions[1].unusual, [
    { row: 1, input: "length", rule: "is usually from 0 to 9 cm", value: 14 },
  ]);
});

pure("createScorer() does not send a large row back in a violation", async () => {
  const { body } = await scorerOf().post({ data: [Array(10_000).fill(1)] });
  assert.equal(body.error.violations.length, 1);
  assert.ok(body.error.violations[0].value.length <= 80);
});

pure("createScorer() refuses what is no request of its kind, in one line", async () => {
  const { post, call, collected } = scorerOf();
  const refused: [body: unknown, status: number, message: RegExp][] = [
    ["{", 400, /must be JSON/],
    ["", 400, /must be JSON/],
    ["null", 400, /must have rows/],
    [{}, 400, /must have rows/],
    [{ data: [] }, 400, /must have rows/],
    [{ data: Array(1_001).fill([1, 1]) }, 400, /at most 1000 rows: got 1001/],
    [{ data: [[1, 1]], correlation_ids: [] }, 400, /must have 1 texts of 1 to 128/],
    [`"${"x".repeat(4_000_000)}"`, 413, /at most 4000000 bytes/],
    ["[".repeat(2_000_000), 400, /nested at most 16 deep/],
  ];
  for (const [body, status, message] of refused) {
    const answer = await post(body);
    assert.equal(answer.status, status);
    assert.equal(answer.body.error.code, status === 413 ? "PayloadTooLarge" : "BadArgument");
    assert.match(answer.body.error.message, message);
    assert.doesNotMatch(answer.body.error.message, /\n/);
  }
  const get = await call("/score");
  assert.deepEqual([get.status, get.headers.get("allow")], [405, "POST"]);
  assert.equal((await call("/health/live", { method: "POST", body: "x" })).status, 405);
  for (const path of ["/other", "/score/", "/__proto__", "/constructor"]) {
    assert.equal((await call(path)).status, 404, path);
  }
  assert.equal(collected.length, 0);
});

pure("createScorer() tells that it lives, and whether it takes requests", async () => {
  let ready = true;
  const { call, post } = scorerOf({ ready: () => ready });
  assert.deepEqual((await call("/health/ready")).body, { status: "ready", digest: PETS.digest });
  ready = false;
  const ending = await call("/health/ready");
  assert.deepEqual([ending.status, ending.body.status], [503, "ending"]);
  assert.equal((await call("/health/live")).status, 200);
  assert.equal((await post({ data: [[1, 1]] })).status, 200, "what still comes in is answered");
  assert.deepEqual((await call("/swagger.json")).body.info, { title: "pets", version: "1" });
});

pure("createScorer() hands over inputs and outputs before it answers", async () => {
  const { post, collected } = scorerOf();
  await post({ data: [[1, 5], [3, 5]], correlation_ids: ["a", "b"] }, {
    "x-request-id": "r1",
    "x-correlation-id": "h1",
  });
  assert.deepEqual(collected, [{
    requestId: "r1",
    correlationId: "h1",
    time: TIME,
    inputs: [
      { length: 1, width: 5, correlation_id: "a" },
      { length: 3, width: 5, correlation_id: "b" },
    ],
    outputs: [
      { label: "short", probability_short: 1, probability_long: 0, correlation_id: "a" },
      { label: "long", probability_short: 0, probability_long: 1, correlation_id: "b" },
    ],
  }]);
});

pure("createScorer() answers though the collector throws, and says so", async () => {
  const collect = () => {
    throw new Error("no room");
  };
  const { post, lines } = scorerOf({ collector: { collect } });
  assert.equal((await post({ data: [[1, 1]] })).status, 200);
  assert.match(lines[0], /"message":"not collected".*no room/);
});

pure("createScorer() logs a line for each scored request, without rows or secrets", async () => {
  const { post, call, lines } = scorerOf();
  await call("/health/live");
  const secret = { authorization: "Bearer abcdefghijkl", "x-request-id": "r1" };
  await post({ data: [[1.2345, 7.6543]], correlation_ids: ["customer-17"] }, secret);
  await post("{", secret);
  const logged = lines.map((line) => JSON.parse(line));
  assert.deepEqual(
    logged.map(({ message, requestId, status, rows }) => [message, requestId, status, rows]),
    [["scored", "r1", 200, 1], ["scored", "r1", 400, 0]],
  );
  assert.ok(logged.every(({ ms }) => ms >= 0));
  assert.doesNotMatch(lines.join(), /1\.2345|7\.6543|customer|abcdefghijkl/);
});

pure("createScorer() makes a 500 of a fault of its own, and shows nobody its inside", async () => {
  const broken = { ...PETS, forest: null } as unknown as typeof PETS;
  const { post, lines } = scorerOf({ model: broken });
  const { status, body } = await post({ data: [[1, 1]] });
  assert.equal(status, 500);
  assert.deepEqual(body.error, { code: "InternalError", message: "the row could not be answered" });
  assert.match(lines[0], /"level":"error".*"failed"/);
});

pure("createScorer() keeps to the limits that it is given", async () => {
  const { post } = scorerOf({ limits: { ...DEFAULT_LIMITS, maxRows: 1, maxBytes: 40 } });
  assert.equal((await post({ data: [[1, 1]] })).status, 200);
  assert.equal((await post({ data: [[1, 1], [1, 1]] })).status, 400);
  assert.equal((await post({ data: [[1, 1]], more: "x".repeat(30) })).status, 413);
});

pure("createUnready() lives, is not ready, and gives the reason instead of an answer", async () => {
  const handle = createUnready("model digest must be 00");
  const call = async (method: string, path: string) => {
    const init = { method, ...(method === "POST" && { body: "[[1, 1]]" }) };
    const response = await handle(new Request(`http://x${path}`, init));
    return [response.status, JSON.stringify(await response.json())];
  };
  assert.equal((await call("GET", "/health/live"))[0], 200);
  assert.deepEqual(await call("GET", "/health/ready"), [
    503,
    '{"status":"not ready","reason":"model digest must be 00"}',
  ]);
  assert.deepEqual(await call("POST", "/score"), [
    503,
    '{"error":{"code":"NotReady","message":"model digest must be 00"}}',
  ]);
  assert.equal((await call("GET", "/score"))[0], 405);
  assert.equal((await call("GET", "/x"))[0], 404);
});

pure("createScorer() answers rows later in an incident drill, and its health at once", async () => {
  const waits: { ms: number; run: () => void }[] = [];
  const after = (ms: number, run: () => void) => (waits.push({ ms, run }), () => {});
  const timers = { after, deadline: () => new AbortController().signal };
  const { post, call } = scorerOf({ delayMs: 250, timers });
  assert.equal((await call("/health/ready")).status, 200);
  assert.equal(waits.length, 0);
  let isAnswered = false;
  const answer = post([[1, 5]]).then(({ status }) => (isAnswered = true, status));
  while (waits.length === 0) await new Promise((resolve) => setTimeout(resolve));
  assert.deepEqual([waits[0].ms, isAnswered], [250, false]);
  waits[0].run();
  assert.equal(await answer, 200);
});
