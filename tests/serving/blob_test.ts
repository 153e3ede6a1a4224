import assert from "node:assert/strict";
import { createCollector, openSpool } from "lib/serving/mod.ts";
import { openAppendSink } from "../../lib/serving/azure_blob.ts";
import { CONTAINER, openFront, recordsOf } from "./blob_front.ts";

const ACCOUNT = "https://devstoreaccount1.blob.core.windows.net";
const encode = (text: string) => new TextEncoder().encode(text);
const forever = new AbortController().signal;
const front = await openFront();
// read once for the whole process by the credential, as in the container
Deno.env.set("IDENTITY_ENDPOINT", `${front.url}/msi/token`);
Deno.env.set("IDENTITY_HEADER", "local");
Deno.env.set("AZURE_TOKEN_CREDENTIALS", "ManagedIdentityCredential");

const open = (container = CONTAINER) =>
  openAppendSink({ accountUrl: ACCOUNT, container, localUrl: front.url });

const line = (id: string) => `${JSON.stringify({ id, text: "é".repeat(50) })}\n`;

Deno.test("openAppendSink() makes a blob, adds to it, and knows what is in it", async () => {
  const sink = open();
  assert.deepEqual(await sink.present("a.jsonl", new Set(["1"]), forever), new Set());
  await sink.append("a.jsonl", encode(line("1") + line("2")), forever);
  await sink.append("a.jsonl", encode(line("3")), forever);
  assert.equal((await front.blobs()).get("a.jsonl"), line("1") + line("2") + line("3"));
  assert.deepEqual(
    await open().present("a.jsonl", new Set(["1", "3", "4"]), forever),
    new Set(["1", "3"]),
  );
});

Deno.test("openAppendSink() goes on where another process stopped", async () => {
  await open().append("b.jsonl", encode(line("1")), forever);
  const next = open();
  await next.append("b.jsonl", encode(line("2")), forever);
  await next.append("b.jsonl", encode(line("3")), forever);
  assert.equal((await front.blobs()).get("b.jsonl"), line("1") + line("2") + line("3"));
});

Deno.test("openAppendSink() sends a block once, and for one place only", async () => {
  const one = open(), other = open();
  await one.append("c.jsonl", encode(line("1")), forever);
  await other.append("c.jsonl", encode(line("2")), forever);
  const { blocks, sent } = front;
  // its place is taken: Blob refuses what a repetition would double
  await assert.rejects(one.append("c.jsonl", encode(line("1")), forever), /append position/);
  front.fare("loses answers");
  await assert.rejects(other.append("c.jsonl", encode(line("3")), forever));
  front.fare("up");
  assert.deepEqual([front.blocks, front.sent], [blocks + 1, sent + 2], "the SDK repeats nothing");
});

Deno.test("openAppendSink() rejects where the container is missing, or Blob is away", async () => {
  await assert.rejects(open("nowhere").append("a.jsonl", encode(line("1")), forever));
  await assert.rejects(open("nowhere").present("a.jsonl", new Set(["1"]), forever));
  front.fare("away");
  await assert.rejects(open().append("d.jsonl", encode(line("1")), forever), /503|away/i);
  front.fare("up");
  const aborted = AbortSignal.abort(new Error("enough"));
  await assert.rejects(open().append("d.jsonl", encode(line("1")), aborted));
});

Deno.test("createCollector() with files and Blob: a stormy way, each record once", async () => {
  const folder = await Deno.makeTempDir({ prefix: "spool-" });
  const spool = openSpool({ folder, instance: "stormy", maxBytes: 1_000_000 });
  const origin = {
    ...{ endpoint: "iris", deployment: "stormy", instance: "i1" },
    ...{ source: "s", modelVersion: "3" },
  };
  const timers = { after: () => () => {}, deadline: () => forever }; // only when it is told to
  const openSink = () => Promise.resolve(open());
  const collector = createCollector({ spool, origin, openSink, timers });
  const ids: string[] = [];
  for (const mode of ["up", "loses answers", "away", "loses answers", "up"] as const) {
    front.fare(mode);
    for (let i = 0; i < 5; i++) {
      const correlationId = `${ids.length}`, time = "2026-03-04T05:06:07.000Z";
      ids.push(correlationId);
      const rows = { inputs: [{ length: i }], outputs: [{ label: "b" }] };
      collector.collect({ requestId: "r", correlationId, time, ...rows });
    }
    await collector.flush();
    await collector.flush();
  }
  await collector.close(forever);
  const blobs = await front.blobs();
  for (const collection of ["model_inputs", "model_outputs"]) {
    const path = `modelDataCollector/iris/stormy/${collection}/2026/03/04/05/i1.jsonl`;
    const records = recordsOf(new Map([[path, blobs.get(path)!]]), collection);
    assert.deepEqual(records.map(({ correlationid }) => correlationid), ids);
  }
  assert.deepEqual([...Deno.readDirSync(folder)], []);
  await Deno.remove(folder);
});

Deno.test.afterAll(async () => await front[Symbol.asyncDispose]());
