/** Time enters the program here, so that a test can set it. */

/** Tells the time. */
export interface Clock {
  /** The present instant. */
  now(): Date;
}

/** The machine's clock. */
export const systemClock: Clock = { now: () => new Date() };

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves the clock on (or back) by so many milliseconds. */
  advance(milliseconds: number): void;
}

/**
 * A clock for tests and for scenes that must not depend on today.
 *
 * @param start An instant in ISO 8601.
 * @returns The clock, standing at `start`.
 * @throws {RangeError} If `start` is no instant.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { manualClock } from "lib/core/mod.ts";
 *
 * const clock = manualClock("2026-01-01T00:00:00Z");
 * clock.advance(90_000);
 * assert.equal(clock.now().toISOString(), "2026-01-01T00:01:30.000Z");
 * ```
 */
export function manualClock(start: string): ManualClock {
  let at = Date.parse(start);
  if (Number.isNaN(at)) {
    throw new RangeError(`Cannot set a clock as start must be an ISO 8601 instant: ${start}`);
  }
  return {
    now: () => new Date(at),
    advance(milliseconds: number) {
      at += milliseconds;
    },
  };
}
