import assert from "node:assert/strict";
import { createLogger, manualClock } from "lib/core/mod.ts";
import {
  type AppendSink,
  type CollectedLine,
  type CollectorOptions,
  createCollector,
  type ScoredRequest,
  type Segment,
  type Spool,
} from "lib/serving/mod.ts";
import { pure } from "./pets.ts";

const ORIGIN = {
  ...{ endpoint: "iris", deployment: "blue", instance: "i1" },
  ...{ source: "s", modelVersion: "3" },
};

const size = (lines: readonly CollectedLine[]) =>
  lines.reduce((sum, { line }) => sum + line.length, 0);

/** A spool in memory; `left` are lines of a process that is gone. */
function memorySpool({ maxBytes = Infinity, left = [] as CollectedLine[] } = {}) {
  const segments = new Map<Segment, CollectedLine[]>();
  let active: CollectedLine[] = [], made = 0, isClosed = false, bytes = size(left);
  const segment = (lines: CollectedLine[], isLeft: boolean) =>
    segments.set({ file: String(++made), bytes: size(lines), isLeft }, lines);
  if (left.length > 0) segment(left, true);
  const spool: Spool & { readonly isClosed: boolean } = {
    get isClosed() {
      return isClosed;
    },
    get bytes() {
      return bytes;
    },
    append(lines) {
      if (bytes + size(lines) > maxBytes) return false;
      bytes += size(lines);
      active.push(...lines);
      return true;
    },
    seal() {
      if (active.length > 0) segment(active, false);
      active = [];
      return [...segments.keys()];
    },
    read: (segment) => segments.get(segment)!,
    remove(segment) {
      bytes -= segment.bytes;
      segments.delete(segment);
    },
    close: () => void (isClosed = true),
  };
  return spool;
}

type Mode = "up" | "away" | "loses answers";

/** Blob in memory; `fare` says how it fares. */
function memoryBlob() {
  const blobs = new Map<string, string>(), reads: string[] = [], blocks: Uint8Array[] = [];
  let tries = 0, mode: Mode = "up", gate = Promise.resolve();
  const sink: AppendSink = {
    async append(path, block, signal) {
      tries++;
      await gate;
      signal.throwIfAborted();
      if (mode === "away") throw new Error("away");
      blocks.push(block);
      blobs.set(path, (blobs.get(path) ?? "") + new TextDecoder().decode(block));
      if (mode === "loses answers") throw new Error("connection reset");
    },
    present(path, ids) {
      reads.push(path);
      if (mode === "away") return Promise.reject(new Error("away"));
      const there = (blobs.get(path) ?? "").split("\n").filter(Boolean);
      const all = there.map((line) => JSON.parse(line).id);
      return Promise.resolve(new Set(all.filter((id) => ids.has(id))));
    },
  };
  return {
    ...{ sink, blobs, reads, blocks },
    get tries() {
      return tries;
    },
    fare(next: Mode) {
      mode = next;
    },
    /** Holds exchanges up until the function is called. */
    hold() {
      const { promise, resolve } = Promise.withResolvers<void>();
      gate = promise;
      return resolve;
    },
    /** Correlation ids of a collection, in order. */
    ids(collection: string) {
      return [...blobs].filter(([path]) => path.includes(`/${collection}/`))
        .flatMap(([, text]) => text.split("\n").filter(Boolean))
        .map((line) => JSON.parse(line).correlationid as string);
    },
  };
}

/** Timers that run when they are told to. */
function manualTimers() {
  const waiting: { milliseconds: number; run: () => void }[] = [];
  return {
    waiting,
    after(milliseconds: number, run: () => void) {
      const entry = { milliseconds, run };
      waiting.push(entry);
      return () => void waiting.splice(waiting.indexOf(entry), waiting.includes(entry) ? 1 : 0);
    },
    deadline: () => new AbortController().signal,
  };
}

function scored(correlationId: string): ScoredRequest {
  return {
    ...{ requestId: `r-${correlationId}`, correlationId, time: "2026-03-04T05:06:07.000Z" },
    ...{ inputs: [{ length: 4 }], outputs: [{ label: "b" }] },
  };
}

function collectorOf(
  { spool = memorySpool(), ...options }: Partial<CollectorOptions> & {
    spool?: ReturnType<typeof memorySpool>;
  } = {},
) {
  const blob = memoryBlob(), timers = manualTimers(), lines: string[] = [];
  const clock = manualClock("2026-03-04T05:00:00Z");
  const log = createLogger({ write: (line) => lines.push(line), clock });
  const collector = createCollector({
    ...{ spool, origin: ORIGIN, log, timers, clock },
    openSink: () => Promise.resolve(blob.sink),
    ...options,
  });
  return { collector, spool, blob, timers, lines, clock };
}

