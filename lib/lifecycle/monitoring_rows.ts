/** Window reports as the pictures and tables of chapter 04 want them. */

import type { DriftPower, ReferenceProfile } from "lib/monitoring/mod.ts";
import { type DriftTable, type Table, table, type WindowPerformance } from "lib/view/mod.ts";
import type { WindowReport } from "./watch.ts";

/**
 * Distances of inputs and predictions over windows, for the heat-map.
 *
 * @param reports Window by window.
 * @returns A row for each input, and one for the predicted classes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { driftRows } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(driftRows([]), { windows: [], features: [] });
 * ```
 */
export function driftRows(reports: readonly WindowReport[]): DriftTable {
  const names = reports[0]?.drift.features.map(({ name }) => name) ?? [];
  const features = names.map((name, f) => ({
    name,
    cells: reports.map(({ drift }) => {
      const { distance, drifted } = drift.features[f];
      return { distance, drift: drifted };
    }),
  }));
  const predictions = {
    name: "predicted classes",
    cells: reports.map(({ drift: { prediction } }) => (
      { distance: prediction.distance, drift: prediction.drifted }
    )),
  };
  const windows = reports.map(({ name }) => name);
  return { windows, features: reports.length > 0 ? [...features, predictions] : [] };
}

/**
 * Accuracy by votes and by labels over windows.
 *
 * @param reports Window by window.
 * @returns One row a window.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { performanceRows } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(performanceRows([]), []);
 * ```
 */
export function performanceRows(reports: readonly WindowReport[]): WindowPerformance[] {
  return reports.map(({ name, estimated, realised: { accuracy } }) => ({
    name,
    estimated: estimated.value === null || estimated.band === null
      ? null
      : { value: estimated.value, ...estimated.band },
    realised: accuracy.value === null || accuracy.interval === null
      ? null
      : { value: accuracy.value, ...accuracy.interval },
    limits: estimated.limits,
  }));
}

/**
 * What a window can show, input by input.
 *
 * @param profile What is usual.
 * @param power What so many rows can show.
 * @returns The table.
 *
 * @example
 * ```ts ignore
 * driftPowerTable(watch.profile, driftPower(watch.profile, { rows: 100 }));
 * ```
 */
export function driftPowerTable(
  { features, summaries }: ReferenceProfile,
  { rows, rowsNeeded, smallestShifts }: DriftPower,
): Table {
  const lines = features.map(({ name, unit }, f) => {
    const { m2, count } = summaries[f].moments, shift = smallestShifts[f];
    const sd = Math.sqrt(m2 / Math.max(1, count - 1));
    return { input: name, sd: shift, shift: shift === null ? null : shift * sd, unit };
  });
  return table(lines, {
    columns: [
      { key: "input" },
      { key: "sd", label: "smallest shift", unit: "standard deviations", digits: 2 },
      { key: "shift", label: "that is", digits: 3 },
      { key: "unit" },
    ],
    caption: `A window of ${rows} rows; it takes ${
      rowsNeeded ?? "more rows of the usual"
    } to decide`,
  });
}
