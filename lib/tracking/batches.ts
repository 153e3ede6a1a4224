/** What is logged at once, cut into pieces that the server takes. */

import type { JsonRecord } from "lib/core/mod.ts";

/** A parameter or a tag. */
export interface Pair {
  /** Its name. */
  readonly key: string;
  /** Always a text. */
  readonly value: string;
}

/** One point of a metric. */
export interface MetricPoint {
  /** Name of the metric. */
  readonly key: string;
  /** A finite number. */
  readonly value: number;
  /** Training step, epoch, tree: a whole number. */
  readonly step: number;
  /** When, in ISO 8601. */
  readonly at: string;
}

/** What one request carries. */
export interface Batch {
  /** Points of metrics. */
  readonly metrics: readonly MetricPoint[];
  /** Parameters. */
  readonly params: readonly Pair[];
  /** Tags. */
  readonly tags: readonly Pair[];
}

/**
 * Limits of one request.
 *
 * @see MLflow REST API, "Log Batch".
 */
export const BATCH_LIMITS = {
  /** Metrics, and items of any kind. */
  items: 1_000,
  /** Parameters, and tags. */
  pairs: 100,
  /** Bytes of JSON. */
  bytes: 1_000_000,
} as const;

/** Bytes kept free for the braces and names around the items. */
const FRAME = 1_000;

/**
 * Cuts what is to be logged into batches within {@linkcode BATCH_LIMITS}.
 *
 * @param all Everything; the order within each list is kept.
 * @returns As few batches as a simple cutting gives; none where there is nothing to log.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitBatches } from "lib/tracking/mod.ts";
 *
 * const params = Array.from({ length: 150 }, (_, i) => ({ key: `p${i}`, value: "1" }));
 * const batches = splitBatches({ metrics: [], params, tags: [] });
 * assert.deepEqual(batches.map(({ params }) => params.length), [100, 50]);
 * ```
 */
export function splitBatches({ metrics, params, tags }: Batch): Batch[] {
  const batches: Batch[] = [];
  let open = { metrics: [] as MetricPoint[], params: [] as Pair[], tags: [] as Pair[] };
  let items = 0, bytes = FRAME;

  function fill<K extends "metrics" | "params" | "tags">(
    list: K,
    all: Batch[K],
    most: number,
    size: (item: Batch[K][number]) => number,
  ): void {
    for (const item of all) {
      const more = size(item);
      const isFull = items === BATCH_LIMITS.items || open[list].length === most ||
        bytes + more > BATCH_LIMITS.bytes;
      if (isFull && items > 0) close();
      (open[list] as Batch[K][number][]).push(item);
      items++;
      bytes += more;
    }
  }

  function close(): void {
    batches.push(open);
    open = { metrics: [], params: [], tags: [] };
    items = 0;
    bytes = FRAME;
  }

  // parameters and tags first: metrics fill up what they leave
  fill("params", params, BATCH_LIMITS.pairs, sizeOf);
  fill("tags", tags, BATCH_LIMITS.pairs, sizeOf);
  fill("metrics", metrics, BATCH_LIMITS.items, (point) => sizeOf(metricBody(point)));
  if (items > 0) close();
  return batches;
}

/** A point as the server takes it. */
export function metricBody({ key, value, step, at }: MetricPoint): JsonRecord {
  return { key, value, step, timestamp: Date.parse(at) };
}

function sizeOf(item: unknown): number {
  return new TextEncoder().encode(JSON.stringify(item)).length + 1; // and the comma
}
