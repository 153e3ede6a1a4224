/** A clock that a test can move, and that stays moved when Local Azure is started again. */

import type { Clock } from "lib/core/mod.ts";
import type { Store } from "./store.ts";

/** A clock that runs ahead of another, or behind it. */
export interface ShiftedClock extends Clock {
  /** How far it is ahead, in milliseconds. */
  readonly aheadMs: number;
  /** Sets how far it is ahead, in milliseconds. */
  shift(aheadMs: number): void;
}

/** The clock of a store, over another clock. */
export function createShiftedClock({ db }: Store, base: Clock): ShiftedClock {
  db.exec(
    "CREATE TABLE IF NOT EXISTS clock (one INTEGER PRIMARY KEY, ahead_ms INTEGER NOT NULL) STRICT",
  );
  const row = db.prepare("SELECT ahead_ms FROM clock").get();
  let aheadMs = Number(row?.ahead_ms ?? 0);
  return {
    now: () => new Date(base.now().getTime() + aheadMs),
    get aheadMs() {
      return aheadMs;
    },
    shift(milliseconds) {
      db.prepare("INSERT OR REPLACE INTO clock VALUES (1, ?)").run(milliseconds);
      aheadMs = milliseconds;
    },
  };
}
