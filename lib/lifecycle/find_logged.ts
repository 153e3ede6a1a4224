/** Finding one request again: in the inference log, or at least in a caller's record. */

import { ID_COLUMN } from "lib/serving/mod.ts";
import { asCallerRecord, type CallerRecord } from "./traffic_records.ts";
import type { Workspace } from "./workspace.ts";

/** One row as the container has collected it. */
export interface LoggedAnswer {
  /** The row's correlation id. */
  readonly correlationId: string;
  /** The inputs, by name; null where only the outputs were collected. */
  readonly inputs: Readonly<Record<string, unknown>> | null;
  /** Label and probabilities, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** A request in the inference log. */
export interface LoggedRequest {
  /** The endpoint that was asked. */
  readonly endpoint: string;
  /** The deployment that answered. */
  readonly deployment: string;
  /** Version of the model, as the container said it. */
  readonly modelVersion: string;
  /** When it was answered, in ISO 8601. */
  readonly time: string;
  /** The request's id. */
  readonly requestId: string;
  /** The row that was asked for, or all rows of the request. */
  readonly rows: readonly LoggedAnswer[];
  /** The blob that its outputs lie in. */
  readonly blob: string;
}

/** Which id is looked for. */
export interface WantedId {
  /** Correlation id of a row, or the id of a request. */
  readonly id: string;
  /** The endpoint. Default: all that have been collected from. */
  readonly endpoint?: string;
}

/** Downloads under way at once. */
const DOWNLOADS = 8;

/**
 * Finds a request in the inference log by the correlation id of one of its rows, or by its own id.
 * Reads the newest hours first, and ends with the first that has it.
 *
 * @param workspace Where the log is.
 * @param wanted See {@linkcode WantedId}.
 * @returns The request; undefined where it was never collected.
 *
 * @example
 * ```ts ignore
 * const found = await findLogged(workspace, { id: predictions[0].correlationId });
 * ```
 */
export async function findLogged(
  workspace: Pick<Workspace, "azure">,
  { id, endpoint }: WantedId,
): Promise<LoggedRequest | undefined> {
  const folder = `modelDataCollector/${endpoint === undefined ? "" : `${endpoint}/`}`;
  const all = await blobsUnder(workspace, folder);
  const outputs = all.filter((path) => path.split("/")[3] === "model_outputs");
  return await firstIn(workspace, outputs, id, async (path, record) => {
    const { data, xrequestid, time, modelversion } = record, isRequest = xrequestid === id;
    if (!Array.isArray(data)) return undefined;
    const rows = data.filter((row) => isRequest || row?.[ID_COLUMN] === id);
    if (rows.length === 0) return undefined;
    const given = await inputsOf(
      workspace,
      path.replace("/model_outputs/", "/model_inputs/"),
      rows,
    );
    const [, endpoint, deployment] = path.split("/");
    return {
      ...{ endpoint, deployment, modelVersion: String(modelversion), time: String(time) },
      ...{ requestId: String(xrequestid), blob: path },
      rows: rows.map((row) => ({
        correlationId: String(row[ID_COLUMN]),
        inputs: given.get(row[ID_COLUMN]) ?? null,
        outputs: withoutId(row),
      })),
    };
  });
}

/**
 * Finds what a caller kept of a request that is not in the log.
 *
 * @param workspace Where the records are.
 * @param wanted See {@linkcode WantedId}.
 * @returns The record and its endpoint; undefined where no caller knows it.
 *
 * @example
 * ```ts ignore
 * const sent = await findSent(workspace, { id: "iris-live-0001-000001" });
 * ```
 */
export async function findSent(
  workspace: Pick<Workspace, "azure">,
  { id, endpoint }: WantedId,
): Promise<{ endpoint: string; record: CallerRecord } | undefined> {
  const folder = `callers/${endpoint === undefined ? "" : `${endpoint}/`}`;
  const paths = await blobsUnder(workspace, folder);
  return await firstIn(workspace, paths, id, (path, value) => {
    const record = asCallerRecord(value);
    const isIt = record?.requestId === id || record?.correlationIds.includes(id);
    return Promise.resolve(record && isIt ? { endpoint: path.split("/")[1], record } : undefined);
  });
}

/** Blobs of a folder, the newest first. */
async function blobsUnder({ azure }: Pick<Workspace, "azure">, prefix: string): Promise<string[]> {
  const found: { path: string; at: number }[] = [];
  for await (const { name, properties } of azure.blobs.listBlobsFlat({ prefix })) {
    found.push({ path: name, at: properties.lastModified.getTime() });
  }
  return found.sort((a, b) => b.at - a.at || (a.path < b.path ? -1 : 1)).map(({ path }) => path);
}

async function firstIn<T>(
  workspace: Pick<Workspace, "azure">,
  paths: readonly string[],
  id: string,
  // deno-lint-ignore no-explicit-any -- a line as somebody wrote it
  read: (path: string, record: any) => Promise<T | undefined>,
): Promise<T | undefined> {
  const needle = JSON.stringify(id); // so a line is parsed only if the id stands in it, whole
  for (let from = 0; from < paths.length; from += DOWNLOADS) {
    const some = paths.slice(from, from + DOWNLOADS);
    const texts = await Promise.all(some.map((path) => textOf(workspace, path)));
    for (const [i, text] of texts.entries()) {
      if (!text.includes(needle)) continue;
      for (const line of text.split("\n")) {
        const record = line.includes(needle) ? parsed(line) : undefined;
        const found = record && await read(some[i], record);
        if (found) return found;
      }
    }
  }
  return undefined;
}

async function inputsOf(
  workspace: Pick<Workspace, "azure">,
  path: string,
  wanted: readonly Record<string, unknown>[],
): Promise<Map<unknown, Record<string, unknown>>> {
  const ids = new Set(wanted.map((row) => row[ID_COLUMN]));
  const lines = (await textOf(workspace, path)).split("\n");
  const rows = lines.flatMap((line) => parsed(line)?.data ?? []);
  return new Map(
    rows.filter((row) => ids.has(row?.[ID_COLUMN])).map((row) => [row[ID_COLUMN], withoutId(row)]),
  );
}

/** A blob's text; empty where there is none. */
async function textOf({ azure }: Pick<Workspace, "azure">, path: string): Promise<string> {
  try {
    return new TextDecoder().decode(await azure.blobs.getBlobClient(path).downloadToBuffer());
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode !== 404) throw error;
    return "";
  }
}

/** A line that is being written, or that somebody broke, is passed over: `readBack` counts those. */
// deno-lint-ignore no-explicit-any -- a line as somebody wrote it
function parsed(line: string): any {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function withoutId({ [ID_COLUMN]: _id, ...row }: Record<string, unknown>): Record<string, unknown> {
  return row;
}
