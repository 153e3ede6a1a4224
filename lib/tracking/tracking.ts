/** The tracking server's client. */

import { type Clock, type JsonRecord, systemClock } from "lib/core/mod.ts";
import { type ActiveRun, activeRun, checkedTags } from "./active_run.ts";
import { checkArtifactPath } from "./artifacts.ts";
import { bufferedWriter, directWriter, newClientRunId } from "./buffer.ts";
import { bufferFile, type Flushed } from "./buffer_file.ts";
import { isServersOrder, type RunOrder, sortRuns } from "./order.ts";
import { createRest, type Fetch, isRecord } from "./rest.ts";
import {
  type HistoryPoint,
  historyPoints,
  records,
  type RunRecord,
  runRecord,
} from "./run_record.ts";
import { TrackingError } from "./tracking_error.ts";

/** Options of {@linkcode createTracking}. */
export interface TrackingOptions {
  /** Adds whatever the server wants to see, e.g. a bearer token. */
  readonly fetch: Fetch;
  /** The tracking URI as https or http, e.g. `http://127.0.0.1:7070`; a path in it is kept. */
  readonly baseUrl: string;
  /** Adds nothing: for signed URLs, which must not see a token. Default: the global `fetch`. */
  readonly plainFetch?: Fetch;
  /** For the times of runs and metrics. Default: the machine's clock. */
  readonly clock?: Clock;
  /** Keeps what is logged while the server is away. Default: it is an error then. */
  readonly buffer?: BufferOptions;
}

/** Options of the buffer. */
export interface BufferOptions {
  /**
   * The folder of its files, made where there is none. They hold what was logged, as JSON lines that
   * only the owner may read, and never a token.
   */
  readonly folder: string;
  /** Seconds after which a request without an answer counts as one to a server that is away. Default 30. */
  readonly timeoutSeconds?: number;
  /** Seconds after a failure in which writes are kept at once, without asking again. Default 2. */
  readonly pauseSeconds?: number;
  /** Takes a line for each kept write that the server refuses. Default: standard error. */
  readonly say?: (line: string) => void;
}

/** What runs are grouped by. */
export interface Experiment {
  /** The server's number for it. */
  readonly experimentId: string;
  /** Unique on the server. */
  readonly name: string;
}

