/** The verb simulate: a scene is played through the real endpoint, and its callers keep their records. */

import { BadInput } from "lib/core/mod.ts";
import type { Scene, SceneWindow } from "lib/data/mod.ts";
import { appendLines } from "./append_lines.ts";
import { type Batch, batchBody, sendBatch } from "./send_batch.ts";
import {
  type CallerRecord,
  callersFolder,
  fileTime,
  type LabelRecord,
  labelsFolder,
} from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** Options of {@linkcode simulate}. */
export interface SimulateOptions {
  /** Name of the endpoint: the records lie under it. */
  readonly endpoint: string;
  /** Its scoring URL. */
  readonly url: string;
  /** Its key. */
  readonly key: string;
  /** Asks one deployment past the traffic rules. Default: the traffic rules decide. */
  readonly deployment?: string;
  /** What is played. */
  readonly scene: Scene;
  /** Begin of window 1 in simulated time, ISO 8601. */
  readonly begin: string;
  /** Length of a window in simulated time, in minutes. Default 60. */
  readonly windowMinutes?: number;
  /** Plays these windows only, both included, e.g. to change the deployment between two calls. Default all. */
  readonly only?: { readonly from: number; readonly to: number };
  /** Rows in a request, 1 to 1,000. Default 20. */
  readonly batchRows?: number;
  /** Requests under way at once, 1 to 64. Default 8. */
  readonly concurrency?: number;
  /** Most requests a second, 1 to 500: the service takes no more. Default 450. */
  readonly maxPerSecond?: number;
  /** Stops sending; what was sent is recorded first. */
  readonly signal?: AbortSignal;
  /** Told after each request how many are done. */
  readonly onRequest?: (done: number, total: number) => void;
}

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

/** Largest body that the service takes, in bytes. */
const MAX_BODY = 1_500_000;

/**
 * Plays a scene. Requests that are refused or fail are recorded, and the play goes on.
 *
 * A container refuses a whole request for one value that is missing: the caller gets 424 with the
 * reasons, and the other rows of the batch are lost with it, as in reality. The reasons stand in the
 * callers' record, `callers/ENDPOINT/WINDOW.jsonl`.
 *
 * Time is simulated: the windows' begin and end follow from `begin`. The container stamps the real
 * time in its log, so {@linkcode readBack} joins by correlation id. Labels are written with the time of
 * their arrival, `labels/ENDPOINT/ARRIVAL.jsonl`; those of the future are there already, and a reader
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
  const { begin, windowMs, only, batchRows, concurrency, maxPerSecond } = checked(options);
  const places = scene.windows.filter(({ number }) => number >= only.from && number <= only.to);
  const total = places.reduce((sum, { actual }) => sum + Math.ceil(actual.length / batchRows), 0);
  const played: PlayedWindow[] = [], deployments: Record<string, number> = {};
  let done = 0, sendingMs = 0;
  for (const window of places) {
    signal?.throwIfAborted();
    const from = begin + (window.number - 1) * windowMs;
    const time = { name: `window ${window.number}`, from: iso(from), to: iso(from + windowMs) };
    const batches = batchesOf(scene, window, { time, from, windowMs, batchRows });
    const bodies = batches.map(bodyOf), started = performance.now();
    const records: CallerRecord[] = [];
    const turn = pacer(maxPerSecond);
    await inParallel(batches.length, concurrency, async (i) => {
      await turn();
      if (signal?.aborted) return;
      records[i] = await sendBatch(
        workspace,
        { ...options, batch: batches[i], body: bodies[i] },
        signal,
      );
      done++; // not in the call: its arguments are not looked at where there is no function
      onRequest?.(done, total);
    });
    sendingMs += performance.now() - started;
    const sent = records.filter((record) => record !== undefined);
    await appendLines(workspace, `${callersFolder(endpoint)}${fileTime(time.from)}.jsonl`, sent);
    signal?.throwIfAborted();
    await writeLabels(workspace, endpoint, labelsOf(scene, window, { from, windowMs }));
    played.push({ ...time, isChanged: window.isChanged, ...countsOf(sent) });
    for (const { deployment } of sent) {
      if (deployment !== null) deployments[deployment] = (deployments[deployment] ?? 0) + 1;
    }
  }
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

/**
 * Writes labels, each into the file of its arrival.
 *
 * @param workspace Where to.
 * @param endpoint The endpoint that the rows went to.
 * @param labels The labels.
 *
 * @example
 * ```ts ignore
 * await writeLabels(workspace, "iris-demo", [{ correlationId: "c1", label: "setosa", arrivedAt: "2026-03-02T00:00:00.000Z" }]);
 * ```
 */
