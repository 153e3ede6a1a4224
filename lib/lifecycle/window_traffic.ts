/** What one window of a scene sends: batches of rows, and the labels that arrive later. */

import { BadInput } from "lib/core/mod.ts";
import type { Scene, SceneWindow } from "lib/data/mod.ts";
import { type Batch, batchBody } from "./send_batch.ts";
import type { CallerRecord, LabelRecord } from "./traffic_records.ts";

/** Largest body that the service takes, in bytes. */
const MAX_BODY = 1_500_000;

/** The requests of a window, sent evenly over its (simulated) time. */
export function batchesOf(
  { features, idPrefix }: Scene,
  { number, x, correlationIds }: SceneWindow,
  { time, from, windowMs, batchRows }: {
    time: CallerRecord["window"];
    from: number;
    windowMs: number;
    batchRows: number;
  },
): Batch[] {
  const d = features.length, columns = features.map(({ name }) => name);
  const count = Math.ceil(correlationIds.length / batchRows);
  return Array.from({ length: count }, (_, q) => {
    const first = q * batchRows, end = Math.min(first + batchRows, correlationIds.length);
    return {
      window: time,
      requestId: `${idPrefix}-w${number}-q${q + 1}`,
      sentAt: iso(from + Math.floor(q / count * windowMs)), // evenly over the window
      columns,
      x: x.subarray(first * d, end * d),
      correlationIds: correlationIds.slice(first, end),
    };
  });
}

/**
 * The body of a batch.
 *
 * @throws {BadInput} If it is larger than the service takes.
 */
export function bodyOf(batch: Batch): string {
  const body = batchBody(batch);
  if (body.length * 3 < MAX_BODY || new TextEncoder().encode(body).length <= MAX_BODY) return body;
  const rule = `must make bodies of at most ${MAX_BODY} bytes`;
  throw new BadInput({ field: "batchRows", rule, value: batch.correlationIds.length });
}

/** Labels become known at the end of a window: their own, or one so many windows later. */
export function labelsOf(
  { classes }: Scene,
  { actual, correlationIds, labelDelay }: SceneWindow,
  { from, windowMs }: { from: number; windowMs: number },
): LabelRecord[] {
  return correlationIds.flatMap((correlationId, i) => {
    if (labelDelay[i] < 0) return [];
    const arrivedAt = iso(from + (1 + labelDelay[i]) * windowMs);
    return [{ correlationId, label: classes[actual[i]], arrivedAt }];
  });
}

/** An instant as ISO 8601 in UTC. */
export function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}