const soon = () => new Promise<void>((done) => queueMicrotask(done));

/** Until nothing moves any more without a timer. */
async function settled() {
  for (let i = 0; i < 100; i++) await soon();
}

const forever = new AbortController().signal;

pure("createCollector() keeps at once, and writes after a while", async () => {
  const { collector, spool, blob, timers } = collectorOf({ flushMs: 5_000 });
  for (const id of ["a", "b"]) collector.collect(scored(id));
  assert.ok(spool.bytes > 0);
  assert.deepEqual(timers.waiting.map(({ milliseconds }) => milliseconds), [5_000]);
  assert.equal(blob.tries, 0);
  timers.waiting[0].run();
  await settled();
  assert.deepEqual(blob.ids("model_inputs"), ["a", "b"]);
  assert.deepEqual(blob.ids("model_outputs"), ["a", "b"]);
  assert.equal(blob.blocks.length, 2, "one block for each blob");
  assert.deepEqual(collector.state, {
    ...{ collected: 2, leftOut: 0, lost: 0, written: 4, waitingBytes: 0 },
  });
  assert.deepEqual([timers.waiting.length, blob.reads], [0, []]);
});

pure("createCollector() writes as soon as much waits", async () => {
  const { collector, blob } = collectorOf({ flushBytes: 1 });
  collector.collect(scored("a"));
  await settled();
  assert.deepEqual(blob.ids("model_inputs"), ["a"]);
});

pure(
  "createCollector() takes up what comes while it writes, without writing twice at once",
  async () => {
    const { collector, blob, timers } = collectorOf({ flushBytes: 1 });
    const release = blob.hold();
    collector.collect(scored("a"));
    await settled();
    for (const id of ["b", "c"]) collector.collect(scored(id));
    await settled();
    assert.equal(blob.tries, 1);
    release();
    await settled();
    timers.waiting.splice(0).forEach(({ run }) => run());
    await settled();
    assert.deepEqual(blob.ids("model_inputs"), ["a", "b", "c"]);
  },
);

pure(
  "createCollector() waits longer from failure to failure, and no score waits with it",
  async () => {
    const { collector, blob, timers, clock, lines } = collectorOf({ flushBytes: 1 });
    blob.fare("away");
    const waits: number[] = [];
    collector.collect(scored("first"));
    await settled();
    for (let i = 0; i < 9; i++) {
      collector.collect(scored(`more ${i}`)); // returns though Blob is away, and starts no try
      await settled();
      assert.equal(timers.waiting.length, 1);
      const [{ milliseconds, run }] = timers.waiting.splice(0);
      waits.push(milliseconds);
      clock.advance(milliseconds);
      run();
      await settled();
    }
    assert.deepEqual(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60].map((seconds) => seconds * 1_000));
    assert.equal(lines.filter((line) => line.includes("not written to Blob")).length, 10);
    blob.fare("up");
    await collector.flush();
    assert.deepEqual(blob.ids("model_inputs").length, 10);
    assert.deepEqual([collector.state.lost, collector.state.waitingBytes], [0, 0]);
    assert.ok(lines.at(-1)!.includes("collecting goes on"));
  },
);

pure("createCollector() asks for the way to Blob again where it was not open", async () => {
  let tries = 0;
  const blob = memoryBlob();
  const openSink = () =>
    ++tries < 3 ? Promise.reject(new Error("no module")) : Promise.resolve(blob.sink);
  const { collector } = collectorOf({ openSink });
  collector.collect(scored("a"));
  for (let i = 0; i < 3; i++) await collector.flush();
  assert.deepEqual([tries, blob.ids("model_inputs")], [3, ["a"]]);
});

pure("createCollector() writes each record once, though answers of Blob are lost", async () => {
  const { collector, blob } = collectorOf();
  for (const id of ["a", "b"]) collector.collect(scored(id));
  blob.fare("loses answers");
  for (let i = 0; i < 3; i++) await collector.flush();
  blob.fare("up");
  await collector.flush();
  assert.deepEqual(blob.ids("model_inputs"), ["a", "b"]);
  assert.deepEqual(blob.ids("model_outputs"), ["a", "b"]);
  assert.ok(blob.reads.length > 0);
});

pure(
  "createCollector() takes up what a process that is gone has left, but for what arrived",
  async () => {
    const path = "modelDataCollector/iris/blue/model_inputs/2026/03/04/05/gone.jsonl";
    const line = (id: string) => JSON.stringify({ id, correlationid: id });
    const left = ["a", "b", "c"].map((id) => ({ path, id, line: line(id) }));
    const { collector, blob } = collectorOf({ spool: memorySpool({ left }) });
    blob.blobs.set(path, `${line("a")}\n${line("b")}\n`);
    await collector.flush();
    assert.deepEqual(blob.ids("model_inputs"), ["a", "b", "c"]);
    assert.equal(collector.state.waitingBytes, 0);
  },
);

