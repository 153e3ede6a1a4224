/** Telemetry on its way out: a bounded queue that gathers batches, and drops rather than waits. */

import type { Logger } from "./logger.ts";
import type { TelemetryRecord } from "./telemetry_record.ts";

/** Takes a batch; rejects if it was not taken. */
export type ExportTelemetry = (batch: readonly TelemetryRecord[]) => Promise<void>;

/** What a queue has done so far. */
export interface TelemetryCounts {
  /** Records that were taken by the other side. */
  readonly exported: number;
  /** Records lost because the queue was full. */
  readonly dropped: number;
  /** Records lost because the other side did not take them. */
  readonly failed: number;
  /** Records that wait. */
  readonly waiting: number;
}

/** Options of {@linkcode createTelemetryQueue}. */
export interface TelemetryQueueOptions {
  /** Opens the way out; asked for with the first batch, and again as long as it rejects. */
  readonly open: () => Promise<ExportTelemetry>;
  /** Most records that wait. Default 2048. */
  readonly most?: number;
  /** Most records of a batch. Default 256. */
  readonly batch?: number;
  /** Longest time that a record waits for others, in milliseconds. Default 5000. */
  readonly everyMs?: number;
  /** Starts something later; gives what calls it off. */
  readonly after: (milliseconds: number, run: () => void) => () => void;
  /** Says once that records are lost, and once that it goes on. Default nobody hears it. */
  readonly log?: Logger;
}

/** A queue. */
export interface TelemetryQueue {
  /** Takes a record. Neither waits nor throws: what has no room is counted. */
  add(record: TelemetryRecord): void;
  /** Sends what waits; resolves when that was tried. Never rejects. */
  flush(): Promise<void>;
  /** What it has done so far. */
  readonly counts: TelemetryCounts;
}

/**
 * A queue of telemetry. A batch that is not taken is lost, not repeated: telemetry is worth less than
 * the memory and the time of the program that it tells of.
 *
 * @param options See {@linkcode TelemetryQueueOptions}.
 * @returns See {@linkcode TelemetryQueue}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTelemetryQueue } from "lib/core/mod.ts";
 *
 * const names: string[] = [];
 * const queue = createTelemetryQueue({
 *   open: () => Promise.resolve((batch) => Promise.resolve(void names.push(...batch.map(({ name }) => name)))),
 *   after: () => () => {},
 *   most: 1,
 * });
 * const context = { traceId: "a".repeat(32), spanId: "b".repeat(16), sampled: true };
 * for (const name of ["first", "second"]) queue.add({ kind: "event", name, context, timeMs: 0, attributes: {} });
 * await queue.flush();
 * assert.deepEqual([names, queue.counts.exported, queue.counts.dropped], [["first"], 1, 1]);
 * ```
 */
export function createTelemetryQueue(options: TelemetryQueueOptions): TelemetryQueue {
  const { open, most = 2048, batch: perBatch = 256, everyMs = 5000, after, log } = options;
  let waiting: TelemetryRecord[] = [], exported = 0, dropped = 0, failed = 0, isLosing = false;
  let send: ExportTelemetry | undefined, running: Promise<void> | undefined;
  let callOff: (() => void) | undefined;

  /** Says it once: a line for each record would only fill the log. */
  function lose(reason: string, error?: unknown): void {
    if (!isLosing) log?.warn("telemetry is lost", { reason, error });
    isLosing = true;
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.slice(0, perBatch);
      waiting = waiting.slice(perBatch);
      try {
        send ??= await open();
        await send(batch);
        exported += batch.length;
        if (isLosing) log?.info("telemetry goes on", { dropped, failed });
        isLosing = false;
      } catch (error) {
        failed += batch.length;
        lose("it was not taken", error);
      }
    }
  }

  async function flush(): Promise<void> {
    callOff?.();
    callOff = undefined;
    await (running ??= drain().finally(() => running = undefined));
  }

  return {
    add(record) {
      if (waiting.length >= most) {
        dropped++;
        return lose("the queue is full");
      }
      waiting.push(record);
      callOff ??= after(everyMs, () => void flush());
    },
    flush,
    get counts() {
      return { exported, dropped, failed, waiting: waiting.length };
    },
  };
}
