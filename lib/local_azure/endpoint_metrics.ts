/**
 * What endpoints have answered, minute by minute: counts by deployment and status, and how long answers
 * took. Kept for a week; what is younger than five seconds is in memory only, and lost with the process.
 */

import { type Clock, mergeSketches, type QuantileSketch, sketchOf } from "lib/core/mod.ts";
import type { Store } from "./store.ts";

/** How often one kind of answer was given. */
export interface AnswerCount {
  /** What the caller was answered. */
  readonly status: number;
  /** What the container answered; 0 where it did not. */
  readonly modelStatus: number;
  readonly count: number;
}

/** One minute of one deployment. */
export interface MetricMinute {
  /** Name of the deployment; empty for what was turned away before one was chosen. */
  readonly deployment: string;
  /** Its beginning, in milliseconds since 1970. */
  readonly minute: number;
  readonly answers: readonly AnswerCount[];
  /** Latencies of what was passed to the container, in milliseconds. */
  readonly latency: QuantileSketch;
  /** Their sum, in milliseconds. */
  readonly latencySum: number;
  /** Their number. */
  readonly latencyCount: number;
}

/** Takes down answers of one deployment. `latencyMs` is missing where no container was asked. */
export type ObserveAnswer = (
  status: number,
  modelStatus: number | undefined,
  latencyMs: number | undefined,
) => void;

/** The metrics of a store. */
export interface EndpointMetrics {
  /** For the answers of one deployment; `deployment` is empty where none was chosen. */
  observer(endpointId: string, deployment: string): ObserveAnswer;
  /** Minutes of an endpoint from one instant to before another, by time and deployment. */
  read(endpointId: string, from: number, to: number): MetricMinute[];
}

/** Length of a bucket, in milliseconds. */
export const MINUTE_MS = 60_000;

/** Longest time that minutes are kept, in milliseconds. */
const KEPT_MS = 7 * 86_400_000;

/** Longest time that answers are in memory only, in milliseconds. */
const UNSAVED_MS = 5000;

/** Latencies that are gathered before they are folded into the sketch. */
const CHUNK = 1024;

/** A minute that is being counted. */
interface Bucket {
  readonly endpointId: string;
  readonly deployment: string;
  readonly minute: number;
  /** By `status * 1000 + modelStatus`. */
  readonly counts: Map<number, number>;
  latency: QuantileSketch;
  latencySum: number;
  latencyCount: number;
  readonly chunk: Float64Array;
  filled: number;
}

const known = new WeakMap<Store["db"], EndpointMetrics>();

/**
 * The metrics of a store: the same ones whoever asks, so that the control plane reads what the router has
 * just counted.
 *
 * @param store The store.
 * @param clock Local Azure's.
 * @returns See {@linkcode EndpointMetrics}.
 *
 * @example
 * ```ts ignore
 * // needs an open store
 * const observe = endpointMetrics(store, clock).observer(endpointId, "blue");
 * observe(200, 200, 3.5);
 * ```
 */
export function endpointMetrics(
  store: Pick<Store, "db" | "transaction">,
  clock: Clock,
): EndpointMetrics {
  const there = known.get(store.db);
  if (there) return there;
  const made = createMetrics(store, clock);
  known.set(store.db, made);
  return made;
}

function createMetrics(
  { db, transaction }: Pick<Store, "db" | "transaction">,
  clock: Clock,
): EndpointMetrics {
  db.exec(`
    CREATE TABLE IF NOT EXISTS endpoint_metrics (
      endpoint TEXT NOT NULL, minute INTEGER NOT NULL, deployment TEXT NOT NULL, body TEXT NOT NULL,
      PRIMARY KEY (endpoint, minute, deployment)
    ) STRICT, WITHOUT ROWID`);
  const upsert = db.prepare("INSERT OR REPLACE INTO endpoint_metrics VALUES (?, ?, ?, ?)");
  const one = db.prepare(
    "SELECT body FROM endpoint_metrics WHERE endpoint = ? AND minute = ? AND deployment = ?",
  );
  const range = db.prepare(`
    SELECT body FROM endpoint_metrics WHERE endpoint = ? AND minute >= ? AND minute < ?
    ORDER BY minute, deployment`);
  const tooOld = db.prepare("DELETE FROM endpoint_metrics WHERE minute < ?");
  const dirty = new Set<Bucket>();
  let timer: ReturnType<typeof setTimeout> | undefined;

  function save(): void {
    clearTimeout(timer);
    timer = undefined;
    if (dirty.size === 0) return;
    transaction(() => {
      for (const bucket of dirty) {
        const { endpointId, minute, deployment } = bucket;
        upsert.run(endpointId, minute, deployment, JSON.stringify(minuteOf(bucket)));
      }
      tooOld.run(clock.now().getTime() - KEPT_MS);
    });
    dirty.clear();
  }

  function saveLater(): void {
    timer ??= setTimeout(() => {
      try {
        save();
      } catch {
        // the store is closed: whoever closes Local Azure does not wait for metrics
      }
    }, UNSAVED_MS);
    Deno.unrefTimer(timer);
  }

  /** A bucket goes on where an earlier process has left it. */
  function open(endpointId: string, deployment: string, minute: number): Bucket {
    const row = one.get(endpointId, minute, deployment);
    const left: MetricMinute | undefined = row && JSON.parse(row.body as string);
    return {
      ...{ endpointId, deployment, minute },
      counts: new Map(
        left?.answers.map(({ status, modelStatus, count }) => [status * 1000 + modelStatus, count]),
      ),
      latency: left?.latency ?? sketchOf([]),
      latencySum: left?.latencySum ?? 0,
      latencyCount: left?.latencyCount ?? 0,
      ...{ chunk: new Float64Array(CHUNK), filled: 0 },
    };
  }

  return {
    observer(endpointId, deployment) {
      let bucket: Bucket | undefined;
      return (status, modelStatus = 0, latencyMs) => {
        const now = clock.now().getTime(), minute = now - now % MINUTE_MS;
        if (bucket?.minute !== minute) bucket = open(endpointId, deployment, minute);
        const key = status * 1000 + modelStatus;
        bucket.counts.set(key, (bucket.counts.get(key) ?? 0) + 1);
        if (latencyMs !== undefined) {
          if (bucket.filled === CHUNK) fold(bucket);
          bucket.chunk[bucket.filled++] = latencyMs;
          bucket.latencySum += latencyMs;
          bucket.latencyCount++;
        }
        dirty.add(bucket);
        if (timer === undefined) saveLater();
      };
    },
    read(endpointId, from, to) {
      save();
      return range.all(endpointId, from, to).map(({ body }) => JSON.parse(body as string));
    },
  };
}

function fold(bucket: Bucket): void {
  const { chunk, filled, latency } = bucket;
  bucket.latency = mergeSketches(latency, sketchOf(chunk.subarray(0, filled)));
  bucket.filled = 0;
}

function minuteOf(bucket: Bucket): MetricMinute {
  fold(bucket);
  const { deployment, minute, counts, latency, latencySum, latencyCount } = bucket;
  const answers = [...counts].map(([key, count]) => ({
    ...{ status: Math.floor(key / 1000), modelStatus: key % 1000, count },
  }));
  return { deployment, minute, answers, latency, latencySum, latencyCount };
}
