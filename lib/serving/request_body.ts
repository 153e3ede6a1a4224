/** What callers may send to `/score`, turned into rows. */

/** Rows as a caller sent them, not yet held against the signature. */
export type ScoreRequest =
  | {
    readonly ok: true;
    /** Arrays in the signature's order, or objects by input name. */
    readonly rows: unknown;
    /** The caller's own id of each row, where it gave them. */
    readonly correlationIds?: readonly string[];
  }
  | { readonly ok: false; readonly message: string };

/** Most rows in a request. */
export const MAX_ROWS = 1_000;

/**
 * Understands Azure ML's usual shape `{"input_data": {"columns": […], "index": […], "data": [[…]]}}`,
 * the same without columns, `{"data": …}`, and plain rows. `correlation_ids` may stand beside them.
 *
 * @param body What `JSON.parse` gave.
 * @returns The rows, or one sentence on why there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readScoreRequest } from "lib/serving/mod.ts";
 *
 * const body = { input_data: { columns: ["b", "a"], data: [[2, 1]] }, correlation_ids: ["r1"] };
 * assert.deepEqual(readScoreRequest(body), { ok: true, rows: [{ b: 2, a: 1 }], correlationIds: ["r1"] });
 * ```
 */
export function readScoreRequest(body: unknown): ScoreRequest {
  const { rows, ids } = parts(body);
  if (!Array.isArray(rows) || rows.length === 0) {
    return bad(
      "must have rows: an array under input_data, input_data.data or data, or the body itself",
    );
  }
  if (rows.length > MAX_ROWS) return bad(`must have at most ${MAX_ROWS} rows: got ${rows.length}`);
  if (ids === undefined) return { ok: true, rows };
  if (
    !Array.isArray(ids) || ids.length !== rows.length || ids.some((id) => typeof id !== "string")
  ) {
    return bad(`correlation_ids must be ${rows.length} texts, one for each row`);
  }
  return { ok: true, rows, correlationIds: ids };
}

function parts(body: unknown): { rows: unknown; ids?: unknown } {
  if (!isRecord(body)) return { rows: body };
  const { input_data: input = body.data, correlation_ids: ids } = body;
  if (!isRecord(input)) return { rows: input, ids };
  const { columns, data } = input;
  if (!Array.isArray(columns) || !Array.isArray(data)) return { rows: data, ids };
  // by name: a caller's order of columns is its own
  const rows = data.map((row) =>
    Array.isArray(row) && row.length === columns.length
      ? Object.fromEntries(columns.map((name, i) => [String(name), row[i]]))
      : row
  );
  return { rows, ids };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function bad(message: string): ScoreRequest {
  return { ok: false, message };
}
