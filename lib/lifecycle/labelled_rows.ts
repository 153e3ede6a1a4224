/** Rows of the log whose labels have come, as samples that could be learnt from. */

import type { Samples } from "lib/core/mod.ts";
import type { Scene } from "lib/data/mod.ts";
import type { ScoredWindow } from "lib/monitoring/mod.ts";
import type { LabelledRows } from "./retrain_dataset.ts";

/** Labelled rows with what the model said of them. */
export interface LabelledLog extends LabelledRows {
  /** Labels that the model in use gave. (n) */
  readonly predicted: Uint8Array;
}

/** Whether row i of some values (n × d) stands in the holdout: nobody could tell it from a leak. */
export function holdoutRows(
  { features, x, y }: Samples,
): (values: Float64Array, i: number) => boolean {
  const d = features.length;
  const text = (values: Float64Array, i: number) => values.subarray(i * d, i * d + d).join();
  const held = new Set(Array.from(y, (_, i) => text(x, i)));
  return (values, i) => held.has(text(values, i));
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
  const isHeld = holdoutRows(holdout);
  const unitOf = new Map(
    scene.windows.flatMap(({ correlationIds, sources }) =>
      correlationIds.map((id, i) => [id, `row ${sources[i]}`] as const)
    ),
  );
  const x: number[] = [], y: number[] = [], predicted: number[] = [], units: string[] = [];
  for (const window of windows) {
    window.actual.forEach((label, i) => {
      if (label < 0 || isHeld(window.x, i)) return;
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
