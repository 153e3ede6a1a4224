/** Reports of windows in the shapes that the pictures of monitoring take. */

import type { DriftTable, WindowLatency, WindowPerformance } from "lib/view/mod.ts";
import type { WindowReport } from "./watch.ts";

/**
 * Accuracy over windows, for `performancePicture`.
 *
 * @param reports Windows in the order of time.
 * @returns One entry a window; what is not known is null, and what fell is what the reports decided.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { performanceOf } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(performanceOf([]), []);
 * ```
 */
export function performanceOf(reports: readonly WindowReport[]): WindowPerformance[] {
  return reports.map(({ name, estimated, realised: { accuracy, state } }) => ({
    name,
    estimated: estimated.value === null || estimated.band === null
      ? null
      : { value: estimated.value, ...estimated.band },
    realised: accuracy.value === null || accuracy.interval === null
      ? null
      : { value: accuracy.value, ...accuracy.interval },
    // a reference that is never wrong leaves no room between its limits: nothing is held against them
    limits: estimated.state === "undecided" ? null : estimated.limits,
    fell: {
      estimated: estimated.state === "undecided" ? null : estimated.state === "below",
      realised: state === "undecided" ? null : state === "missed",
    },
  }));
}

/**
 * Distances of all features over windows, for `driftHeatmap`.
 *
 * @param reports Windows in the order of time. A feature that a window does not have is empty there.
 * @returns The table; features in the order of the first window, then the predicted classes.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { driftOf } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(driftOf([]), { windows: [], features: [] });
 * ```
 */
export function driftOf(reports: readonly WindowReport[]): DriftTable {
  const names = new Set(reports.flatMap(({ drift }) => drift.features.map(({ name }) => name)));
  const features = [...names].map((name) => ({
    name,
    cells: reports.map(({ drift }) => {
      const found = drift.features.find((feature) => feature.name === name);
      return { distance: found?.distance ?? null, drift: found?.drifted ?? false };
    }),
  }));
  const cells = reports.map(({ drift: { prediction } }) => (
    { distance: prediction.distance, drift: prediction.drifted }
  ));
  const predictions = reports.length > 0 ? [{ name: "predicted classes", cells }] : [];
  return { windows: reports.map(({ name }) => name), features: [...features, ...predictions] };
}

/**
 * Latency over windows, for `latencyPicture`.
 *
 * @param reports Windows in the order of time.
 * @returns The windows, and what was promised for the 95th percentile, in milliseconds.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { latencyOf } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(latencyOf([]), { windows: [], objectiveMs: undefined });
 * ```
 */
export function latencyOf(
  reports: readonly WindowReport[],
): { readonly windows: WindowLatency[]; readonly objectiveMs: number | undefined } {
  const last = reports.at(-1)?.service.objectives ?? [];
  return {
    windows: reports.map(({ name, service: { latency } }) => ({ name, latency })),
    objectiveMs: last.find(({ objective }) => objective === "p95Ms")?.limit,
  };
}
