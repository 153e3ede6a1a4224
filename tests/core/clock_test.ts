import assert from "node:assert/strict";
import { manualClock, systemClock } from "../../lib/core/mod.ts";

Deno.test("manualClock() stands still until it is moved, and goes back too", () => {
  const clock = manualClock("2026-03-29T00:59:59.500Z");
  assert.equal(clock.now().toISOString(), "2026-03-29T00:59:59.500Z");
  assert.equal(clock.now().getTime(), clock.now().getTime());
  clock.advance(500);
  assert.equal(clock.now().toISOString(), "2026-03-29T01:00:00.000Z");
  clock.advance(-3_600_000);
  assert.equal(clock.now().toISOString(), "2026-03-29T00:00:00.000Z");
});

Deno.test("manualClock() cannot be moved through a date that it gave", () => {
  const clock = manualClock("2026-01-01T00:00:00Z");
  clock.now().setUTCFullYear(1999);
  assert.equal(clock.now().getUTCFullYear(), 2026);
});

Deno.test("manualClock() refuses what is no instant", () => {
  assert.throws(() => manualClock("soon"), {
    name: "RangeError",
    message: "Cannot set a clock as start must be an ISO 8601 instant: soon",
  });
});

Deno.test("systemClock tells the machine's time", () => {
  const before = Date.now(), now = systemClock.now().getTime(), after = Date.now();
  assert.ok(before <= now && now <= after);
});
