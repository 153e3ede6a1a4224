/**
 * Long-running operations. Each is a row in the store before the client hears of it, so one that a
 * crash cut off is taken up again by the next start; its outcome and what it changed are written
 * together.
 */

import { randomUUID } from "node:crypto";
import type { Clock, Logger } from "lib/core/mod.ts";
import { conflict } from "./arm_error.ts";
import type { Store } from "./store.ts";

/** What the resource is shown as while the operation runs. */
export type Doing = "Creating" | "Updating" | "Deleting" | "Scaling";

/** Why an operation did not succeed, as its status tells it. */
export interface OperationError {
  /** E.g. `ImageBuildFailure`. */
  readonly code: string;
  /** One sentence. */
  readonly message: string;
  /** More of the same, e.g. the container's last log lines. */
  readonly details: readonly { readonly code: string; readonly message: string }[];
}

/** One operation. */
export interface Operation {
  /** A GUID. */
  readonly id: string;
  /** Which runner it is for, e.g. `deployment.put`. */
  readonly kind: string;
  /** Id of the resource, in lower case. */
  readonly target: string;
  readonly doing: Doing;
  readonly status: "Running" | "Succeeded" | "Failed" | "Canceled";
  readonly error?: OperationError;
  readonly startedAt: Date;
  readonly endedAt?: Date;
}

/** Does the work of one kind of operation. */
export interface Runner {
  /**
   * Works. May be begun again after a crash, from the beginning.
   *
   * @param signal Raised when somebody cancels the operation, or Local Azure closes.
   * @returns Writes the outcome into the store, in one transaction with the operation's success.
   */
  run(operation: Operation, signal: AbortSignal): Promise<() => void>;
  /** Writes the failure into the store, in one transaction with the operation's. */
  failed(operation: Operation, error: OperationError): void;
  /** The error to tell. Default: code `InternalServerError` and the message. */
  explain?(operation: Operation, error: Error): OperationError;
}

/** The engine. */
export interface Operations {
  /** Raised when the engine closes. */
  readonly closing: AbortSignal;
  /** Adds a kind. */
  register(kind: string, runner: Runner): void;
  /**
   * Begins an operation.
   *
   * @param begun Kind, target and what it does.
   * @param write Writes into the store, in one transaction with the operation, what the resource is
   * shown as meanwhile and what the runner needs to know.
   * @throws {ArmError} 409 if another one is running on the target.
   */
  begin(
    begun: Pick<Operation, "kind" | "target" | "doing">,
    write?: (operation: Operation) => void,
  ): Operation;
  /** The operation with that id. */
  get(id: string): Operation | undefined;
  /** The one that runs on a target. */
  running(target: string): Operation | undefined;
  /** The same operation once it has ended, or after so many milliseconds. */
  settled(id: string, milliseconds: number): Promise<Operation | undefined>;
  /** Cancels what runs on a target or below it, and waits until it has ended. */
  cancel(target: string): Promise<void>;
  /** Takes up what an earlier process left unfinished. */
  resume(): void;
  /** Stops working; what runs is taken up by the next start. */
  close(): Promise<void>;
}

/** Ended operations are kept for so long, in milliseconds: a week. */
const KEPT_MS = 7 * 86_400_000;

