/** Telemetry that was taken in: on disk, and a ring, since it is of use for days and not for ever. */

import type { Json, JsonRecord } from "lib/core/mod.ts";
import type { Store } from "./store.ts";
import type { TelemetryItem, TelemetryKind } from "./telemetry_item.ts";

/** Most items that are kept. */
export const MOST_ITEMS = 20_000;

/** Longest time that an item is kept after it came, in milliseconds: a week of Local Azure's clock. */
export const LONGEST_KEPT_MS = 7 * 86_400_000;

/** A trace in a line. */
export type TraceLine = JsonRecord & {
  readonly traceId: string;
  /** Name of its first item at the top. */
  readonly name: string;
  /** When its first item began, in milliseconds since 1970. */
  readonly begin: number;
  /** From the first item's beginning to the last one's end. */
  readonly durationMs: number;
  readonly items: number;
  /** Items that failed. */
  readonly failed: number;
  /** Programs that took part, in the order of the alphabet. */
  readonly roles: readonly string[];
};

/** What {@linkcode TelemetryStore.find} looks for. */
export interface TelemetryQuery {
  readonly kind?: TelemetryKind;
  readonly name?: string;
  readonly traceId?: string;
  /** Most items. Default 1000. */
  readonly limit?: number;
}

/** The ring. */
export interface TelemetryStore {
  /** Writes items down, all or none, and lets the oldest go. */
  add(items: readonly TelemetryItem[]): void;
  /** Traces, the one that began last first. */
  traces(limit: number): TraceLine[];
  /** Items that fit, in the order of their beginning. */
  find(query: TelemetryQuery): TelemetryItem[];
}

/** How large the ring is. */
export interface RingOptions {
  /** Default {@linkcode MOST_ITEMS}. */
  readonly mostItems?: number;
}

/**
 * The telemetry of a store.
 *
 * @param store The store.
 * @param now The present time of Local Azure's clock, in milliseconds since 1970.
 * @param options See {@linkcode RingOptions}.
 * @returns See {@linkcode TelemetryStore}.
 *
 * @example
 * ```ts ignore
 * // needs an open store
 * telemetryStore(store, () => clock.now().getTime()).add(items);
 * ```
 */
export function telemetryStore(
  { db, transaction }: Pick<Store, "db" | "transaction">,
  now: () => number,
  { mostItems = MOST_ITEMS }: RingOptions = {},
): TelemetryStore {
  db.exec(`
    CREATE TABLE IF NOT EXISTS telemetry (
      row INTEGER PRIMARY KEY AUTOINCREMENT, received_at INTEGER NOT NULL, time REAL NOT NULL,
      kind TEXT NOT NULL, trace TEXT NOT NULL, name TEXT NOT NULL, item TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS telemetry_by_trace ON telemetry (trace, time);
    CREATE INDEX IF NOT EXISTS telemetry_by_name ON telemetry (kind, name);
  `);
  const insert = db.prepare(
    "INSERT INTO telemetry (received_at, time, kind, trace, name, item) VALUES (?, ?, ?, ?, ?, ?)",
  );
  const tooMany = db.prepare(
    "DELETE FROM telemetry WHERE row <= (SELECT max(row) FROM telemetry) - ?",
  );
  const tooOld = db.prepare("DELETE FROM telemetry WHERE received_at < ?");
  // a metric about the program itself comes with each batch: by itself it makes no trace
  const latest = db.prepare(`
    SELECT trace, min(time) AS begin FROM telemetry WHERE trace <> '' AND kind <> 'metric'
    GROUP BY trace ORDER BY begin DESC LIMIT ?`);
  const summary = db.prepare(`
    SELECT min(time) AS begin, max(time + coalesce(item ->> 'durationMs', 0)) AS end,
      count(*) AS items, coalesce(sum(item ->> 'success' = 0), 0) AS failed,
      json_group_array(DISTINCT item ->> 'role') AS roles
    FROM telemetry WHERE trace = ? AND kind <> 'metric'`);
  const first = db.prepare(`
    SELECT name FROM telemetry WHERE trace = ? AND kind <> 'metric'
    ORDER BY item ->> 'parentId' <> '', time, row LIMIT 1`);

  function find({ kind, name, traceId, limit = 1000 }: TelemetryQuery): TelemetryItem[] {
    const wheres = ["1 = 1"], values: string[] = [];
    const asked = [["kind", kind], ["name", name], ["trace", traceId]] as const;
    for (const [column, value] of asked) {
      if (value !== undefined) wheres.push(`${column} = ?`), values.push(value);
    }
    return db.prepare(`
      SELECT item FROM (
        SELECT * FROM telemetry WHERE ${wheres.join(" AND ")} ORDER BY row DESC LIMIT ?
      ) ORDER BY time, row`).all(...values, limit)
      .map(({ item }) => JSON.parse(item as string));
  }

  function line(traceId: string): TraceLine {
    const { begin, end, items, failed, roles } = summary.get(traceId) as Record<string, number>;
    const names: string[] = JSON.parse(String(roles));
    return {
      ...{ traceId, name: String(first.get(traceId)!.name), begin },
      durationMs: Math.round((end - begin) * 1000) / 1000,
      ...{ items, failed, roles: names.filter(Boolean).sort() },
    };
  }

  return {
    find,
    add(items) {
      if (items.length === 0) return;
      const at = now();
      transaction(() => {
        for (const item of items) {
          const { time, kind, traceId, name } = item;
          insert.run(at, time, kind, traceId, name, JSON.stringify(item));
        }
        tooMany.run(mostItems);
        tooOld.run(at - LONGEST_KEPT_MS);
      });
    },
    traces: (limit) => latest.all(limit).map(({ trace }) => line(trace as string)),
  };
}

/** From the query of `/_local/telemetry`. */
export function readTelemetryQuery(search: URLSearchParams): TelemetryQuery {
  const [kind, name, traceId] = ["kind", "name", "trace"].map((key) =>
    search.get(key) ?? undefined
  );
  const limit = Number(search.get("limit") ?? 1000);
  return {
    ...kind !== undefined && { kind: kind as TelemetryKind },
    ...name !== undefined && { name },
    ...traceId !== undefined && { traceId },
    limit: Number.isInteger(limit) && limit >= 1 ? Math.min(limit, MOST_ITEMS) : 1000,
  };
}

/** Records as an answer takes them. */
export const asJson = (records: readonly JsonRecord[]): Json => records as unknown as Json;
