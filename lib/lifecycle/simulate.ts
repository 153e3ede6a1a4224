/** The verb simulate: a scene is played through the real endpoint, and its callers keep their records. */

import { sendBatch } from "./send_batch.ts";
import { checkSimulation, type SimulateOptions } from "./simulate_options.ts";
import { openRecords } from "./keep_traffic.ts";
import type { CallerRecord } from "./traffic_records.ts";
import { batchesOf, bodyOf, iso, labelsOf } from "./window_traffic.ts";
import type { Workspace } from "./workspace.ts";

export type { SimulateOptions } from "./simulate_options.ts";

/** One window as it was played. */
export interface PlayedWindow {
  /** Name for people, e.g. `window 3`. */
  readonly name: string;
  /** Begin in simulated time, ISO 8601. */
  readonly from: string;
  /** End (excluded). */
  readonly to: string;
  /** Whether the scene was in it. */
  readonly isChanged: boolean;
  /** Requests sent. */
  readonly requests: number;
  /** Rows sent. */
  readonly rows: number;
  /** Rows that were answered. */
  readonly answered: number;
  /** Requests that the container refused for their rows. */
  readonly refused: number;
  /** Requests that failed in another way. */
  readonly failed: number;
}

/** What was played. */
export interface Simulation {
  /** The endpoint. */
  readonly endpoint: string;
  /** The scene in one sentence. */
  readonly sentence: string;
  /** Window by window. */
  readonly windows: readonly PlayedWindow[];
  /** Requests by the deployment that answered or refused them. */
  readonly deployments: Readonly<Record<string, number>>;
  /** Requests sent. */
  readonly requests: number;
  /** Time of sending, in seconds; writing the records is not in it. */
  readonly seconds: number;
  /** Requests a second, measured. */
  readonly requestsPerSecond: number;
}

/**
 * Plays a scene. Requests that are refused or fail are recorded, and the play goes on.
 *
 * A container refuses a whole request for one value that is missing: the caller gets 424 with the
 * reasons, and the other rows of the batch are lost with it, as in reality. The reasons stand in the
 * callers' record, `callers/ENDPOINT/HOUR/….jsonl`.
 *
 * Time is simulated: the windows' begin and end follow from `begin`. The container stamps the real
 * time in its log, so {@linkcode readBack} joins by correlation id. Labels are written with the time of
 * their arrival, `labels/ENDPOINT/HOUR/….jsonl`; those of the future are there already, and a reader
 * passes over them until its `asOf` has come.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode SimulateOptions}.
 * @returns See {@linkcode Simulation}.
 * @throws {BadInput} If an option breaks its rule.
 *
 * @example
 * ```ts ignore
 * const scene = stageScene(parts.holdout, { scene: "sudden-drift", seed: 7, windows: 6, rowsPerWindow: 400 });
 * const { requestsPerSecond } = await simulate(workspace, { endpoint, url, key, scene, begin: "2026-03-02T00:00:00Z" });
 * ```
 */
export async function simulate(
  workspace: Workspace,
  options: SimulateOptions,
): Promise<Simulation> {
  const { endpoint, scene, signal, onRequest } = options;
  const { begin, windowMs, only, batchRows, concurrency, maxPerSecond } = checkSimulation(options);
  const places = scene.windows.filter(({ number }) => number >= only.from && number <= only.to);
  const total = places.reduce((sum, { actual }) => sum + Math.ceil(actual.length / batchRows), 0);
  const played: PlayedWindow[] = [], deployments: Record<string, number> = {};
  const records = openRecords(workspace, endpoint);
  let done = 0, sendingMs = 0;
  for (const window of places) {
    signal?.throwIfAborted();
    const from = begin + (window.number - 1) * windowMs;
    const time = { name: `window ${window.number}`, from: iso(from), to: iso(from + windowMs) };
    const batches = batchesOf(scene, window, { time, from, windowMs, batchRows });
    const bodies = batches.map(bodyOf), started = performance.now();
    const answers: CallerRecord[] = [];
    const turn = pacer(maxPerSecond);
    await inParallel(batches.length, concurrency, async (i) => {
      await turn();
      if (signal?.aborted) return;
      answers[i] = await sendBatch(
        workspace,
        { ...options, batch: batches[i], body: bodies[i] },
        signal,
      );
      done++; // not in the call: its arguments are not looked at where there is no function
      onRequest?.(done, total);
    });
    sendingMs += performance.now() - started;
    const sent = answers.filter((record) => record !== undefined);
    await records.keep(sent, signal?.aborted ? [] : labelsOf(scene, window, { from, windowMs }));
    if (signal?.aborted) await records.close();
    signal?.throwIfAborted();
    played.push({ ...time, isChanged: window.isChanged, ...countsOf(sent) });
    for (const { deployment } of sent) {
      if (deployment !== null) deployments[deployment] = (deployments[deployment] ?? 0) + 1;
    }
  }
  await records.close();
  const seconds = sendingMs / 1_000;
  return {
    ...{
      endpoint,
      sentence: scene.sentence,
      windows: played,
      deployments,
      requests: done,
      seconds,
    },
    requestsPerSecond: done / seconds,
  };
}

function countsOf(records: readonly CallerRecord[]) {
  const rows = (of: readonly CallerRecord[]) =>
    of.reduce((sum, { correlationIds }) => sum + correlationIds.length, 0);
  const good = records.filter(({ status }) => status === 200);
  const refused =
    records.filter(({ status, modelStatus }) => status === 424 && modelStatus === 400).length;
  return {
    requests: records.length,
    rows: rows(records),
    answered: rows(good),
    refused,
    failed: records.length - good.length - refused,
  };
}

/** Runs work number 0 to `count` - 1, so many at once. */
async function inParallel(
  count: number,
  concurrency: number,
  work: (i: number) => Promise<void>,
): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await work(next++);
  };
  await Promise.all(Array.from({ length: Math.min(concurrency, count) }, lane));
}

/** Lets through so many a second, evenly. */
function pacer(perSecond: number): () => Promise<void> {
  let at = performance.now();
  return async () => {
    const now = performance.now(), mine = Math.max(at, now);
    at = mine + 1_000 / perSecond;
    if (mine > now) await new Promise((resolve) => setTimeout(resolve, mine - now));
  };
}
