import assert from "node:assert/strict";
import { progress, type ProgressState, progressText } from "lib/view/mod.ts";

/** A display that remembers, and a clock that stands still until it is moved. */
function fake(everyMs = 100) {
  const states: ProgressState[] = [], clock = { ms: 1000 };
  const ports = {
    sink: { everyMs, show: (state: ProgressState) => void states.push(state) },
    now: () => clock.ms,
  };
  return { states, clock, ports };
}

const STATE = { label: "sweep", total: 48, unit: "settings", finished: false } as const;

Deno.test("progress() shows the first update, then at most one each 100 ms, and the end", () => {
  const { states, clock, ports } = fake();
  const bar = progress({ label: "trees", total: 1000 }, ports);
  for (let done = 1; done < 1000; done++) {
    clock.ms += 1;
    bar.update(done);
  }
  bar.finish();
  assert.deepEqual(states.map(({ done }) => done), [
    ...[1, 101, 201, 301, 401, 501, 601, 701, 801, 901, 1000],
  ]);
  assert.deepEqual(states.map(({ finished }) => finished).indexOf(true), 10);
});

Deno.test("progress() shows the last step even if it comes at once", () => {
  const { states, ports } = fake();
  const bar = progress({ label: "x", total: 2 }, ports);
  bar.update(1);
  bar.update(2);
  assert.deepEqual(states.map(({ done }) => done), [1, 2]);
});

Deno.test("progress() after its end changes nothing, and shows the end once", () => {
  const { states, ports } = fake();
  const bar = progress({ label: "x", total: 2 }, ports);
  bar.finish("first");
  bar.finish("second");
  bar.update(1);
  assert.deepEqual(states.map(({ note, done }) => [note, done]), [["first", 2]]);
});

Deno.test("progress() keeps steps inside 0 and the total, and measures time", () => {
  const { states, clock, ports } = fake(0);
  const bar = progress({ label: "x", total: 2 }, ports);
  bar.update(-5);
  clock.ms += 300;
  bar.update(99);
  assert.deepEqual(states.map(({ done, elapsedMs }) => [done, elapsedMs]), [[0, 0], [2, 300]]);
});

Deno.test("progress() keeps the order where the display takes its time", async () => {
  const shown: number[] = [];
  const sink = {
    everyMs: 0,
    async show({ done }: ProgressState) {
      await new Promise((resolve) => setTimeout(resolve, done === 1 ? 20 : 0));
      shown.push(done);
    },
  };
  const bar = progress({ label: "x", total: 3 }, { sink });
  bar.update(1);
  bar.update(2);
  await bar.update(3);
  assert.deepEqual(shown, [1, 2, 3]);
});

Deno.test("progress() goes on where the display fails, and says so once", async () => {
  const said: unknown[] = [], error = console.error;
  console.error = (text: unknown) => void said.push(text);
  try {
    const sink = { everyMs: 0, show: () => Promise.reject(new Error("no wire")) };
    const bar = progress({ label: "sweep", total: 2 }, { sink });
    await bar.update(1);
    await bar.update(2);
    assert.deepEqual(said, ["Cannot show the progress of sweep: Error: no wire"]);
  } finally {
    console.error = error;
  }
});

Deno.test("finish() returns nothing, so that it may be the last line of a cell", () => {
  assert.equal(progress({ label: "x", total: 1 }, fake().ports).finish(), undefined);
});

Deno.test("progress() outside a notebook writes to stderr, at once even if the loop never awaits", () => {
  const written: string[] = [], write = Deno.stderr.writeSync;
  Deno.stderr.writeSync = (bytes) => written.push(new TextDecoder().decode(bytes)) && bytes.length;
  try {
    progress({ label: "sweep", total: 5 }).update(1);
    assert.match(written.join(""), /sweep: 1 of 5 \(20 %\)/);
  } finally {
    Deno.stderr.writeSync = write;
  }
});

Deno.test("progress() wants at least one step", () => {
  assert.throws(() => progress({ label: "x", total: 0 }), /total must be at least 1: 0/);
});

Deno.test("progressText() forecasts once there is something to go by", () => {
  assert.equal(
    progressText({ ...STATE, done: 12, elapsedMs: 500 }),
    "sweep: 12 of 48 settings (25 %)",
  );
  assert.equal(
    progressText({ ...STATE, done: 12, elapsedMs: 4000, note: "trees 50" }),
    "sweep: 12 of 48 settings (25 %), about 12 s left, trees 50",
  );
});

Deno.test("progressText() never says 100 % before the end", () => {
  const text = progressText({ label: "x", total: 1000, done: 999, elapsedMs: 0, finished: false });
  assert.equal(text, "x: 999 of 1000 (99 %)");
  assert.equal(
    progressText({ ...STATE, done: 48, elapsedMs: 61_000, finished: true }),
    "sweep: done, 48 of 48 settings in 61 s",
  );
});
