/** The collector: answered requests on their way to Blob, by way of the spool. */

import { type Clock, type Logger, sha256, systemClock } from "lib/core/mod.ts";
import type { AppendSink } from "./append_sink.ts";
import { type CollectedLine, collectedLines, MAX_BLOCK, type Origin } from "./records.ts";
import type { ScoredRequest, ScoredSink } from "./scored.ts";
import type { Segment, Spool } from "./spool.ts";
import { systemTimers, type Timers } from "./timers.ts";

/** What the collector has done so far. */
export interface CollectorState {
  /** Requests kept. */
  readonly collected: number;
  /** Requests that sampling left out. */
  readonly leftOut: number;
  /** Requests lost: the spool was full, or its disk failed. */
  readonly lost: number;
  /** Records written to Blob by this process. */
  readonly written: number;
  /** Bytes that wait in the spool. */
  readonly waitingBytes: number;
}

/** A collector. */
export interface Collector extends ScoredSink {
  /** What it has done so far. */
  readonly state: CollectorState;
  /** Writes what waits; resolves when it is written, or has failed once more. Never rejects. */
  flush(): Promise<void>;
  /** Writes what waits for as long as the signal lets it, and ends. What is left stays in the spool. */
  close(signal: AbortSignal): Promise<void>;
}

/** Options of {@linkcode createCollector}. */
export interface CollectorOptions {
  /** Takes each request before its answer is sent. */
  readonly spool: Spool;
  /** Opens the way to Blob; asked again as long as it rejects. */
  readonly openSink: () => Promise<AppendSink>;
  /** Who collects. */
  readonly origin: Origin;
  /** Share of the requests that is kept, from 0 to 1, chosen by correlation id. Default 1. */
  readonly sampling?: number;
  /** Something is written at the latest so long after it was collected, in milliseconds. Default 10 s. */
  readonly flushMs?: number;
  /** … or as soon as so much waits, in bytes. Default 1 MB. */
  readonly flushBytes?: number;
  /** Says what goes wrong; no rows. Default nobody hears it. */
  readonly log?: Logger;
  /** Default: the machine's timers. */
  readonly timers?: Timers;
  /** Tells when retries are due. Default: the machine's clock. */
  readonly clock?: Clock;
}

/** Wait after a failure, in milliseconds: the first, doubled each time up to the longest. */
const FIRST_RETRY_MS = 1_000, LONGEST_RETRY_MS = 60_000;

/** Longest time that one exchange with Blob may take, in milliseconds. */
const EXCHANGE_MS = 30_000;

/**
 * A collector. `collect` writes to the spool and nothing else, so neither a slow nor an absent Blob
 * delays or fails an answer. Lines leave the spool when Blob has acknowledged them.
 *
 * Each record gets to Blob once: where it is not known whether a block arrived (a failed exchange, or
 * what a process that is gone has left) the blob is read first, and records that it has are left out.
 *
 * What may be lost: requests beyond the spool's size while Blob is away (counted and logged); the spool
 * itself, if the instance loses its disk or its power. `mod.ts` has the bounds.
 *
 * @param options See {@linkcode CollectorOptions}.
 * @returns See {@linkcode Collector}. What an earlier process has left is written at the first flush.
 *
 * @example
 * ```ts ignore
 * // writes files
 * const spool = openSpool({ folder: "/tmp/collector", instance, maxBytes: 64_000_000 });
 * const collector = createCollector({ spool, openSink, origin });
 * ```
 */
