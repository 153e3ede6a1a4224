/** What windows of so many rows can show, as a table. */

import { deviation } from "lib/core/mod.ts";
import type { DriftPower, ReferenceProfile } from "lib/monitoring/mod.ts";
import { type Table, table } from "lib/view/mod.ts";

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
    const sd = deviation(summaries[f].moments), shift = smallestShifts[f];
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
