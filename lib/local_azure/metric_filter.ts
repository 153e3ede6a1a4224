/** Azure Monitor's `$filter`: `A eq 'a1' and B eq 'b1' or B eq 'b2' and C eq '*'`. */

import { gatewayError } from "./arm_error.ts";
import type { MetricFilter } from "./metric_series.ts";

const TERM = /^\s*(\w+)\s+(eq|ne)\s+'((?:[^']|'')*)'\s*$/i;

/**
 * Reads a filter.
 *
 * @param text The filter; undefined for none.
 * @param dimensions The dimensions of each metric that is asked for: a name must be one of all of them.
 * @returns The values by dimension.
 * @throws {ArmError} 400 if it breaks the rules.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readMetricFilter } from "lib/local_azure/metric_filter.ts";
 *
 * const filter = readMetricFilter("a eq '1' or a eq '2' and b eq '*'", [["a", "b"]]);
 * assert.deepEqual([...filter], [["a", { not: false, values: ["1", "2"] }], ["b", { not: false, values: ["*"] }]]);
 * assert.throws(() => readMetricFilter("c eq '1'", [["a"]]), /'c' must be one of a/);
 * ```
 */
export function readMetricFilter(
  text: string | undefined,
  dimensions: readonly (readonly string[])[],
): MetricFilter {
  const filter = new Map<string, { not: boolean; values: string[] }>();
  if (text === undefined) return filter;
  const common = dimensions[0]?.filter((name) => dimensions.every((all) => all.includes(name))) ??
    [];
  for (const part of text.split(/\s+and\s+/i)) {
    const terms = part.replace(/^\s*\(|\)\s*$/g, "").split(/\s+or\s+/i).map((term) =>
      TERM.exec(term)
    );
    for (const term of terms) {
      if (!term) throw invalid(`'${part}' must be NAME eq 'VALUE'`);
      const [, given, operator, quoted] = term;
      const name = common.find((one) => one.toLowerCase() === given.toLowerCase());
      if (name === undefined) {
        throw invalid(`'${given}' must be one of ${common.join(", ") || "no dimension"}`);
      }
      if (term[1].toLowerCase() !== terms[0]![1].toLowerCase()) {
        throw invalid(`'${part}' has an or between two dimensions`);
      }
      const not = operator.toLowerCase() === "ne", entry = filter.get(name) ?? { not, values: [] };
      entry.values.push(quoted.replaceAll("''", "'"));
      filter.set(name, entry);
    }
  }
  return filter;
}

function invalid(why: string) {
  return gatewayError(400, "BadRequest", `Invalid filter: ${why}`);
}
