/** JSON as MLflow's clients write it: Python writes NaN and Infinity as bare words. */

import type { Json } from "lib/core/mod.ts";
import { isTooDeep } from "./json_depth.ts";

/** A text that is not closed goes to the end, so that no part of it is looked at twice. */
const STRING_OR_BARE = /"[^"\\]*(?:\\[^][^"\\]*)*(?:"|$)|-?\bInfinity\b|\bNaN\b/g;

/**
 * Reads JSON in which NaN, Infinity and -Infinity may stand bare.
 *
 * @param text The text.
 * @returns The value, bare words as strings (`"NaN"`); `undefined` if it is no JSON, or is
 * nested so deep that nobody can have meant it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { parseLooseJson } from "lib/local_azure/mlflow_json.ts";
 *
 * assert.deepEqual(parseLooseJson('{"value": -Infinity, "key": "NaN is \\"NaN\\""}'), {
 *   value: "-Infinity",
 *   key: 'NaN is "NaN"',
 * });
 * assert.equal(parseLooseJson("not json"), undefined);
 * ```
 */
export function parseLooseJson(text: string): Json | undefined {
  if (isTooDeep(text)) return undefined;
  return parsed(text) ??
    parsed(text.replace(STRING_OR_BARE, (found) => found.startsWith('"') ? found : `"${found}"`));
}

function parsed(text: string): Json | undefined {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