export async function writeLabels(
  workspace: Pick<Workspace, "azure">,
  endpoint: string,
  labels: readonly LabelRecord[],
): Promise<void> {
  for (const [time, records] of Map.groupBy(labels, ({ arrivedAt }) => arrivedAt)) {
    await appendLines(workspace, `${labelsFolder(endpoint)}${fileTime(time)}.jsonl`, records);
  }
}

function batchesOf(
  { features, idPrefix }: Scene,
  { number, x, correlationIds }: SceneWindow,
  { time, from, windowMs, batchRows }: {
    time: CallerRecord["window"];
    from: number;
    windowMs: number;
    batchRows: number;
  },
): Batch[] {
  const d = features.length, columns = features.map(({ name }) => name);
  const count = Math.ceil(correlationIds.length / batchRows);
  return Array.from({ length: count }, (_, q) => {
    const first = q * batchRows, end = Math.min(first + batchRows, correlationIds.length);
    return {
      window: time,
      requestId: `${idPrefix}-w${number}-q${q + 1}`,
      sentAt: iso(from + Math.floor(q / count * windowMs)), // evenly over the window
      columns,
      x: x.subarray(first * d, end * d),
      correlationIds: correlationIds.slice(first, end),
    };
  });
}

function bodyOf(batch: Batch): string {
  const body = batchBody(batch);
  if (body.length * 3 < MAX_BODY || new TextEncoder().encode(body).length <= MAX_BODY) return body;
  const rule = `must make bodies of at most ${MAX_BODY} bytes`;
  throw new BadInput({ field: "batchRows", rule, value: batch.correlationIds.length });
}

/** Labels become known at the end of a window: their own, or one so many windows later. */
function labelsOf(
  { classes }: Scene,
  { actual, correlationIds, labelDelay }: SceneWindow,
  { from, windowMs }: { from: number; windowMs: number },
): LabelRecord[] {
  return correlationIds.flatMap((correlationId, i) => {
    if (labelDelay[i] < 0) return [];
    const arrivedAt = iso(from + (1 + labelDelay[i]) * windowMs);
    return [{ correlationId, label: classes[actual[i]], arrivedAt }];
  });
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

function iso(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

function checked(options: SimulateOptions) {
  const { scene, begin, windowMinutes = 60, only = { from: 1, to: scene.windows.length } } =
    options;
  const { batchRows = 20, concurrency = 8, maxPerSecond = 450 } = options;
  const time = Date.parse(begin);
  if (Number.isNaN(time)) {
    throw new BadInput({ field: "begin", rule: "must be an instant in ISO 8601", value: begin });
  }
  if (!(windowMinutes > 0 && windowMinutes <= 1e6)) {
    const rule = "must be a number above 0 and at most 1000000";
    throw new BadInput({ field: "windowMinutes", rule, value: windowMinutes });
  }
  whole("only to", only.to, scene.windows.length);
  whole("only from", only.from, only.to);
  whole("batchRows", batchRows, 1_000);
  whole("concurrency", concurrency, 64);
  whole("maxPerSecond", maxPerSecond, 500);
  return {
    begin: time,
    windowMs: windowMinutes * 60_000,
    only,
    batchRows,
    concurrency,
    maxPerSecond,
  };
}

function whole(field: string, value: number, max: number): void {
  if (Number.isInteger(value) && value >= 1 && value <= max) return;
  throw new BadInput({ field, rule: `must be a whole number from 1 to ${max}`, value });
}
