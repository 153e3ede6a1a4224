/** Tells when rows of the store change, whoever writes them, so that others may keep what they read. */

import type { Store } from "./store.ts";

/**
 * Calls back at each change of a table's rows.
 *
 * @param store The store.
 * @param table One of its tables.
 * @param column A column of text.
 * @param prefix Only rows whose column begins with it; the empty string for all.
 * @param onChange Must not use the store: it is called inside the statement that changes it, which may
 * still be rolled back.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openStore } from "lib/local_azure/store.ts";
 * import { watchRows } from "lib/local_azure/store_watch.ts";
 *
 * const store = openStore(":memory:", () => 0);
 * let changes = 0;
 * watchRows(store, { table: "resources", column: "type", prefix: "vaults" }, () => changes++);
 * store.put({ id: "/v", type: "vaults", parent: "", body: {}, hidden: {} });
 * store.put({ id: "/m", type: "models", parent: "", body: {}, hidden: {} });
 * store.delete("/v");
 * assert.equal(changes, 2);
 * store.close();
 * ```
 */
export function watchRows(
  { db }: Store,
  { table, column, prefix }: { table: string; column: string; prefix: string },
  onChange: () => void,
): void {
  const name = `watch_${crypto.randomUUID().replaceAll("-", "")}`;
  db.function(name, () => {
    onChange();
    return 0;
  });
  const literal = `'${prefix.replaceAll("'", "''")}'`;
  for (const [event, row] of [["INSERT", "new"], ["UPDATE", "new"], ["DELETE", "old"]]) {
    db.exec(`
      CREATE TEMP TRIGGER ${name}_${event} AFTER ${event} ON main."${table}"
      WHEN substr(${row}."${column}", 1, ${prefix.length}) = ${literal}
      BEGIN SELECT ${name}(); END`);
  }
}
