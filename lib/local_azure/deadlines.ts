/**
 * Time limits of many things at once over one timer: making and clearing a timer for each would cost
 * more than what it watches.
 */

/** Watches time limits. */
export interface Deadlines<T> {
  /** From now on, `item` has so many milliseconds. It must have no limit yet. */
  begin(item: T, milliseconds: number): void;
  /** It was in time. */
  end(item: T): void;
  /** Forgets all of them. */
  close(): void;
}

/**
 * A watch.
 *
 * @param onOver Called with each item whose time is over, once; it has no limit any more then.
 * @returns See {@linkcode Deadlines}. Its timer does not keep the process alive.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createDeadlines } from "lib/local_azure/deadlines.ts";
 *
 * const over: string[] = [], deadlines = createDeadlines<string>((item) => over.push(item));
 * deadlines.begin("slow", 10);
 * deadlines.begin("fast", 5);
 * deadlines.end("fast");
 * await new Promise((done) => setTimeout(done, 30));
 * assert.deepEqual(over, ["slow"]);
 * ```
 */
export function createDeadlines<T>(onOver: (item: T) => void): Deadlines<T> {
  const limits = new Map<T, number>();
  let timer: ReturnType<typeof setTimeout> | undefined, firesAt = Infinity;

  function arm(at: number, now: number): void {
    clearTimeout(timer);
    firesAt = at;
    timer = setTimeout(fire, Math.max(at - now, 1));
    Deno.unrefTimer(timer);
  }

  function fire(): void {
    const now = performance.now();
    let next = Infinity;
    firesAt = Infinity;
    timer = undefined;
    for (const [item, at] of limits) {
      if (at > now) next = Math.min(next, at);
      else {
        limits.delete(item);
        onOver(item);
      }
    }
    if (next < firesAt) arm(next, now);
  }

  return {
    begin(item, milliseconds) {
      const now = performance.now(), at = now + milliseconds;
      limits.set(item, at);
      // whoever ends in time leaves the timer alone: it finds nothing then, or what came since
      if (at < firesAt) arm(at, now);
    },
    end(item) {
      limits.delete(item);
    },
    close() {
      clearTimeout(timer);
      timer = undefined;
      firesAt = Infinity;
      limits.clear();
    },
  };
}