/** The operations of a store. */
export function createOperations(
  { store, clock, log }: { store: Store; clock: Clock; log: Logger },
): Operations {
  const { db } = store;
  db.exec(`
    CREATE TABLE IF NOT EXISTS operations (
      id TEXT PRIMARY KEY, kind TEXT NOT NULL, target TEXT NOT NULL, doing TEXT NOT NULL,
      status TEXT NOT NULL, error TEXT,
      started_at INTEGER NOT NULL, ended_at INTEGER
    ) STRICT;
    CREATE INDEX IF NOT EXISTS operations_running ON operations (target) WHERE ended_at IS NULL;
  `);
  const insert = db.prepare(
    "INSERT INTO operations VALUES (:id, :kind, :target, :doing, 'Running', NULL, :at, NULL)",
  );
  const byId = db.prepare("SELECT * FROM operations WHERE id = ?");
  const byTarget = db.prepare("SELECT * FROM operations WHERE target = ? AND ended_at IS NULL");
  const unfinished = db.prepare("SELECT * FROM operations WHERE ended_at IS NULL ORDER BY rowid");
  const finish = db.prepare(
    "UPDATE operations SET status = ?, error = ?, ended_at = ? WHERE id = ?",
  );
  const sweep = db.prepare("DELETE FROM operations WHERE ended_at < ?");

  const runners = new Map<string, Runner>();
  const live = new Map<string, { target: string; abort: AbortController; ended: Promise<void> }>();
  const closing = new AbortController();

  function get(id: string): Operation | undefined {
    const row = byId.get(id);
    return row && operation(row);
  }

  function running(target: string): Operation | undefined {
    const row = byTarget.get(target.toLowerCase());
    return row && operation(row);
  }

  function start(begun: Operation): void {
    const abort = new AbortController();
    // not before the caller has its answer, so that it never misses the state in between
    const ended = Promise.resolve().then(() => work(begun, abort.signal))
      .catch((error) =>
        log.error("operation could not be recorded", { operation: begun.id, error })
      )
      .finally(() => live.delete(begun.id));
    live.set(begun.id, { target: begun.target, abort, ended });
  }

  async function work(begun: Operation, signal: AbortSignal): Promise<void> {
    const runner = runners.get(begun.kind)!;
    const end = (status: Operation["status"], error: OperationError | null, write: () => void) =>
      store.transaction(() => {
        write();
        const text = error && JSON.stringify(error);
        finish.run(status, text, clock.now().getTime(), begun.id);
      });
    try {
      const write = await runner.run(begun, signal);
      signal.throwIfAborted();
      end("Succeeded", null, write);
    } catch (thrown) {
      if (closing.signal.aborted) return; // left unfinished on purpose
      const error = signal.aborted ? CANCELED : told(runner, begun, thrown as Error);
      end(signal.aborted ? "Canceled" : "Failed", error, () => runner.failed(begun, error));
      const { kind, target, id } = begun;
      log.warn("operation ended without success", { kind, target, operation: id, error });
    }
  }

  return {
    closing: closing.signal,
    register: (kind, runner) => void runners.set(kind, runner),
    begin({ kind, target, doing }, write = () => {}) {
      const other = running(target);
      if (other) {
        const since = other.startedAt.toISOString();
        throw conflict(
          `Cannot change '${target}' as operation '${other.id}' (${other.doing}) has been running on it ` +
            `since ${since}: wait until it has ended.`,
        );
      }
      const id = randomUUID(), at = clock.now();
      const key = target.toLowerCase();
      const begun: Operation = { id, kind, target: key, doing, status: "Running", startedAt: at };
      store.transaction(() => {
        sweep.run(at.getTime() - KEPT_MS);
        insert.run({ id, kind, target: key, doing, at: at.getTime() });
        write(begun);
      });
      start(begun);
      return begun;
    },
    get,
    running,
    async settled(id, milliseconds) {
      const ended = live.get(id)?.ended;
      if (ended) {
        let timer: ReturnType<typeof setTimeout> | undefined;
        const late = new Promise<void>((done) => timer = setTimeout(done, milliseconds));
        await Promise.race([ended, late]);
        clearTimeout(timer);
      }
      return get(id);
    },
    async cancel(target) {
      const key = target.toLowerCase();
      const found = [...live.values()].filter((one) =>
        one.target === key || one.target.startsWith(`${key}/`)
      );
      for (const { abort } of found) abort.abort();
      await Promise.all(found.map(({ ended }) => ended));
    },
    resume() {
      for (const row of unfinished.all()) start(operation(row));
    },
    async close() {
      closing.abort();
      for (const { abort } of live.values()) abort.abort();
      await Promise.all([...live.values()].map(({ ended }) => ended));
    },
  };
}

const CANCELED: OperationError = {
  code: "OperationCanceled",
  message: "The operation was canceled by another operation of a higher priority.",
  details: [],
};

function told(runner: Runner, begun: Operation, error: Error): OperationError {
  if (runner.explain) return runner.explain(begun, error);
  return { code: "InternalServerError", message: error.message, details: [] };
}

function operation(row: Record<string, unknown>): Operation {
  const { id, kind, target, doing, status, error, started_at, ended_at } = row;
  return {
    id: id as string,
    kind: kind as string,
    target: target as string,
    doing: doing as Doing,
    status: status as Operation["status"],
    ...(error ? { error: JSON.parse(error as string) } : {}),
    startedAt: new Date(started_at as number),
    ...(ended_at ? { endedAt: new Date(ended_at as number) } : {}),
  };
}
