/** Structured logs: one JSON object a line, with ids that join and without secrets. */

import { type Clock, systemClock } from "./clock.ts";
import { redact } from "./redact.ts";

/** How grave a line is, from least to most. */
export type Level = "debug" | "info" | "warn" | "error";

const LEVELS: readonly Level[] = ["debug", "info", "warn", "error"];

/** Writes log lines. */
export interface Logger {
  /** For whoever is looking for a fault. */
  debug(message: string, fields?: Record<string, unknown>): void;
  /** What normally happens. */
  info(message: string, fields?: Record<string, unknown>): void;
  /** Something to look at; the work goes on. */
  warn(message: string, fields?: Record<string, unknown>): void;
  /** The work did not go on. */
  error(message: string, fields?: Record<string, unknown>): void;
  /** A logger that adds these ids to each line, e.g. `{ runId, requestId }`. */
  child(ids: Record<string, unknown>): Logger;
}

/** Options of {@linkcode createLogger}. */
export interface LoggerOptions {
  /** Takes one line, without the line's end. Default: standard error. */
  readonly write?: (line: string) => void;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Lines below it are dropped. Default `info`. */
  readonly level?: Level;
  /** Added to each line. Default none. */
  readonly ids?: Record<string, unknown>;
  /** Values that never appear. The array may grow while the logger is in use. Default none. */
  readonly secrets?: readonly string[];
}

/**
 * A logger.
 *
 * @param options See {@linkcode LoggerOptions}.
 * @returns A logger whose lines are `{"time":…,"level":…,"message":…, ids…, fields…}`.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createLogger, manualClock } from "lib/core/mod.ts";
 *
 * const lines: string[] = [];
 * const clock = manualClock("2026-01-01T00:00:00Z");
 * const log = createLogger({ write: (line) => lines.push(line), clock, ids: { runId: "r1" } });
 * log.info("trained", { trees: 50, apiKey: "abcdef" });
 * assert.equal(
 *   lines[0],
 *   '{"time":"2026-01-01T00:00:00.000Z","level":"info","message":"trained","runId":"r1","trees":50,"apiKey":"[redacted]"}',
 * );
 * ```
 */
export function createLogger(options: LoggerOptions = {}): Logger {
  const {
    write = (line: string) => console.error(line),
    clock = systemClock,
    level: lowest = "info",
    ids = {},
    secrets = [],
  } = options;

  function log(level: Level, message: string, fields: Record<string, unknown> = {}): void {
    if (LEVELS.indexOf(level) < LEVELS.indexOf(lowest)) return;
    const time = clock.now().toISOString();
    write(JSON.stringify(redact({ time, level, message, ...ids, ...fields }, secrets)));
  }

  return {
    debug: (message, fields) => log("debug", message, fields),
    info: (message, fields) => log("info", message, fields),
    warn: (message, fields) => log("warn", message, fields),
    error: (message, fields) => log("error", message, fields),
    child: (more) =>
      createLogger({ write, clock, level: lowest, ids: { ...ids, ...more }, secrets }),
  };
}
