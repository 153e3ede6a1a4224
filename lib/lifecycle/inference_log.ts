/** The inference log in memory: rows by deployment and correlation id. Letters: d inputs, k classes. */

import type { Signature } from "lib/model/mod.ts";
import { ID_COLUMN } from "lib/serving/mod.ts";
import type { BlobLine } from "./tail_blobs.ts";

/** A row that was answered. */
export interface LoggedRow {
  /** The inputs, in the signature's order. (d) */
  readonly x: Float64Array;
  /** Place of the answered class. */
  readonly label: number;
  /** Its probabilities. (k) */
  readonly probabilities: Float64Array;
}

/** Rows of all deployments that were read. */
export interface InferenceLog {
  /** Takes a line; the reason where it is none of the log's. */
  add(line: BlobLine): string | undefined;
  /** A row, once both of its sides are there. Without a deployment: of any. */
  row(deployment: string | null, id: string): LoggedRow | undefined;
  /** Ids of all rows with inputs, of all deployments. */
  ids(): Iterable<string>;
  /** Lines or rows that were there already: the first counts. */
  readonly doubled: number;
}

interface Sides {
  readonly inputs: Map<string, Float64Array>;
  readonly outputs: Map<string, { label: number; probabilities: Float64Array }>;
}

/**
 * An empty log.
 *
 * @param signature The inputs and classes that rows must have.
 * @param isOwn Whether a row with that id is kept. Default: every one.
 * @returns See {@linkcode InferenceLog}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createInferenceLog } from "lib/lifecycle/mod.ts";
 *
 * const log = createInferenceLog({ inputs: [{ name: "length", unit: "cm", min: 0, max: 9 }], classes: ["a", "b"] });
 * const line = (collection: string, row: object) => ({
 *   path: `modelDataCollector/pets/blue/${collection}/2026/01/02/03/i1.jsonl`,
 *   text: JSON.stringify({ id: collection, data: [{ correlation_id: "c1", ...row }] }),
 *   ...{ line: 1, isCut: false },
 * });
 * log.add(line("model_inputs", { length: 4 }));
 * log.add(line("model_outputs", { label: "b", probability_a: 0.2, probability_b: 0.8 }));
 * assert.deepEqual(log.row("blue", "c1")?.label, 1);
 * assert.equal(log.add({ ...line("model_inputs", {}), text: "{" }), "not JSON");
 * ```
 */
export function createInferenceLog(
  { inputs, classes }: Signature,
  isOwn: (id: string) => boolean = () => true,
): InferenceLog {
  const deployments = new Map<string, Sides>(), records = new Set<string>();
  const labels = new Map(classes.map((name, label) => [name, label]));
  const names = inputs.map(({ name }) => name);
  const shares = classes.map((name) => `probability_${name}`);
  let doubled = 0;

  function sidesOf(deployment: string): Sides {
    let sides = deployments.get(deployment);
    if (!sides) deployments.set(deployment, sides = { inputs: new Map(), outputs: new Map() });
    return sides;
  }

  function keep<T>(side: Map<string, T>, rows: readonly [string, T][]): void {
    for (const [id, row] of rows) {
      if (!isOwn(id)) continue;
      if (side.has(id)) doubled++;
      else side.set(id, row);
    }
  }

  return {
    add({ path, text, isCut }) {
      const [, , deployment, collection] = path.split("/");
      let record: { id?: unknown; data?: unknown };
      try {
        record = JSON.parse(text);
      } catch {
        return isCut ? "cut off" : "not JSON";
      }
      if (!Array.isArray(record?.data) || typeof record.id !== "string") return "unknown shape";
      if (records.has(record.id)) return void doubled++;
      const { data } = record;
      if (collection === "model_inputs") {
        const rows = data.map((row) => sideOf(row, () => numbers(row, names)));
        if (!rows.every((row) => row !== undefined)) return "unknown shape";
        keep(sidesOf(deployment).inputs, rows);
      } else if (collection === "model_outputs") {
        const rows = data.map((row) =>
          sideOf(row, () => {
            const label = labels.get(row.label), probabilities = numbers(row, shares);
            return label === undefined || !probabilities ? undefined : { label, probabilities };
          })
        );
        if (!rows.every((row) => row !== undefined)) return "unknown shape";
        keep(sidesOf(deployment).outputs, rows);
      } else return "unknown collection";
      records.add(record.id);
      return undefined;
    },
    row(deployment, id) {
      const all = deployment === null ? [...deployments.keys()] : [deployment];
      for (const name of all) {
        const sides = deployments.get(name), x = sides?.inputs.get(id);
        const output = sides?.outputs.get(id);
        if (x && output) return { x, ...output };
      }
      return undefined;
    },
    *ids() {
      for (const { inputs } of deployments.values()) yield* inputs.keys();
    },
    get doubled() {
      return doubled;
    },
  };
}

// deno-lint-ignore no-explicit-any -- a row as somebody wrote it
function sideOf<T>(row: any, read: () => T | undefined): [string, T] | undefined {
  if (typeof row !== "object" || row === null || typeof row[ID_COLUMN] !== "string") {
    return undefined;
  }
  const value = read();
  return value === undefined ? undefined : [row[ID_COLUMN], value];
}

function numbers(
  row: Readonly<Record<string, unknown>>,
  names: readonly string[],
): Float64Array | undefined {
  const values = new Float64Array(names.length);
  for (const [i, name] of names.entries()) {
    const value = row[name];
    if (typeof value !== "number" || !Number.isFinite(value)) return undefined;
    values[i] = value;
  }
  return values;
}