export function createCollector(options: CollectorOptions): Collector {
  const {
    spool,
    openSink,
    origin,
    sampling = 1,
    flushMs = 10_000,
    flushBytes = 1_000_000,
    log,
    timers = systemTimers,
    clock = systemClock,
  } = options;
  const ending = new AbortController();
  let collected = 0, leftOut = 0, lost = 0, written = 0, isLosing = false, isClosing = false;
  let failures = 0, retryAt = 0, cancelTimer: (() => void) | undefined;
  let sink: AppendSink | undefined, running: Promise<void> | undefined;
  const unsure = new Set<string>(); // files of which Blob may have something already

  function collect(scored: ScoredRequest): void {
    if (!isChosen(scored.correlationId, sampling)) {
      leftOut++;
      return;
    }
    try {
      const lines = collectedLines(scored, origin);
      if (lines.some(isTooLong)) return lose("a row is longer than a block");
      if (!spool.append(lines)) return lose("the spool is full");
    } catch (error) {
      return lose("the spool cannot be written", error);
    }
    collected++;
    isLosing = false;
    schedule();
  }

  /** Counts each, says it once: a line for each request would only fill the log. */
  function lose(reason: string, error?: unknown): void {
    lost++;
    if (!isLosing) log?.error("collecting stopped", { reason, lost, error });
    isLosing = true;
  }

  /** Sees to it that what waits is written: now if it is much, else after a while. */
  function schedule(): void {
    if (running || isClosing) return;
    const wait = retryAt - clock.now().getTime();
    if (wait <= 0 && spool.bytes >= flushBytes) void flush();
    else cancelTimer ??= timers.after(wait > 0 ? wait : flushMs, () => void flush());
  }

  async function flush(): Promise<void> {
    cancelTimer?.();
    cancelTimer = undefined;
    await running; // which may have begun before the last request came
    await once();
    if (spool.bytes > 0) schedule();
  }

  /** One at a time: two would write the same files. */
  function once(): Promise<void> {
    return running ??= drain().finally(() => running = undefined);
  }

  async function drain(): Promise<void> {
    try {
      for (const segment of spool.seal()) {
        await ship(segment);
        spool.remove(segment);
        unsure.delete(segment.file);
      }
      if (failures > 0) log?.info("collecting goes on", { failures });
      failures = retryAt = 0;
    } catch (error) {
      const wait = Math.min(FIRST_RETRY_MS * 2 ** failures++, LONGEST_RETRY_MS);
      retryAt = clock.now().getTime() + wait;
      const waitingBytes = spool.bytes;
      log?.warn("not written to Blob", { error, failures, retryMs: wait, waitingBytes });
    }
  }

  async function ship(segment: Segment): Promise<void> {
    sink ??= await openSink();
    const isUnsure = segment.isLeft || unsure.has(segment.file);
    unsure.add(segment.file); // until it is done
    const lines = Map.groupBy(spool.read(segment), ({ path }) => path);
    for (const [path, all] of lines) {
      const missing = isUnsure ? await withoutPresent(sink, path, all) : all;
      for (const block of blocksOf(missing)) {
        await sink.append(path, block.bytes, exchange());
        written += block.records;
      }
    }
  }

  async function withoutPresent(
    sink: AppendSink,
    path: string,
    lines: readonly CollectedLine[],
  ): Promise<CollectedLine[]> {
    const has = await sink.present(path, new Set(lines.map(({ id }) => id)), exchange());
    return lines.filter(({ id }) => !has.has(id));
  }

  function exchange(): AbortSignal {
    return AbortSignal.any([ending.signal, timers.deadline(EXCHANGE_MS)]);
  }

  return {
    collect,
    flush,
    get state() {
      return { collected, leftOut, lost, written, waitingBytes: spool.bytes };
    },
    async close(signal) {
      isClosing = true;
      cancelTimer?.();
      const stop = () => ending.abort(signal.reason);
      if (signal.aborted) stop();
      else signal.addEventListener("abort", stop);
      await running; // what it did not take up yet is taken up now
      if (spool.bytes > 0 && !signal.aborted) await once();
      signal.removeEventListener("abort", stop);
      spool.close();
    },
  };
}

/** The same request is always chosen, or never, on each instance and in each collection. */
function isChosen(correlationId: string, sampling: number): boolean {
  if (sampling >= 1) return true;
  return sampling > 0 && parseInt(sha256(correlationId).slice(0, 8), 16) / 2 ** 32 < sampling;
}

const encoder = new TextEncoder();

function isTooLong({ line }: CollectedLine): boolean {
  // three bytes a UTF-16 unit at the most: only long lines are really counted
  return line.length * 3 >= MAX_BLOCK && encoder.encode(line).length >= MAX_BLOCK;
}

/** Lines joined to blocks that Blob takes. */
function blocksOf(lines: readonly CollectedLine[]): { bytes: Uint8Array; records: number }[] {
  const blocks: { parts: Uint8Array[]; size: number }[] = [];
  for (const { line } of lines) {
    const part = encoder.encode(line + "\n"), last = blocks.at(-1);
    if (last && last.size + part.length <= MAX_BLOCK) {
      last.parts.push(part);
      last.size += part.length;
    } else blocks.push({ parts: [part], size: part.length });
  }
  return blocks.map(({ parts, size }) => {
    const bytes = new Uint8Array(size);
    parts.reduce((at, part) => (bytes.set(part, at), at + part.length), 0);
    return { bytes, records: parts.length };
  });
}
