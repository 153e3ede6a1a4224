/** Rows of the log whose labels have come, as samples that could be learnt from. */

import { type Samples, take } from "lib/core/mod.ts";
import type { Scene } from "lib/data/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";
import type { LabelledRows } from "./retrain_dataset.ts";

/** Labelled rows with what the model said of them. */
export interface LabelledLog extends LabelledRows {
  /** Labels that the model in use gave. (n) */
  readonly predicted: Uint8Array;
}

/**
 * The labelled rows of some windows. Rows whose values stand in the holdout are left out: with few
 * decimals that happens by chance, and nobody could tell it from a leak.
 *
 * @param windows Windows that were read back.
 * @param options The holdout, and the scene that says which rows were measured on one thing (in a real
 * log a column would say it).
 * @returns The rows, window by window.
 *
 * @example
 * ```ts ignore
 * const rows = labelledRows(windows.slice(7), { holdout: prepared.holdout, scene });
 * ```
 */
export function labelledRows(
  windows: readonly ScoredWindow[],
  { holdout, scene }: { readonly holdout: Samples; readonly scene: Scene },
): LabelledLog {
  const { features, classes } = holdout, d = features.length;
  const rowText = (x: Float64Array, i: number) => x.subarray(i * d, i * d + d).join();
  const held = new Set(Array.from(holdout.y, (_, i) => rowText(holdout.x, i)));
  const unitOf = new Map(
    scene.windows.flatMap(({ correlationIds, sources }) =>
      correlationIds.map((id, i) => [id, `row ${sources[i]}`] as const)
    ),
  );
  const x: number[] = [], y: number[] = [], predicted: number[] = [], units: string[] = [];
  for (const window of windows) {
    window.actual.forEach((label, i) => {
      if (label < 0 || held.has(rowText(window.x, i))) return;
      x.push(...window.x.subarray(i * d, i * d + d));
      y.push(label);
      predicted.push(window.predicted[i]);
      const id = window.ids?.[i] ?? "";
      units.push(unitOf.get(id) ?? id);
    });
  }
  const samples = { features, classes, x: Float64Array.from(x), y: Uint8Array.from(y) };
  return { samples, units, predicted: Uint8Array.from(predicted) };
}

/**
 * Some of the rows.
 *
 * @param log Labelled rows.
 * @param places From 0; a place may come twice.
 * @returns The rows at these places.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { takeLabelled } from "lib/lifecycle/mod.ts";
 *
 * const samples = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(0, 1) };
 * const log = { samples, units: ["u1", "u2"], predicted: Uint8Array.of(0, 0) };
 * assert.deepEqual(takeLabelled(log, [1]).units, ["u2"]);
 * ```
 */
export function takeLabelled(
  { samples, units, predicted }: LabelledLog,
  places: readonly number[],
): LabelledLog {
  return {
    samples: take(samples, places),
    units: places.map((place) => units[place]),
    predicted: Uint8Array.from(places, (place) => predicted[place]),
  };
}
