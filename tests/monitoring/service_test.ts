import assert from "node:assert/strict";
import { summariseService } from "lib/monitoring/mod.ts";

const OBJECTIVES = { p95Ms: 100, errorShare: 0.01 };

/** A window of requests: times of answers, and statuses of failures that took 5 ms. */
function windowOf(times: number[], failures: number[] = []) {
  return {
    name: "window 1",
    requests: {
      status: Uint16Array.from([...times.map(() => 200), ...failures]),
      ms: Float64Array.from([...times, ...failures.map(() => 5)]),
    },
  };
}

const states = (window: ReturnType<typeof windowOf>) =>
  summariseService(window, OBJECTIVES).objectives.map(({ state }) => state);

Deno.test("summariseService(): percentiles of the answers, whatever failures took", () => {
  const times = Array.from({ length: 101 }, (_, i) => i);
  for (const failures of [[], Array(50).fill(503)]) {
    const { latency } = summariseService(windowOf(times, failures), OBJECTIVES);
    assert.deepEqual(latency, { p50Ms: 50, p95Ms: 95, p99Ms: 99 });
  }
});

Deno.test("summariseService(): failures are counted by whose they are", () => {
  const { errors, requests } = summariseService(
    windowOf([1, 1, 1], [400, 404, 424, 424, 429, 500, 503]),
    OBJECTIVES,
  );
  assert.equal(requests, 10);
  assert.deepEqual(
    [errors.count, errors.share, errors.client, errors.model, errors.server],
    [7, 0.7, 3, 2, 2],
  );
  assert.ok(errors.interval!.low > 0.39 && errors.interval!.high < 0.9);
});

Deno.test("summariseService(): missed only where chance does not explain it", () => {
  const fast = Array(100).fill(10);
  assert.deepEqual(states(windowOf(fast)), ["kept", "kept"]);
  assert.deepEqual(states(windowOf([...fast, ...Array(8).fill(400)])), ["undecided", "kept"]);
  assert.deepEqual(states(windowOf([...fast, ...Array(30).fill(400)])), ["missed", "kept"]);
  assert.deepEqual(states(windowOf(fast, [503, 503])), ["kept", "undecided"]);
  assert.deepEqual(states(windowOf(fast, Array(9).fill(503))), ["kept", "missed"]);
});

Deno.test("summariseService(): no requests, and none answered, are undecided", () => {
  const empty = summariseService(windowOf([]), OBJECTIVES);
  assert.deepEqual([empty.latency, empty.errors.share, empty.errors.interval], [null, null, null]);
  assert.deepEqual(empty.objectives.map(({ state }) => state), ["undecided", "undecided"]);
  assert.deepEqual(states(windowOf([], [503, 503, 503])), ["undecided", "missed"]);
});

Deno.test("summariseService() refuses what is no objective, status or time", () => {
  const window = windowOf([1]);
  assert.throws(() => summariseService(window, { ...OBJECTIVES, p95Ms: 0 }), /p95Ms must be/);
  assert.throws(
    () => summariseService(window, { ...OBJECTIVES, errorShare: 2 }),
    /errorShare must/,
  );
  assert.throws(() => summariseService(windowOf([], [7]), OBJECTIVES), /status must be .*: got 7/);
  assert.throws(() => summariseService(windowOf([NaN]), OBJECTIVES), /ms must be/);
  const uneven = { name: "w", requests: { status: Uint16Array.of(200), ms: new Float64Array() } };
  assert.throws(() => summariseService(uneven, OBJECTIVES), /1 statuses, 0 times/);
});
