import assert from "node:assert/strict";
import fc from "fast-check";
import { DEFAULT_LIMITS, readBody, readScoreRequest } from "lib/serving/mod.ts";
import { pure } from "./pets.ts";

const post = (body: BodyInit, headers?: HeadersInit) =>
  new Request("http://x", { method: "POST", body, headers });

/** A body that comes in pieces and says how many were taken. */
function pieces(piece: Uint8Array<ArrayBuffer>, count: number) {
  const seen = { taken: 0, cancelled: false };
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (seen.taken++ < count) controller.enqueue(piece);
      else controller.close();
    },
    cancel() {
      seen.cancelled = true;
    },
  }, { highWaterMark: 0 });
  return { seen, body };
}

pure("readBody() gives what JSON.parse gives, whatever the pieces", async () => {
  await fc.assert(fc.asyncProperty(fc.jsonValue({ maxDepth: 6 }), async (value) => {
    const text = JSON.stringify(value);
    assert.deepEqual(await readBody(post(text), DEFAULT_LIMITS), {
      ok: true,
      body: JSON.parse(text),
    });
  }));
  const { body } = pieces(new TextEncoder().encode("\n"), 3);
  const joined = new Blob([new Uint8Array(await new Response(body).arrayBuffer()), '"é"']);
  assert.deepEqual(await readBody(post(joined.stream()), DEFAULT_LIMITS), { ok: true, body: "é" });
});

pure("readBody() stops reading at the limit, though no length was announced", async () => {
  const { seen, body } = pieces(new Uint8Array(1_000), 1_000);
  const read = await readBody(post(body), { maxBytes: 5_000, maxDepth: 16 });
  assert.deepEqual([!read.ok && read.status, seen.taken, seen.cancelled], [413, 6, true]);
});

pure("readBody() believes an announced length that is too large, and reads nothing", async () => {
  const { seen, body } = pieces(new Uint8Array(10), 1);
  const read = await readBody(post(body, { "content-length": "5001" }), {
    maxBytes: 5_000,
    maxDepth: 16,
  });
  assert.deepEqual([!read.ok && read.status, seen.taken, seen.cancelled], [413, 0, true]);
});

pure("readBody() counts nesting outside texts only", async () => {
  const limits = { maxBytes: 1_000, maxDepth: 3 };
  const reads = async (text: string) => (await readBody(post(text), limits)).ok;
  assert.ok(await reads('[[{"a": 1}], [[2]]]'));
  assert.ok(!(await reads('[[{"a": [1]}]]')));
  assert.ok(await reads('["[[[[[{{{{"]'));
  assert.ok(await reads(String.raw`["\"[[[[[\\", "[[[["]`));
  assert.ok(!(await reads(String.raw`["\\", [[[1]]]]`)));
});

pure("readBody() refuses bytes that are no UTF-8, and a body that breaks off", async () => {
  const message = async (body: BodyInit) => {
    const read = await readBody(post(body), DEFAULT_LIMITS);
    return read.ok ? "" : `${read.status} ${read.message}`;
  };
  assert.equal(await message(Uint8Array.of(0x22, 0xff, 0x22)), "400 the body must be UTF-8");
  const broken = new ReadableStream({ pull: (controller) => controller.error(new Error("gone")) });
  assert.equal(await message(broken), "400 the body must arrive whole");
});

pure("readScoreRequest() refuses ids that could not join", () => {
  const data = [[1], [2]];
  for (
    const correlation_ids of [
      ["a"],
      ["a", "a"],
      ["a", ""],
      ["a", 1],
      ["a", "x".repeat(129)],
      ["a", "\ud800"],
      "ab",
      null,
    ]
  ) {
    const read = readScoreRequest({ data, correlation_ids });
    assert.ok(!read.ok && /must have 2 texts .* in correlation_ids/.test(read.message));
  }
  const some = readScoreRequest([{ a: 1, correlation_id: "x" }, { a: 2 }]);
  assert.ok(!some.ok && /in correlation_id, one for each row/.test(some.message));
  const both = readScoreRequest({ data: [{ a: 1, correlation_id: "x" }], correlation_ids: ["x"] });
  assert.ok(!both.ok && /not both/.test(both.message));
});

pure("readScoreRequest() leaves an input that is called correlation_id alone", () => {
  const row = { correlation_id: 4 };
  const read = readScoreRequest([row], { inputs: ["correlation_id"] });
  assert.deepEqual(read, { ok: true, rows: [row] });
});

pure("readScoreRequest() refuses columns of which one could hide another", () => {
  for (const columns of [["a", "a"], ["a", 1], "ab"]) {
    const read = readScoreRequest({ input_data: { columns, data: [[1, 2]] } });
    assert.ok(!read.ok && /columns that are texts, each once/.test(read.message));
  }
});

pure("readScoreRequest() gives a column called __proto__ no power", () => {
  const read = readScoreRequest({ input_data: { columns: ["__proto__"], data: [[{ a: 1 }]] } });
  assert.ok(read.ok);
  assert.deepEqual(Object.keys(read.rows[0] as object), ["__proto__"]);
  assert.equal((read.rows[0] as Record<string, unknown>).a, undefined);
});
