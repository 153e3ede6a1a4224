/** Reading back what happened: the inference log, the callers' records and the labels, joined. */

import { BadInput } from "lib/core/mod.ts";
import type { Signature } from "lib/model/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";
import { createInferenceLog } from "./inference_log.ts";
import { type JoinProblems, joinWindows } from "./join_windows.ts";
import type { Story } from "./story.ts";
import { type BlobLine, type BlobTail, tailBlobs } from "./tail_blobs.ts";
import {
  asCallerRecord,
  asLabelRecord,
  type CallerRecord,
  callersFolder,
  hourOf,
  type LabelRecord,
  labelsFolder,
} from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** What is read. */
export interface ReadBackOptions {
  /** The endpoint. */
  readonly endpoint: string;
  /** One deployment: its rows, and the requests that it had. Default all, with the requests that none had. */
  readonly deployment?: string;
  /** Inputs and classes of the model. */
  readonly signature: Signature;
  /** Only rows of one story, see {@linkcode nextStory}. Default all. */
  readonly story?: Pick<Story, "idPrefix" | "startedAt" | "begin">;
  /** Only windows that have begun, and labels that have arrived, by then; ISO 8601. Default all. */
  readonly asOf?: string;
  /** Longest wait for rows that were answered and are not in the log yet, in milliseconds. Default 10 s. */
  readonly timeoutMs?: number;
  /** Ends the wait, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/** A line that could not be read. */
export interface QuarantinedLine {
  /** The blob that it is from; a copy with the reason lies under `quarantine/`. */
  readonly path: string;
  /** Number of the line, from 1. */
  readonly line: number;
  /** `cut off`, `not JSON`, `unknown shape` or `unknown collection`. */
  readonly reason: string;
}

/** Rows that were answered and are not in the log. */
export interface MissingRows {
  /** How many. */
  readonly rows: number;
  /** The first of them, 20 at most. */
  readonly ids: readonly string[];
  /** The finding in one sentence. */
  readonly sentence: string;
}

/** What was read back. */
export interface ReadBack {
  /** In the order of their begin. */
  readonly windows: readonly ScoredWindow[];
  /** Counts of what did not fit. */
  readonly problems: JoinProblems & {
    /** Lines that could not be read. */
    readonly linesQuarantined: number;
    /** Lines or rows of the log that were there already. */
    readonly rowsDoubled: number;
  };
  /** The lines that could not be read. */
  readonly quarantined: readonly QuarantinedLine[];
  /** See {@linkcode MissingRows}. */
  readonly missing: MissingRows;
}

/** Wait between two looks, in milliseconds. */
const LOOK_MS = 100;

/** Missing ids that are named. */
const NAMED = 20;

/** How far the storage's clock may be behind ours, in milliseconds. */
const CLOCK_SKEW_MS = 60_000;

/** Longest text of a line that is copied into quarantine, in characters. */
const COPIED = 10_000;

/**
 * Reads all that happened at an endpoint, joins it by correlation id, and waits until the log has every
 * row that was answered (the container writes in the background). What cannot be read is counted and
 * copied to `quarantine/` with the reason; it fails nothing.
 *
 * With a collector that samples, rows are missing by design: give a short `timeoutMs`.
 *
 * @param workspace Where it is.
 * @param options See {@linkcode ReadBackOptions}.
 * @returns See {@linkcode ReadBack}.
 * @throws {BadInput} If `asOf` is no instant.
 *
 * @example
 * ```ts ignore
 * const { windows, missing } = await readBack(workspace, { endpoint, signature: model.document.signature });
 * ```
 */
export async function readBack(workspace: Workspace, options: ReadBackOptions): Promise<ReadBack> {
  const { endpoint, deployment, signature, story, asOf, timeoutMs = 10_000, signal } = options;
  if (asOf !== undefined && Number.isNaN(Date.parse(asOf))) {
    throw new BadInput({ field: "asOf", rule: "must be an instant in ISO 8601", value: asOf });
  }
  const end = performance.now() + timeoutMs;
  const bad: (BlobLine & { reason: string })[] = [];
  const note = (line: BlobLine, reason: string | undefined) => {
    if (reason !== undefined) bad.push({ ...line, reason });
  };
  const isOwn = (id: string) => story === undefined || id.startsWith(`${story.idPrefix}-`);
  const since = story && { writtenSince: new Date(Date.parse(story.startedAt) - CLOCK_SKEW_MS) };
  const hours = story &&
    { from: hourOf(story.begin), ...(asOf && { to: hourOf(new Date(asOf).toISOString()) }) };
  const records = <T>(folder: string, read: (value: unknown) => T | undefined) =>
    readRecords(tailBlobs(workspace, folder, { hours }), note, read);
  const callers = (await records(callersFolder(endpoint), asCallerRecord))
    .filter(({ requestId }) => isOwn(requestId));
  const label = (value: unknown) => asLabelRecord(value, signature.classes);
  const labels = (await records<LabelRecord>(labelsFolder(endpoint), label))
    .filter(({ correlationId }) => isOwn(correlationId));
  const ours = deployment === undefined
    ? callers
    : callers.filter((record) => record.deployment === deployment);
  const folder = deployment === undefined ? `${endpoint}/` : `${endpoint}/${deployment}/`;
  const tail = tailBlobs(workspace, `modelDataCollector/${folder}`, since);
  const log = createInferenceLog(signature, isOwn);
  let awaited = answeredRows(ours);
  for (;;) {
    for (const line of await tail.look()) note(line, log.add(line));
    awaited = awaited.filter(({ deployment, id }) => log.row(deployment, id) === undefined);
    if (awaited.length === 0 || performance.now() >= end) break;
    signal?.throwIfAborted();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  tail.cut().forEach((line) => note(line, log.add(line))); // whole but for its end is good enough
  const joined = joinWindows({ signature, log, callers, labels, deployment, asOf });
  await quarantine(workspace, bad);
  const { windows, problems, missing } = joined;
  return {
    windows,
    problems: { ...problems, linesQuarantined: bad.length, rowsDoubled: log.doubled },
    quarantined: bad.map(({ path, line, reason }) => ({ path, line, reason })),
    missing: missingRows(missing, windows, timeoutMs),
  };
}

function answeredRows(callers: readonly CallerRecord[]) {
  return callers.filter(({ status }) => status === 200).flatMap(({ deployment, correlationIds }) =>
    correlationIds.map((id) => ({ deployment, id }))
  );
}

/** All records of a folder; what is none goes to `note`. */
async function readRecords<T>(
  tail: BlobTail,
  note: (line: BlobLine, reason: string) => void,
  read: (value: unknown) => T | undefined,
): Promise<T[]> {
  const lines = await tail.look();
  return [...lines, ...tail.cut()].flatMap((line) => {
    let value: unknown;
    try {
      value = JSON.parse(line.text);
    } catch {
      return note(line, line.isCut ? "cut off" : "not JSON"), [];
    }
    const record = read(value);
    if (record === undefined) return note(line, "unknown shape"), [];
    return [record];
  });
}

/** Copies bad lines to `quarantine/PATH`. The same lines give the same blobs, however often they are read. */
async function quarantine(
  { azure }: Workspace,
  bad: readonly (BlobLine & { reason: string })[],
): Promise<void> {
  for (const [path, lines] of Map.groupBy(bad, ({ path }) => path)) {
    const text = lines.map(({ line, reason, text }) =>
      JSON.stringify({ path, line, reason, text: text.slice(0, COPIED) }) + "\n"
    ).join("");
    await azure.blobs.getBlockBlobClient(`quarantine/${path}`)
      .uploadData(new TextEncoder().encode(text));
  }
}

function missingRows(
  ids: readonly string[],
  windows: readonly ScoredWindow[],
  timeoutMs: number,
): MissingRows {
  const there = windows.reduce((sum, { predicted }) => sum + predicted.length, 0);
  const all = there + ids.length;
  const sentence = ids.length === 0
    ? `All ${all} rows that were answered are in the log.`
    : `${ids.length} of ${all} rows that were answered are not in the log after ` +
      `${timeoutMs / 1_000} s; the first is ${ids[0]}.`;
  return { rows: ids.length, ids: ids.slice(0, NAMED), sentence };
}
