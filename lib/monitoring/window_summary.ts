/** A window in a few hundred numbers. Summaries of parts merge, so no statistic needs the rows again. */

import { BadInput, mergeSummaries, summarise, type Summary } from "lib/core/mod.ts";
import { columnOf, countLabels, type ReferenceProfile } from "./profile.ts";
import type { RefusedInput, ScoredWindow } from "./window.ts";

/** Summary of a window. Plain data. */
export interface WindowSummary {
  /** Name for people. */
  readonly name: string;
  /** Begin, ISO 8601 in UTC. */
  readonly from: string;
  /** End (excluded), ISO 8601 in UTC. */
  readonly to: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** One summary an input, in the bins of the reference. (d) */
  readonly summaries: readonly Summary[];
  /** Values outside the range that makes sense, by input. (d) */
  readonly outOfRange: readonly number[];
  /** Rows by predicted class. (k) */
  readonly predicted: readonly number[];
  /** Why rows were refused. */
  readonly refused: readonly RefusedInput[];
}

/**
 * Summarises a window.
 *
 * @param window See {@linkcode ScoredWindow}; it may be empty.
 * @param profile What it will be held against.
 * @returns See {@linkcode WindowSummary}.
 * @throws {BadInput} If the window's inputs or classes are not those of the reference.
 *
 * @example An empty window
 * ```ts
 * import assert from "node:assert/strict";
 * import { referenceProfile, summariseWindow } from "lib/monitoring/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }], classes = ["a", "b"];
 * const none = new Float64Array(), labels = Uint8Array.of(0, 1);
 * const profile = referenceProfile({ features, classes, x: Float64Array.of(1, 2), predicted: labels, probabilities: none, actual: labels });
 * const { rows, predicted } = summariseWindow({
 *   name: "night", from: "2026-01-01T00:00:00Z", to: "2026-01-01T01:00:00Z",
 *   features, classes, x: none, predicted: new Uint8Array(), probabilities: none, actual: new Int16Array(),
 *   requests: { status: new Uint16Array(), ms: none }, refused: [],
 * }, profile);
 * assert.deepEqual([rows, predicted], [0, [0, 0]]);
 * ```
 */
export function summariseWindow(window: ScoredWindow, profile: ReferenceProfile): WindowSummary {
  const { name, from, to, features, classes, x, predicted, refused } = window;
  const names = (list: readonly { readonly name: string }[]) => list.map(({ name }) => name).join();
  sameNames(`${name}, inputs`, names(features), names(profile.features));
  sameNames(`${name}, classes`, classes.join(), profile.classes.join());
  const columns = features.map((_, f) => columnOf(x, { d: features.length, f }));
  return {
    ...{ name, from, to, rows: predicted.length },
    summaries: columns.map((values, f) => summarise(values, profile.summaries[f].edges)),
    outOfRange: columns.map((values, f) => {
      const { min, max } = profile.features[f];
      let outside = 0;
      for (const value of values) if (value < min || value > max) outside++;
      return outside;
    }),
    predicted: countLabels(predicted, classes.length),
    refused,
  };
}

/**
 * The summary of two windows together.
 *
 * @param a One window; the merged one bears its name.
 * @param b Another, summarised with the same profile.
 * @returns What {@linkcode summariseWindow} gives for the rows of both, from the earlier begin to the
 * later end.
 * @throws {RangeError} If they were not summarised with the same profile.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mergeWindows } from "lib/monitoring/mod.ts";
 *
 * const part = { from: "2026-01-01", to: "2026-01-02", summaries: [], outOfRange: [], refused: [] };
 * const merged = mergeWindows({ ...part, name: "January", rows: 2, predicted: [2, 0] }, { ...part, name: "", rows: 1, predicted: [0, 1] });
 * assert.deepEqual([merged.name, merged.rows, merged.predicted], ["January", 3, [2, 1]]);
 * ```
 */
export function mergeWindows(a: WindowSummary, b: WindowSummary): WindowSummary {
  if (a.summaries.length !== b.summaries.length || a.predicted.length !== b.predicted.length) {
    throw new RangeError(
      `Cannot merge windows as inputs and classes must be the same: ${a.name} and ${b.name}`,
    );
  }
  const refused = new Map<string, RefusedInput>();
  for (const found of [...a.refused, ...b.refused]) {
    const key = JSON.stringify([found.input, found.rule]);
    refused.set(key, { ...found, rows: found.rows + (refused.get(key)?.rows ?? 0) });
  }
  const add = (one: readonly number[], other: readonly number[]) =>
    one.map((count, i) => count + other[i]);
  return {
    name: a.name,
    from: a.from < b.from ? a.from : b.from,
    to: a.to > b.to ? a.to : b.to,
    rows: a.rows + b.rows,
    summaries: a.summaries.map((summary, f) => mergeSummaries(summary, b.summaries[f])),
    outOfRange: add(a.outOfRange, b.outOfRange),
    predicted: add(a.predicted, b.predicted),
    refused: [...refused.values()],
  };
}

function sameNames(field: string, found: string, expected: string): void {
  if (found !== expected) {
    throw new BadInput({
      field,
      rule: `must be those of the reference (${expected})`,
      value: found,
    });
  }
}
