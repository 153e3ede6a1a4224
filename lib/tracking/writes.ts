/** What is written to the server, as plain data: it can be sent now, or kept and sent later. */

import type { JsonRecord } from "lib/core/mod.ts";
import { uploadArtifact } from "./artifacts.ts";
import { type Fetch, isRecord, type Rest } from "./rest.ts";
import { records } from "./run_record.ts";
import { TrackingError } from "./tracking_error.ts";

/** The tag by which a run is found again whose start may or may not have reached the server. */
export const CLIENT_RUN_ID = "clientRunId";

/** The tag that MLflow hangs a nested run on its parent by. */
export const PARENT_RUN_ID = "mlflow.parentRunId";

/** The start of a run. */
export interface Start {
  readonly kind: "start";
  /** Ours for the run: the value of {@linkcode CLIENT_RUN_ID}. Null: the run gets no such tag. */
  readonly clientRunId: string | null;
  readonly experiment: string;
  /** Null: the server invents one. */
  readonly name: string | null;
  /** Milliseconds since 1970. */
  readonly startTime: number;
  /** Id of the run that it is a part of; may be one of ours. */
  readonly parent: string | null;
  readonly tags: Readonly<Record<string, string>>;
}

/** A POST about a run. */
export interface Post {
  readonly kind: "post";
  readonly action: string;
  /** E.g. `runs/log-batch`. */
  readonly path: string;
  /** The run's id; may be one of ours. */
  readonly runId: string;
  readonly body: JsonRecord;
}

/** A file of a run. */
export interface Upload {
  readonly kind: "upload";
  readonly runId: string;
  /** Empty if the run has not reached the server. */
  readonly artifactUri: string;
  readonly path: string;
  /** Its bytes; in base64 where it was kept. */
  readonly content: Uint8Array | string;
}

/** One thing to write. */
export type Write = Start | Post | Upload;

/** What writing needs. */
export interface WriteTools {
  readonly rest: Rest;
  readonly plainFetch: Fetch;
  /** The experiment's number, made where there is none. */
  experimentId(name: string): Promise<string>;
  /** The server's id of a run; ids of ours are looked up. */
  runId(id: string): Promise<string>;
}

/**
 * Sends one write.
 *
 * @param write What to send.
 * @param tools See {@linkcode WriteTools}.
 * @param options `again`: it may have reached the server before, and must not do so twice.
 * @returns The server's run of a start; else nothing.
 * @throws {TrackingError} If the server is away, or refuses.
 */
export async function send(
  write: Write,
  tools: WriteTools,
  { again }: { readonly again: boolean },
): Promise<JsonRecord | undefined> {
  switch (write.kind) {
    case "start":
      return await start(write, tools, again);
    case "post": {
      // metrics that are there already, parameters of the same value, a status: MLflow takes them twice
      const run_id = await tools.runId(write.runId);
      await tools.rest.post(write.action, write.path, { run_id, ...write.body });
      return undefined;
    }
    case "upload": {
      const { rest, plainFetch } = tools, { path } = write;
      const artifactUri = write.artifactUri || await readUri(write, tools);
      const content = typeof write.content === "string"
        ? Uint8Array.fromBase64(write.content)
        : write.content;
      await uploadArtifact(rest, plainFetch, { artifactUri, path, content }, { again });
      return undefined;
    }
  }
}

async function readUri({ runId, path }: Upload, tools: WriteTools): Promise<string> {
  const run_id = await tools.runId(runId);
  const { run } = await tools.rest.get(`log artifact ${path}`, "runs/get", { run_id });
  return String(isRecord(run) && isRecord(run.info) ? run.info.artifact_uri : "");
}

/** A write as a line of JSON takes it. */
export function keepable(write: Write): JsonRecord {
  if (write.kind !== "upload" || typeof write.content === "string") {
    return { ...write } as JsonRecord;
  }
  return { ...write, content: write.content.toBase64() };
}

async function start(write: Start, tools: WriteTools, again: boolean): Promise<JsonRecord> {
  const { clientRunId, experiment, name, startTime, parent, tags } = write;
  const action = "start a run", experiment_id = await tools.experimentId(experiment);
  if (again && clientRunId !== null) {
    const found = await findRun(tools.rest, experiment_id, clientRunId);
    if (found) return found;
  }
  const all = {
    ...tags,
    ...(clientRunId === null ? {} : { [CLIENT_RUN_ID]: clientRunId }),
    ...(parent === null ? {} : { [PARENT_RUN_ID]: await tools.runId(parent) }),
  };
  const { run } = await tools.rest.post(action, "runs/create", {
    ...{ experiment_id, start_time: startTime },
    ...(name === null ? {} : { run_name: name }),
    tags: Object.entries(all).map(([key, value]) => ({ key, value })),
  });
  if (isRecord(run)) return run;
  throw new TrackingError({ action, code: "NO_RUN", reason: "the answer has no run", status: 200 });
}

/** The run with that id of ours, deleted ones too: what was deleted must not come back. */
export async function findRun(
  rest: Rest,
  experimentId: string,
  clientRunId: string,
): Promise<JsonRecord | undefined> {
  const { runs } = await rest.post("look for a run", "runs/search", {
    experiment_ids: [experimentId],
    filter: `tags.${CLIENT_RUN_ID} = '${clientRunId}'`,
    ...{ run_view_type: "ALL", max_results: 1 },
  });
  return records(runs)[0];
}
