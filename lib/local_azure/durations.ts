/** Durations as Azure writes them. */

const PATTERN = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/**
 * The milliseconds of a duration.
 *
 * @param text ISO 8601 with days, hours, minutes and seconds, e.g. `PT1M30.5S`.
 * @returns Milliseconds, or nothing if the text is no such duration.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { durationMs } from "lib/local_azure/mod.ts";
 *
 * assert.equal(durationMs("PT1M30.5S"), 90_500);
 * assert.equal(durationMs("5 s"), undefined);
 * ```
 */
export function durationMs(text: string): number | undefined {
  const found = PATTERN.exec(text);
  if (!found || /^P$|T$/.test(text)) return undefined;
  const [days, hours, minutes, seconds] = found.slice(1).map((part) => Number(part ?? 0));
  return Math.round(1000 * (((days * 24 + hours) * 60 + minutes) * 60 + seconds));
}
