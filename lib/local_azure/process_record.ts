/**
 * Child processes as rows of the store, so that a Local Azure that was killed leaves nothing behind for
 * long: the next one ends what is still there, found by number and start and never by name.
 */

import type { Store } from "./store.ts";

/** Remembers child processes. */
export interface ProcessRecord {
  /** A process was started. */
  add(pid: number): void;
  /** It has ended. */
  remove(pid: number): void;
  /** Ends what an earlier run left; tells which. */
  endOrphans(): Promise<number[]>;
}

/** How the record looks at processes and ends them. */
export interface ProcessView {
  /** Something that tells this process from a later one with its number; undefined if it is gone. */
  startOf(pid: number): Promise<string | undefined>;
  /** Ends it at once. */
  kill(pid: number): void;
}

/**
 * A record in a store.
 *
 * @param store Where the rows lie, in table `child_processes`.
 * @param view Default: this machine's processes.
 * @returns See {@linkcode ProcessRecord}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { openStore } from "lib/local_azure/store.ts";
 * import { createProcessRecord } from "lib/local_azure/process_record.ts";
 *
 * const store = openStore(":memory:", () => 0), killed: number[] = [];
 * const view = { startOf: () => Promise.resolve("then"), kill: (pid: number) => void killed.push(pid) };
 * const record = createProcessRecord(store, view);
 * record.add(4711);
 * await new Promise((done) => setTimeout(done)); // its start is looked up after it was added
 * assert.deepEqual(await createProcessRecord(store, view).endOrphans(), [4711]);
 * assert.deepEqual(killed, [4711]);
 * store.close();
 * ```
 */
export function createProcessRecord({ db }: Store, view: ProcessView = MACHINE): ProcessRecord {
  db.exec(
    "CREATE TABLE IF NOT EXISTS child_processes (pid INTEGER PRIMARY KEY, start TEXT NOT NULL) STRICT",
  );
  const insert = db.prepare("INSERT OR REPLACE INTO child_processes VALUES (?, ?)");
  const remove = db.prepare("DELETE FROM child_processes WHERE pid = ?");
  const select = db.prepare("SELECT pid, start FROM child_processes");
  const live = new Set<number>();
  return {
    add(pid) {
      live.add(pid);
      view.startOf(pid).then((start) => {
        if (start !== undefined && live.has(pid)) insert.run(pid, start);
      }).catch(() => {}); // without the right to look, its watcher alone ends it
    },
    remove(pid) {
      live.delete(pid);
      remove.run(pid);
    },
    async endOrphans() {
      const ended: number[] = [];
      for (const { pid, start } of select.all() as { pid: number; start: string }[]) {
        if (live.has(pid)) continue;
        if (await view.startOf(pid) === start) {
          view.kill(pid);
          ended.push(pid);
        }
        remove.run(pid);
      }
      return ended;
    },
  };
}

const MACHINE: ProcessView = {
  async startOf(pid) {
    try {
      const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
      const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" "); // from the third field on
      if (fields[0] === "Z") return undefined;
      const boot = await Deno.readTextFile("/proc/sys/kernel/random/boot_id");
      return `${boot.trim()} ${fields[19]}`;
    } catch (error) {
      if (Deno.build.os === "linux" && error instanceof Deno.errors.NotFound) return undefined;
    }
    if (Deno.build.os === "windows") return undefined;
    const { success, stdout } = await new Deno.Command("ps", {
      args: ["-o", "lstart=", "-p", String(pid)],
      env: { LC_ALL: "C", TZ: "UTC" },
      stderr: "null",
    }).output();
    return success ? new TextDecoder().decode(stdout).trim() : undefined;
  },
  kill(pid) {
    try {
      Deno.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  },
};
