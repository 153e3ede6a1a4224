/** Writes go to the server; while it is away they go into a file, and from there when it is back. */

import type { Clock, JsonRecord } from "lib/core/mod.ts";
import { type BufferFile, type Flushed, type Sent } from "./buffer_file.ts";
import { isRecord } from "./rest.ts";
import { TrackingError } from "./tracking_error.ts";
import { findRun, keepable, send, type Start, type Write, type WriteTools } from "./writes.ts";

/** Where writes go. */
export interface Writer {
  /**
   * Writes: now, after all that is kept; or later, if the server is away.
   *
   * @returns The server's run of a start that was done now; else nothing.
   */
  write(write: Write): Promise<JsonRecord | undefined>;
  /** Sends what is kept. */
  flush(): Promise<Flushed>;
  /** The server's id of a run. */
  runId(id: string): Promise<string>;
}

/** What a writer works with: {@linkcode WriteTools} but for the ids, which are its own business. */
export type WriterTools = Omit<WriteTools, "runId"> & { readonly clock: Clock };

/** How ids of ours begin: the server's are hexadecimal digits only. */
const OURS = "kept-";

/** An id of ours for a run. */
export function newClientRunId(): string {
  return OURS + crypto.randomUUID();
}

/** A writer that keeps nothing: what cannot be sent now is an error. */
export function directWriter(tools: WriterTools): Writer {
  const runId = (id: string) => Promise.resolve(id);
  return {
    runId,
    write: (write) => send(write, { ...tools, runId }, { again: false }),
    flush: () => Promise.resolve({ sent: 0, left: 0, refused: [] }),
  };
}

/** Options of {@linkcode bufferedWriter}. */
export interface BufferedOptions {
  /** Where writes are kept. */
  readonly file: BufferFile;
  /** Seconds after a failure in which writes are kept at once, without asking the server again. */
  readonly pauseSeconds: number;
  /** Takes a line for each kept write that the server refuses. */
  readonly say: (line: string) => void;
}

/**
 * A writer that keeps what cannot be sent.
 *
 * Order: a write is sent only when nothing is kept, so that the server sees all in the order in which
 * it was written. Twice: a start is looked for by its tag before it is sent again, the rest does no
 * harm if it is sent twice (see {@linkcode send}).
 */
export function bufferedWriter(
  tools: WriterTools,
  { file, pauseSeconds, say }: BufferedOptions,
): Writer {
  const ids = new Map<string, string>(), experiments = new Map<string, string>();
  let quietUntil = -Infinity;

  const all: WriteTools = { ...tools, runId };

  async function runId(id: string): Promise<string> {
    const known = ids.get(id);
    if (known !== undefined || !id.startsWith(OURS)) return known ?? id;
    const action = `find run ${id}`, experiment = experiments.get(id);
    const found = experiment === undefined
      ? undefined
      : await findRun(tools.rest, await tools.experimentId(experiment), id);
    if (found) return remember(id, found);
    const reason = "it has not reached the server";
    throw new TrackingError({ action, code: "NOT_STARTED", reason, status: 0 });
  }

  function remember(id: string, run: JsonRecord): string {
    const info = isRecord(run.info) ? run.info : {}, found = String(info.run_id);
    ids.set(id, found);
    return found;
  }

  async function now(write: Write, again: boolean): Promise<JsonRecord | undefined> {
    const run = await send(write, all, { again });
    if (write.kind === "start" && write.clientRunId && run) remember(write.clientRunId, run);
    return run;
  }

  async function later(entry: JsonRecord, kept: readonly JsonRecord[]): Promise<Sent> {
    for (const start of kept.filter(isStart)) {
      if (start.clientRunId) experiments.set(start.clientRunId, start.experiment);
    }
    try {
      if (!isWrite(entry)) return { refused: "the line is none that was written here" };
      await now(entry, true);
      return "sent";
    } catch (error) {
      // a token that has run out is no reason to give up what was logged
      if (isAway(error) || isUnauthorised(error)) return "away";
      if (!(error instanceof Error)) throw error;
      say(`Not logged: ${error.message}; it is kept beside ${file.path}`);
      return { refused: error.message };
    }
  }

  return {
    runId,
    flush: () => file.drain(later),
    async write(write) {
      if (write.kind === "start" && write.clientRunId) {
        experiments.set(write.clientRunId, write.experiment);
      }
      if (tools.clock.now().getTime() >= quietUntil) {
        try {
          const { left } = await file.drain(later);
          if (left === 0) return await now(write, false);
        } catch (error) {
          if (!isAway(error)) throw error;
        }
        quietUntil = tools.clock.now().getTime() + 1_000 * pauseSeconds;
      }
      await file.append(keepable(write));
      return undefined;
    },
  };
}

/** Whether the server could not be reached, or said that it cannot answer now. */
export function isAway(error: unknown): boolean {
  if (!(error instanceof TrackingError)) return false;
  return error.code === "UNREACHABLE" || [408, 429, 502, 503, 504].includes(error.status);
}

function isUnauthorised(error: unknown): boolean {
  return error instanceof TrackingError && [401, 403].includes(error.status);
}

function isStart(entry: JsonRecord): entry is JsonRecord & Start {
  return entry.kind === "start";
}

function isWrite(entry: JsonRecord): entry is JsonRecord & Write {
  return ["start", "post", "upload"].includes(String(entry.kind));
}