/** Options of {@linkcode Tracking.startRun}. */
export interface StartOptions {
  /** Name of the experiment; it is made where there is none. */
  readonly experiment: string;
  /** Default: the server invents one. */
  readonly name?: string;
  /** Id of the run that this one is nested in. Default none. */
  readonly parent?: string;
  /** Default none. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Options of {@linkcode Tracking.searchRuns}. */
export interface SearchOptions {
  /** Names of experiments, each of which must be there. */
  readonly experiments: readonly string[];
  /** MLflow's grammar, e.g. `metrics.accuracy > 0.9 AND tags.datasetDigest = 'ab12'`. Default all. */
  readonly filter?: string;
  /** Default: the newest first. */
  readonly orderBy?: readonly RunOrder[];
  /** Runs at most. Default 1,000. */
  readonly limit?: number;
}

/** Client of a tracking server. Every method throws `TrackingError` if the server refuses. */
export interface Tracking {
  /** The experiment of that name, made where there is none. */
  ensureExperiment(name: string): Promise<Experiment>;
  /** The experiments that are not deleted, the newest first. */
  listExperiments(): Promise<Experiment[]>;
  /** Starts a run. */
  startRun(options: StartOptions): Promise<ActiveRun>;
  /** Deletes a run; it can be restored. */
  deleteRun(runId: string): Promise<void>;
  /** Takes a deletion back. */
  restoreRun(runId: string): Promise<void>;
  /**
   * Sends what the buffer keeps. It happens by itself before the next thing that is logged or read, so
   * that this is for the end of a program, and its start. A server that is away is no error.
   */
  flush(): Promise<Flushed>;
  /** One run. */
  getRun(runId: string): Promise<RunRecord>;
  /** Keeps a file with a run, also with one that has ended. Azure never writes over one. */
  logArtifact(runId: string, path: string, content: Uint8Array | string): Promise<void>;
  /** Runs that fit. */
  searchRuns(options: SearchOptions): Promise<RunRecord[]>;
  /** All points of a metric, by time and step; none if it was never logged. */
  metricHistory(runId: string, key: string): Promise<HistoryPoint[]>;
}

/** Most points, runs and experiments of one page. */
const POINTS = 25_000, RUNS = 1_000, EXPERIMENTS = 1_000;

/**
 * A client.
 *
 * @param options See {@linkcode TrackingOptions}.
 * @returns See {@linkcode Tracking}.
 * @see MLflow REST API 2.0; Azure ML serves a part of it, and only that part is used.
 *
 * @example Against a server that is not there
 * ```ts
 * import assert from "node:assert/strict";
 * import { createTracking } from "lib/tracking/mod.ts";
 *
 * const fetch = () => Promise.reject(new TypeError("connection refused"));
 * const tracking = createTracking({ fetch, baseUrl: "http://127.0.0.1:7070" });
 * await assert.rejects(tracking.getRun("7"), {
 *   code: "UNREACHABLE",
 *   message: "Cannot read run 7: connection refused (UNREACHABLE)",
 * });
 * ```
 */
export function createTracking(options: TrackingOptions): Tracking {
  const { baseUrl, clock = systemClock, buffer } = options;
  const { plainFetch: plain = (url, init) => globalThis.fetch(url, init) } = options;
  const [fetch, plainFetch] = [options.fetch, plain].map((one) =>
    buffer ? timed(one, buffer.timeoutSeconds ?? 30) : one
  );
  const rest = createRest(fetch, baseUrl);
  const experimentId = async (name: string) => (await ensureExperiment(name)).experimentId;
  const tools = { rest, plainFetch, clock, experimentId };
  const writer = buffer === undefined ? directWriter(tools) : bufferedWriter(tools, {
    file: bufferFile(buffer.folder, rest.baseUrl),
    pauseSeconds: buffer.pauseSeconds ?? 2,
    say: buffer.say ?? console.error,
  });

  async function findExperiment(action: string, name: string): Promise<Experiment> {
    const query = { experiment_name: name };
    const { experiment } = await rest.get(action, "experiments/get-by-name", query);
    const { experiment_id, lifecycle_stage } = isRecord(experiment) ? experiment : {};
    if (lifecycle_stage === "deleted") {
      const reason = `experiment ${name} is deleted; restore it, or take another name`;
      throw new TrackingError({ action, code: "DELETED", reason, status: 200 });
    }
    return { experimentId: String(experiment_id), name };
  }

  async function ensureExperiment(name: string): Promise<Experiment> {
    const action = `make experiment ${name}`;
    const found = await unless("RESOURCE_DOES_NOT_EXIST", findExperiment(action, name));
    if (found) return found;
    const created = rest.post(action, "experiments/create", { name });
    const body = await unless("RESOURCE_ALREADY_EXISTS", created); // somebody else was quicker
    return body ? { experimentId: String(body.experiment_id), name } : findExperiment(action, name);
  }

  async function change(verb: "delete" | "restore", runId: string): Promise<void> {
    const post = { kind: "post", action: `${verb} run ${runId}`, path: `runs/${verb}` } as const;
    await writer.write({ ...post, runId, body: {} });
  }

  return {
    ensureExperiment,
    async listExperiments() {
      const found: Experiment[] = [];
      await writer.flush();
      let page_token = "";
      do {
        const page = { max_results: EXPERIMENTS, ...(page_token === "" ? {} : { page_token }) };
        const body = await rest.post("list experiments", "experiments/search", page);
        found.push(
          ...records(body.experiments).map(({ experiment_id, name }) => ({
            ...{ experimentId: String(experiment_id), name: String(name) },
          })),
        );
        page_token = String(body.next_page_token ?? "");
      } while (page_token !== "");
      return found;
    },
    async startRun({ experiment, name = null, parent = null, tags = {} }) {
      const clientRunId = buffer ? newClientRunId() : null, now = clock.now();
      const start = { experiment, name, parent, clientRunId, startTime: now.getTime() };
      const run = await writer.write({ kind: "start", ...start, tags: checkedTags(tags) });
      const started: RunRecord = run ? runRecord(run) : {
        ...{ runId: clientRunId!, experimentId: "", name: name ?? clientRunId! },
        ...{ status: "RUNNING", startedAt: now.toISOString(), endedAt: null, artifactUri: "" },
        ...{ metrics: {}, params: {}, tags: { ...tags } },
      };
      return activeRun({ writer, clock }, started);
    },
    async getRun(runId) {
      await writer.flush();
      const run_id = await writer.runId(runId);
      const { run } = await rest.get(`read run ${runId}`, "runs/get", { run_id });
      return runRecord(run);
    },
    deleteRun: (runId) => change("delete", runId),
    restoreRun: (runId) => change("restore", runId),
    flush: () => writer.flush(),
    async logArtifact(runId, path, content) {
      checkArtifactPath(path);
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      await writer.write({ kind: "upload", runId, artifactUri: "", path, content: bytes });
    },
    async searchRuns({ experiments, filter = "", orderBy = [], limit = RUNS }) {
      const action = "search runs", isServers = isServersOrder(orderBy);
      const found: RunRecord[] = [];
      sortRuns([], orderBy); // a criterion that is none is refused before anything is asked
      await writer.flush();
      const ids = await Promise.all(experiments.map((name) => findExperiment(action, name)));
      const query: JsonRecord = {
        experiment_ids: ids.map(({ experimentId }) => experimentId),
        ...(filter === "" ? {} : { filter }),
        ...(isServers ? { order_by: orderBy.map(orderText) } : {}),
      };
      let page_token = "";
      do {
        const wanted = isServers ? Math.min(RUNS, limit - found.length) : RUNS;
        if (wanted < 1) break;
        const page = { max_results: wanted, ...(page_token === "" ? {} : { page_token }) };
        const body = await rest.post(action, "runs/search", { ...query, ...page });
        found.push(...records(body.runs).map(runRecord));
        page_token = String(body.next_page_token ?? "");
      } while (page_token !== "");
      return (isServers ? found : sortRuns(found, orderBy)).slice(0, limit);
    },
    async metricHistory(runId, key) {
      await writer.flush();
      const points: HistoryPoint[] = [], run_id = await writer.runId(runId);
      const query = { run_id, metric_key: key };
      let page_token = "";
      do {
        const body = await rest.get(`read metric ${key} of run ${runId}`, "metrics/get-history", {
          ...query,
          max_results: String(POINTS),
          ...(page_token === "" ? {} : { page_token }),
        });
        points.push(...historyPoints(body.metrics));
        page_token = String(body.next_page_token ?? "");
      } while (page_token !== "");
      return points;
    },
  };
}

/** A fetch that gives up. */
function timed(fetch: Fetch, seconds: number): Fetch {
  return (url, init) => fetch(url, { ...init, signal: AbortSignal.timeout(1_000 * seconds) });
}

function orderText({ by, descending = false }: RunOrder): string {
  return `${by} ${descending ? "DESC" : "ASC"}`;
}

/** What a promise gives, or nothing if it fails with that code. */
async function unless<T>(code: string, promise: Promise<T>): Promise<T | undefined> {
  try {
    return await promise;
  } catch (error) {
    if (error instanceof TrackingError && error.code === code) return undefined;
    throw error;
  }
}
