import assert from "node:assert/strict";
import { createLogger, type LoggerOptions, manualClock } from "../../lib/core/mod.ts";

function recorder(options: LoggerOptions = {}) {
  const lines: string[] = [], clock = manualClock("2026-01-01T00:00:00Z");
  const log = createLogger({ write: (line) => lines.push(line), clock, ...options });
  return { log, lines, clock, last: () => JSON.parse(lines.at(-1)!) };
}

Deno.test("createLogger() writes one JSON object a line: time, level, message, ids, fields", () => {
  const { log, lines, clock } = recorder({ ids: { runId: "r1" } });
  clock.advance(1500);
  log.warn("two\nlines", { rows: 3, text: "a\nb" });
  assert.deepEqual(lines, [
    '{"time":"2026-01-01T00:00:01.500Z","level":"warn","message":"two\\nlines","runId":"r1",' +
    '"rows":3,"text":"a\\nb"}',
  ]);
});

Deno.test("createLogger() drops lines below its level, info by default", () => {
  const levels = (options: LoggerOptions) => {
    const { log, lines } = recorder(options);
    log.debug("d");
    log.info("i");
    log.warn("w");
    log.error("e");
    return lines.map((line) => JSON.parse(line).level);
  };
  assert.deepEqual(levels({}), ["info", "warn", "error"]);
  assert.deepEqual(levels({ level: "debug" }), ["debug", "info", "warn", "error"]);
  assert.deepEqual(levels({ level: "warn" }), ["warn", "error"]);
  assert.deepEqual(levels({ level: "error" }), ["error"]);
});

Deno.test("child() adds its ids to those of its parent and leaves the parent alone", () => {
  const { log, last } = recorder({ ids: { runId: "r1" }, level: "debug" });
  log.child({ requestId: "q1" }).child({ row: 2 }).debug("deep", { extra: 1 });
  const { runId, requestId, row, extra } = last();
  assert.deepEqual([runId, requestId, row, extra], ["r1", "q1", 2, 1]);
  log.info("parent");
  assert.deepEqual(Object.keys(last()), ["time", "level", "message", "runId"]);
});

Deno.test("child() replaces an id of the same name", () => {
  const { log, last } = recorder({ ids: { runId: "r1" } });
  log.child({ runId: "r2" }).info("x");
  assert.equal(last().runId, "r2");
});

Deno.test("createLogger() hides secrets in message, ids and fields", () => {
  const { log, lines } = recorder({ ids: { owner: "hunter22" }, secrets: ["hunter22"] });
  log.info("pw hunter22", {
    apiKey: "abcdef",
    url: "https://x?sig=abc",
    deep: { at: ["hunter22"] },
  });
  assert.doesNotMatch(lines[0], /hunter22|abcdef|sig=abc/);
  assert.equal(JSON.parse(lines[0]).apiKey, "[redacted]");
});

Deno.test("createLogger() hides a secret that is added later, in children too", () => {
  const secrets: string[] = [], { log, lines } = recorder({ secrets });
  const child = log.child({ requestId: "q1" });
  child.info("before new-secret");
  secrets.push("new-secret");
  child.info("after new-secret");
  log.info("after new-secret");
  assert.deepEqual(lines.map((line) => line.includes("new-secret")), [true, false, false]);
});

Deno.test("createLogger() writes an error's name and message", () => {
  const { log, last } = recorder();
  log.error("failed", { error: new RangeError("too large") });
  assert.deepEqual(last().error, { name: "RangeError", message: "too large" });
});

Deno.test("createLogger() does not fail on values that JSON does not have", () => {
  const { log, last } = recorder();
  log.info("odd", { big: 12n, at: new Date(0), nan: NaN, none: undefined, call: () => 1 });
  const { big, at, nan } = last();
  assert.deepEqual([big, at, nan], ["12", "1970-01-01T00:00:00.000Z", null]);
});

Deno.test("createLogger() writes to standard error where it is told nothing else", () => {
  const heard: unknown[][] = [], original = console.error;
  console.error = (...parts) => heard.push(parts);
  try {
    createLogger().info("hello");
  } finally {
    console.error = original;
  }
  assert.equal(heard.length, 1);
  assert.equal(JSON.parse(String(heard[0][0])).message, "hello");
});