pure(
  "createCollector() loses what the spool has no room for, counts it, and says it once",
  async () => {
    const { collector, blob, lines } = collectorOf({ spool: memorySpool({ maxBytes: 2_500 }) });
    for (let i = 0; i < 50; i++) collector.collect(scored(`c${i}`));
    const { collected, lost } = collector.state;
    assert.ok(collected > 0 && lost > 0 && collected + lost === 50);
    assert.equal(lines.filter((line) => line.includes("the spool is full")).length, 1);
    await collector.flush();
    collector.collect(scored("after"));
    await collector.flush();
    assert.equal(blob.ids("model_inputs").at(-1), "after");
    assert.equal(collector.state.collected, collected + 1);
  },
);

pure("createCollector() does not throw where the spool does", () => {
  const spool = memorySpool();
  spool.append = () => {
    throw new Error("No space left on device");
  };
  const { collector, lines } = collectorOf({ spool });
  collector.collect(scored("a"));
  assert.equal(collector.state.lost, 1);
  assert.match(lines[0], /cannot be written.*No space left/);
});

pure(
  "createCollector() does not take up a row that no block could hold: it would bar the way",
  () => {
    const { collector, spool } = collectorOf();
    collector.collect({ ...scored("a"), inputs: [{ length: "x".repeat(4_000_000) }] });
    assert.deepEqual([collector.state.lost, spool.bytes], [1, 0]);
  },
);

pure("createCollector() samples by correlation id: the same on each instance", () => {
  const kept = (sampling: number) => {
    const { collector } = collectorOf({ sampling });
    for (let i = 0; i < 2_000; i++) collector.collect(scored(`id ${i}`));
    return collector.state;
  };
  assert.deepEqual(kept(0.3), kept(0.3));
  const { collected, leftOut } = kept(0.3);
  assert.equal(collected + leftOut, 2_000);
  // sd of a share of 0.3 in 2,000 is 0.010; the ids are fixed, so this is no gamble
  assert.ok(Math.abs(collected / 2_000 - 0.3) < 0.03, String(collected));
  assert.deepEqual([kept(0).collected, kept(1).collected], [0, 2_000]);
});

pure("createCollector() writes what waits when it closes, and lets go of the spool", async () => {
  const { collector, blob, spool, timers } = collectorOf();
  const release = blob.hold();
  collector.collect(scored("a"));
  const flushing = collector.flush();
  await settled();
  collector.collect(scored("b")); // while the first is on its way
  const closing = collector.close(forever);
  release();
  await Promise.all([flushing, closing]);
  assert.deepEqual(blob.ids("model_inputs"), ["a", "b"]);
  assert.deepEqual([spool.isClosed, timers.waiting.length], [true, 0]);
});

pure(
  "createCollector() ends in time though Blob does not answer, and keeps what waits",
  async () => {
    const { collector, blob, spool } = collectorOf();
    collector.collect(scored("a"));
    const release = blob.hold(), deadline = new AbortController();
    const closing = collector.close(deadline.signal);
    await settled();
    assert.equal(spool.isClosed, false);
    deadline.abort();
    release();
    await closing;
    assert.equal(spool.isClosed, true);
    assert.ok(spool.bytes > 0);
    assert.deepEqual(blob.ids("model_inputs"), []);
  },
);

pure("createCollector() fills blocks of at most 4 MB", async () => {
  const { collector, blob } = collectorOf({ flushBytes: Infinity });
  const big = (id: string) => ({ ...scored(id), inputs: [{ length: "x".repeat(1_500_000) }] });
  for (const id of ["a", "b", "c"]) collector.collect(big(id));
  await collector.flush();
  assert.deepEqual(blob.ids("model_inputs"), ["a", "b", "c"]);
  assert.ok(blob.blocks.every(({ length }) => length <= 4_000_000));
  assert.equal(blob.blocks.length, 3, "two of inputs, one of outputs");
});

pure("createCollector().flush() writes all that was collected before it was called", async () => {
  const { collector, blob } = collectorOf();
  const release = blob.hold();
  collector.collect(scored("a"));
  const first = collector.flush();
  await settled();
  collector.collect(scored("b")); // while the first is on its way
  const second = collector.flush();
  release();
  await Promise.all([first, second]);
  assert.deepEqual(blob.ids("model_inputs"), ["a", "b"]);
  assert.equal(collector.state.waitingBytes, 0);
});
