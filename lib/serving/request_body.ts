/** What callers may send to `/score`, turned into rows. */

import { MAX_ID } from "./limits.ts";

/** Rows as a caller sent them, not yet held against the signature. */
export type ScoreRequest =
  | {
    readonly ok: true;
    /** Arrays in the signature's order, or objects by input name. */
    readonly rows: readonly unknown[];
    /** The caller's own id of each row, where it gave them. */
    readonly correlationIds?: readonly string[];
  }
  | { readonly ok: false; readonly message: string };

/** Name of the column that may carry correlation ids, unless the model has an input of that name. */
export const ID_COLUMN = "correlation_id";

/** What {@linkcode readScoreRequest} needs to know. */
export interface ScoreRequestOptions {
  /** Names of the model's inputs. Default none. */
  readonly inputs?: readonly string[];
  /** Most rows. Default 1,000. */
  readonly maxRows?: number;
}

/**
 * Understands Azure ML's usual shape `{"input_data": {"columns": […], "index": […], "data": [[…]]}}`,
 * the same without columns, `{"data": …}`, and plain rows. Correlation ids may stand beside them as
 * `correlation_ids`, or among them as a column `correlation_id`.
 *
 * @param body What `JSON.parse` gave.
 * @param options See {@linkcode ScoreRequestOptions}.
 * @returns The rows, or one sentence on why there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readScoreRequest } from "lib/serving/mod.ts";
 *
 * const body = { input_data: { columns: ["b", "a"], data: [[2, 1]] }, correlation_ids: ["r1"] };
 * assert.deepEqual(readScoreRequest(body), { ok: true, rows: [{ b: 2, a: 1 }], correlationIds: ["r1"] });
 * assert.deepEqual(readScoreRequest([{ a: 1, correlation_id: "r1" }]), { ok: true, rows: [{ a: 1 }], correlationIds: ["r1"] });
 * ```
 */
export function readScoreRequest(
  body: unknown,
  { inputs = [], maxRows = 1_000 }: ScoreRequestOptions = {},
): ScoreRequest {
  const { data, columns, ids: beside } = parts(body);
  if (!Array.isArray(data) || data.length === 0) {
    return no("must have rows: an array under input_data, input_data.data or data, or itself");
  }
  if (data.length > maxRows) return no(`must have at most ${maxRows} rows: got ${data.length}`);
  if (columns !== undefined) {
    const isList = Array.isArray(columns) && columns.every((name) => typeof name === "string");
    if (!isList || new Set(columns).size < columns.length) {
      return no("must have columns that are texts, each once");
    }
  }
  const named = columns ? byName(data, columns as string[]) : data;
  const isColumn = !inputs.includes(ID_COLUMN) &&
    named.some((row) => isRecord(row) && Object.hasOwn(row, ID_COLUMN));
  if (!isColumn) return withIds(named, beside, "correlation_ids");
  if (beside !== undefined) return no(`must have correlation_ids or ${ID_COLUMN}, not both`);
  const ids = named.map((row) => isRecord(row) ? row[ID_COLUMN] : undefined);
  return withIds(named.map(withoutId), ids, ID_COLUMN);
}

function parts(body: unknown): { data: unknown; columns?: unknown; ids?: unknown } {
  if (!isRecord(body)) return { data: body };
  const { input_data: input = body.data, correlation_ids: ids } = body;
  return isRecord(input) ? { data: input.data, columns: input.columns, ids } : { data: input, ids };
}

/** By name, as a caller's order of columns is its own; a row of another length is left to the check. */
function byName(rows: readonly unknown[], columns: readonly string[]): unknown[] {
  return rows.map((row) =>
    Array.isArray(row) && row.length === columns.length
      ? Object.fromEntries(columns.map((name, i) => [name, row[i]]))
      : row
  );
}

function withoutId(row: unknown): unknown {
  if (!isRecord(row)) return row;
  return Object.fromEntries(Object.entries(row).filter(([name]) => name !== ID_COLUMN));
}

function withIds(rows: readonly unknown[], ids: unknown, where: string): ScoreRequest {
  if (ids === undefined) return { ok: true, rows };
  const isList = Array.isArray(ids) && ids.length === rows.length && ids.every(isId);
  if (!isList || new Set(ids).size < ids.length) {
    return no(
      `must have ${rows.length} texts of 1 to ${MAX_ID} characters in ${where}, ` +
        "one for each row and each once",
    );
  }
  return { ok: true, rows, correlationIds: ids };
}

function isId(id: unknown): id is string {
  return typeof id === "string" && id.length > 0 && id.length <= MAX_ID && id.isWellFormed();
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function no(message: string): ScoreRequest {
  return { ok: false, message };
}
