/** A run that is being logged to. */

import { BadInput, type Clock, type JsonRecord } from "lib/core/mod.ts";
import { checkArtifactPath } from "./artifacts.ts";
import { type Batch, metricBody, type MetricPoint, type Pair, splitBatches } from "./batches.ts";
import { flattenParams } from "./params.ts";
import type { Writer } from "./buffer.ts";
import type { RunRecord } from "./run_record.ts";

/** Longest value of a tag, in characters: the server would cut it without a word. */
export const LONGEST_TAG = 8_000;

/**
 * A run that is being logged to. Every method throws `TrackingError` if the server refuses. With a
 * buffer, what is logged while the server is away is kept, and sent when it is back.
 */
export interface ActiveRun {
  /** The run as it was when it started. */
  readonly started: RunRecord;
  /** The same as `started.runId`; one of ours (`kept-…`) if the server was away at the start. */
  readonly runId: string;
  /** Logs settings; nested ones under dotted keys. A parameter never changes. */
  logParams(settings: JsonRecord): Promise<void>;
  /**
   * Logs a value for each key.
   *
   * @throws {BadInput} If a value is no finite number: nothing is logged.
   */
  logMetrics(metrics: Readonly<Record<string, number>>, options?: MetricOptions): Promise<void>;
  /**
   * Logs many points at once, e.g. a whole training curve.
   *
   * @throws {BadInput} If a value is no finite number: nothing is logged.
   */
  logPoints(points: readonly MetricPoint[]): Promise<void>;
  /** Sets tags; the last value of a key stays. */
  setTags(tags: Readonly<Record<string, string>>): Promise<void>;
  /** Keeps a file with the run, e.g. under `plots/confusion.svg`. */
  logArtifact(path: string, content: Uint8Array | string): Promise<void>;
  /** Ends the run. */
  finish(status?: "FINISHED" | "FAILED" | "KILLED"): Promise<void>;
}

/** Options of {@linkcode ActiveRun.logMetrics}. */
export interface MetricOptions {
  /** Training step. Default 0. */
  readonly step?: number;
}

/** What a run works with. */
export interface RunTools {
  /** Where writes go. */
  readonly writer: Writer;
  /** For the times of metrics and of the end. */
  readonly clock: Clock;
}

/** The run to log to. */
export function activeRun({ writer, clock }: RunTools, started: RunRecord): ActiveRun {
  const { runId, name } = started;

  async function post(action: string, path: string, body: JsonRecord): Promise<void> {
    await writer.write({ kind: "post", action, path, runId, body });
  }

  async function log(what: string, some: Partial<Batch>): Promise<void> {
    for (const batch of splitBatches({ metrics: [], params: [], tags: [], ...some })) {
      await post(`log ${what} to run ${name}`, "runs/log-batch", {
        metrics: batch.metrics.map(metricBody),
        params: batch.params as Pair[] & JsonRecord[],
        tags: batch.tags as Pair[] & JsonRecord[],
      });
    }
  }

  async function logPoints(points: readonly MetricPoint[]): Promise<void> {
    for (const { key, value, step, at } of points) {
      const field = `metric ${key}`;
      if (!Number.isFinite(value)) {
        throw new BadInput({ field, rule: "must be a finite number", value });
      }
      if (!Number.isSafeInteger(step)) {
        throw new BadInput({
          field: `${field}, step`,
          rule: "must be a whole number",
          value: step,
        });
      }
      if (!(Date.parse(at) >= 0)) {
        const rule = "must be an instant in ISO 8601, from 1970 on";
        throw new BadInput({ field: `${field}, at`, rule, value: at });
      }
    }
    await log("metrics", { metrics: points });
  }

  return {
    started,
    runId,
    logPoints,
    async logParams(settings) {
      await log("parameters", { params: pairsOf(flattenParams(settings)) });
    },
    async logMetrics(metrics, { step = 0 } = {}) {
      const at = clock.now().toISOString();
      await logPoints(Object.entries(metrics).map(([key, value]) => ({ key, value, step, at })));
    },
    async setTags(tags) {
      await log("tags", { tags: pairsOf(checkedTags(tags)) });
    },
    async logArtifact(path, content) {
      checkArtifactPath(path);
      const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
      const { artifactUri } = started;
      await writer.write({ kind: "upload", runId, artifactUri, path, content: bytes });
    },
    async finish(status = "FINISHED") {
      const end_time = clock.now().getTime();
      await post(`finish run ${name}`, "runs/update", { status, end_time });
    },
  };
}

/** The tags, if each is short enough to be kept whole. */
export function checkedTags(tags: Readonly<Record<string, string>>): typeof tags {
  for (const [key, value] of Object.entries(tags)) {
    if ([...value].length <= LONGEST_TAG) continue;
    const rule = `must have at most ${LONGEST_TAG} characters`;
    throw new BadInput({ field: `tag ${key}`, rule, value });
  }
  return tags;
}

/** Key and value of each entry. */
export function pairsOf(map: Readonly<Record<string, string>>): Pair[] {
  return Object.entries(map).map(([key, value]) => ({ key, value }));
}
