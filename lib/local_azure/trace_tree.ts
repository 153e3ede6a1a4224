/** The items of a trace as they belong to each other. */

import type { TelemetryItem } from "./telemetry_item.ts";

/** An item in its place. */
export interface TraceRow {
  readonly item: TelemetryItem;
  /** How deep it lies: 0 at the top. */
  readonly depth: number;
}

/**
 * The items of a trace, each below what it was done for, in the order of their beginning.
 *
 * @param items In any order. One whose parent is not among them stands at the top; metrics are left out.
 * @returns See {@linkcode TraceRow}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { traceRows } from "lib/local_azure/trace_tree.ts";
 *
 * const item = (spanId: string, parentId: string, time: number) => ({
 *   ...{ kind: "request", traceId: "t", name: spanId, durationMs: 1, resultCode: "", success: true } as const,
 *   ...{ role: "", itemCount: 1, properties: {}, spanId, parentId, time },
 * });
 * const rows = traceRows([item("blob", "container", 3), item("container", "caller", 2), item("caller", "", 1)]);
 * assert.deepEqual(rows.map(({ item, depth }) => [item.name, depth]), [["caller", 0], ["container", 1], ["blob", 2]]);
 * ```
 */
export function traceRows(items: readonly TelemetryItem[]): TraceRow[] {
  const shown = items.filter(({ kind }) => kind !== "metric");
  const ids = new Set(shown.map(({ spanId }) => spanId).filter(Boolean));
  const children = Map.groupBy(shown, ({ parentId }) => ids.has(parentId) ? parentId : "");
  const rows: TraceRow[] = [], placed = new Set<TelemetryItem>();

  /** What begins in the same millisecond, which is all that senders tell, and takes longer, goes first. */
  function place(parentId: string, depth: number): void {
    const own = (children.get(parentId) ?? [])
      .toSorted((a, b) =>
        Math.floor(a.time) - Math.floor(b.time) || (b.durationMs ?? 0) - (a.durationMs ?? 0)
      );
    for (const item of own) {
      if (placed.has(item)) continue; // parents in a circle are somebody's mistake, and no reason to hang
      placed.add(item);
      rows.push({ item, depth });
      if (item.spanId !== "") place(item.spanId, depth + 1);
    }
  }

  place("", 0);
  for (const item of shown) if (!placed.has(item)) rows.push({ item, depth: 0 });
  return rows;
}
