/** Reading back what the container has collected in Blob. */

import { ID_COLUMN } from "lib/serving/mod.ts";
import { type BlobTail, tailBlobs } from "./tail_blobs.ts";
import type { Workspace } from "./workspace.ts";

/** Rows by correlation id: what went in and what came out. */
export interface CollectedRow {
  /** Id that joins row, answer and the label that comes later. */
  readonly correlationId: string;
  /** The inputs, by name. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The outputs, by name. */
  readonly outputs: Readonly<Record<string, unknown>>;
}

/** Wait between two looks, in milliseconds. */
const LOOK_MS = 50;

/**
 * Waits until the rows with these ids are in the inference log, and joins inputs and outputs.
 *
 * The container answers first and writes in the background, so a row is there a few seconds later.
 *
 * @param workspace Where the log is.
 * @param wanted Endpoint and deployment, the rows' ids, and how long to wait, in milliseconds.
 * @returns The rows that are there, in the order of the ids; fewer than wanted if time ran out.
 *
 * @example
 * ```ts ignore
 * const rows = await collectedRows(workspace, { endpoint, deployment: "blue", ids, timeoutMs: 15_000 });
 * ```
 */
export async function collectedRows(
  workspace: Workspace,
  { endpoint, deployment, ids, timeoutMs }: {
    endpoint: string;
    deployment: string;
    ids: readonly string[];
    timeoutMs: number;
  },
): Promise<CollectedRow[]> {
  const folder = `modelDataCollector/${endpoint}/${deployment}`,
    end = performance.now() + timeoutMs;
  const [inputsOf, outputsOf] = ["model_inputs", "model_outputs"].map((name) =>
    rowReader(tailBlobs(workspace, `${folder}/${name}/`))
  );
  for (;;) {
    const [inputs, outputs] = await Promise.all([inputsOf(), outputsOf()]);
    const rows = ids.flatMap((id) => {
      const [input, output] = [inputs.get(id), outputs.get(id)];
      return input && output ? [{ correlationId: id, inputs: input, outputs: output }] : [];
    });
    if (rows.length === ids.length || performance.now() > end) return rows;
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
}

/** All rows so far, by id, at each call. A line that cannot be read is left to `readBack`, which counts it. */
function rowReader(tail: BlobTail): () => Promise<Map<string, Record<string, unknown>>> {
  const rows = new Map<string, Record<string, unknown>>();
  return async () => {
    for (const { text } of await tail.look()) {
      for (const row of rowsIn(text)) rows.set(row[ID_COLUMN], row);
    }
    return rows;
  };
}

// deno-lint-ignore no-explicit-any -- rows as somebody wrote them
function rowsIn(text: string): any[] {
  try {
    const { data } = JSON.parse(text);
    return Array.isArray(data) ? data.filter((row) => typeof row?.[ID_COLUMN] === "string") : [];
  } catch {
    return [];
  }
}
