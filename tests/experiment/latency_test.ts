import assert from "node:assert/strict";
import { advance, countLatency, DEFAULT_ROLLOUT_POLICY } from "lib/experiment/mod.ts";

const times = (ms: number) => Array.from({ length: 100 }, (_, i) => ms + i / 100);

Deno.test("countLatency() holds green against blue, unless nobody would notice", () => {
  const input = { blueMs: times(5), greenMs: times(60) };
  assert.equal(countLatency(input, { p95Ms: 500, factor: 2 }).overBlue, 100);
  const limits = { p95Ms: 500, factor: 2, noticeableMs: 250 };
  assert.equal(countLatency(input, limits).overBlue, 0);
  assert.equal(countLatency({ ...input, greenMs: times(300) }, limits).overBlue, 100);
  assert.throws(
    () => countLatency(input, { ...limits, noticeableMs: -1 }),
    /noticeableMs must be 0 or/,
  );
});

Deno.test("advance() lets a green pass that is slower and not noticeably so", () => {
  const input = { blueMs: times(5), greenMs: times(60) };
  const said = (noticeableMs?: number) => {
    const latency = { ...DEFAULT_ROLLOUT_POLICY.latency, noticeableMs };
    const evidence = {
      quality: null,
      requests: { shareGreen: 1, blue: { rows: 100, errors: 0 }, green: { rows: 100, errors: 0 } },
      latency: countLatency(input, latency),
    };
    const { reasons } = advance(evidence, { ...DEFAULT_ROLLOUT_POLICY, latency });
    return reasons.find(({ criterion }) => criterion === "latency")!.verdict;
  };
  assert.deepEqual([said(), said(250)], ["roll-back", "advance"]);
});
