/** Rows that both models have answered, as pairs: by a mirror, or given to both offline. */

import type { PairedEvidence } from "lib/experiment/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";

/** Rows of a window, as far as pairs need them. */
export type PairedRows = Pick<ScoredWindow, "ids" | "x" | "actual" | "predicted">;

/**
 * Pairs from a mirror: what blue answered, and what green made of the copy.
 *
 * @param windows Rows that blue answered.
 * @param greenOf Green's label for a row, by its id; undefined where there was no copy.
 * @returns Rows with a label that both have answered; null if there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { mirroredPairs } from "lib/lifecycle/mod.ts";
 *
 * const rows = { ids: ["r1", "r2", "r3"], x: new Float64Array(3), actual: Int16Array.of(0, 1, -1), predicted: Uint8Array.of(0, 0, 0) };
 * assert.deepEqual(mirroredPairs([rows], () => 1), { kind: "paired", rows: 2, onlyAWrong: 1, onlyBWrong: 1 });
 * assert.equal(mirroredPairs([rows], () => undefined), null);
 * ```
 */
export function mirroredPairs(
  windows: readonly PairedRows[],
  greenOf: (id: string) => number | undefined,
): PairedEvidence | null {
  return counted(
    windows.flatMap(({ ids, actual, predicted }) =>
      (ids ?? []).flatMap((id, i): Pair[] => {
        const green = greenOf(id);
        return green === undefined ? [] : [{ actual: actual[i], blue: predicted[i], green }];
      })
    ),
  );
}

/**
 * Pairs from the log: every row is given to both models, whoever had answered it.
 *
 * @param windows Rows that were answered.
 * @param models The two.
 * @returns Rows with a label; null if there are none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { modelOf, offlinePairs, prepare } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const { train } = await prepare("data/iris.dataset.json", { seed: 7 });
 * const model = modelOf(majorityBaseline(train).json, { name: "iris", samples: train });
 * const rows = { ids: [], x: train.x, actual: Int16Array.from(train.y), predicted: train.y };
 * const pairs = offlinePairs([rows], { blue: model, green: model });
 * assert.deepEqual(pairs, { kind: "paired", rows: 59, onlyAWrong: 0, onlyBWrong: 0 });
 * ```
 */
export function offlinePairs(
  windows: readonly PairedRows[],
  models: { readonly blue: Model; readonly green: Model },
): PairedEvidence | null {
  return counted(windows.flatMap(({ x, actual }) => {
    if (actual.length === 0) return [];
    const blue = predict(models.blue, x).labels, green = predict(models.green, x).labels;
    return Array.from(actual, (label, i) => ({ actual: label, blue: blue[i], green: green[i] }));
  }));
}

/** One row: its label, -1 where none has come, and both answers. */
interface Pair {
  readonly actual: number;
  readonly blue: number;
  readonly green: number;
}

function counted(pairs: readonly Pair[]): PairedEvidence | null {
  const known = pairs.filter(({ actual }) => actual >= 0);
  if (known.length === 0) return null;
  const count = (is: (pair: Pair) => boolean) => known.filter(is).length;
  return {
    kind: "paired",
    rows: known.length,
    onlyAWrong: count(({ actual, blue, green }) => blue !== actual && green === actual),
    onlyBWrong: count(({ actual, blue, green }) => blue === actual && green !== actual),
  };
}
