import assert from "node:assert/strict";
import fc from "fast-check";
import {
  createTelemetryQueue,
  type EventRecord,
  newTraceContext,
  readTraceparent,
  type TelemetryRecord,
  traceparentOf,
} from "lib/core/mod.ts";

const hexOf = (bytes: Uint8Array) =>
  [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");

Deno.test("traceparentOf() and readTraceparent() are each other's opposite", () => {
  const bytes = (length: number) =>
    fc.uint8Array({ minLength: length, maxLength: length }).filter((all) => all.some(Boolean));
  fc.assert(fc.property(bytes(16), bytes(8), fc.boolean(), (trace, span, sampled) => {
    const context = { traceId: hexOf(trace), spanId: hexOf(span), sampled };
    assert.deepEqual(readTraceparent(traceparentOf(context)), context);
  }));
});

Deno.test("readTraceparent() takes newer versions with more fields, and nothing that breaks the rules", () => {
  const ids = `${"a".repeat(32)}-${"b".repeat(16)}`;
  assert.equal(readTraceparent(`cc-${ids}-01-what-comes`)?.sampled, true);
  const broken = [
    ...[null, undefined, "", "nonsense", `00-${ids}-01-more`, `ff-${ids}-01`, `00-${ids}`],
    ...[`00-${"0".repeat(32)}-${"b".repeat(16)}-01`, `00-${"a".repeat(32)}-${"0".repeat(16)}-01`],
    ...[`00-${ids.toUpperCase()}-01`, `00-${"a".repeat(31)}-${"b".repeat(16)}-01`],
  ];
  for (const header of broken) assert.equal(readTraceparent(header), undefined, String(header));
});

Deno.test("newTraceContext() is never all zeros, keeps its parent's trace and decision, and follows the ratio", () => {
  const zeros = newTraceContext({ random: () => {} });
  assert.deepEqual(readTraceparent(traceparentOf(zeros)), zeros);
  const random = (bytes: Uint8Array<ArrayBuffer>) => crypto.getRandomValues(bytes);
  const parent = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: false };
  const below = newTraceContext({ random, parent, ratio: 1 });
  assert.deepEqual([below.traceId, below.sampled], [parent.traceId, false]);
  const made = Array.from({ length: 4000 }, () => newTraceContext({ random, ratio: 0.3 }));
  const share = made.filter(({ sampled }) => sampled).length / made.length;
  assert.ok(Math.abs(share - 0.3) < 0.04, String(share)); // 5.5 standard deviations
});

const event = (name: string): EventRecord => ({
  ...{ kind: "event", name, timeMs: 0, attributes: {} },
  context: { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true },
});

Deno.test("createTelemetryQueue() sends batches in order, on its timer or when it is asked to", async () => {
  const batches: string[][] = [], timers: (() => void)[] = [];
  const queue = createTelemetryQueue({
    open: () =>
      Promise.resolve((batch) => Promise.resolve(void batches.push(batch.map(({ name }) => name)))),
    after: (_, run) => {
      timers.push(run);
      return () => {};
    },
    batch: 2,
  });
  for (const name of ["a", "b", "c"]) queue.add(event(name));
  assert.deepEqual([batches.length, timers.length], [0, 1]);
  timers[0]();
  await queue.flush();
  assert.deepEqual(batches, [["a", "b"], ["c"]]);
  queue.add(event("d"));
  assert.equal(timers.length, 2);
  await queue.flush();
  assert.deepEqual(queue.counts, { exported: 4, dropped: 0, failed: 0, waiting: 0 });
});

Deno.test("createTelemetryQueue() loses what is not taken, says so once, and goes on", async () => {
  let isUp = false, opened = 0;
  const said: string[] = [], taken: TelemetryRecord[] = [];
  const say = (message: string) => void said.push(message);
  const log = { debug: say, info: say, warn: say, error: say, child: () => log };
  const queue = createTelemetryQueue({
    open: () => {
      opened++;
      if (!isUp) return Promise.reject(new Error("away"));
      return Promise.resolve((batch) => Promise.resolve(void taken.push(...batch)));
    },
    ...{ after: () => () => {}, log, batch: 1, most: 2 },
  });
  for (const name of ["a", "b", "c"]) queue.add(event(name)); // one more than there is room for
  await queue.flush();
  assert.deepEqual([opened, said], [2, ["telemetry is lost"]]);
  isUp = true;
  queue.add(event("d"));
  await queue.flush();
  assert.deepEqual(taken.map(({ name }) => name), ["d"]);
  assert.deepEqual(said, ["telemetry is lost", "telemetry goes on"]);
  assert.deepEqual(queue.counts, { exported: 1, dropped: 1, failed: 2, waiting: 0 });
});
