/** What the pictures of monitoring draw in these tests: a model that meets concept drift. */

import type { DriftTable, Timeline, WindowLatency, WindowPerformance } from "lib/view/mod.ts";

const LIMITS = { low: 0.87, high: 1 };

/** Names of windows, from 1 on. */
export function windowNames(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `window ${i + 1}`);
}

/** Labels fall in the third window, the estimate never; labels of the last window have not come. */
export const PERFORMANCE: readonly WindowPerformance[] = [0.95, 0.94, 0.68, null].map((
  value,
  i,
) => ({
  name: `window ${i + 1}`,
  estimated: { value: 0.95 - i / 200, low: 0.88 - i / 200, high: 1 },
  realised: value === null ? null : { value, low: value - 0.12, high: Math.min(1, value + 0.08) },
  limits: LIMITS,
}));

/** One feature of three drifts, from the second window on; one cell has nothing to compare. */
export const DRIFT: DriftTable = {
  windows: windowNames(3),
  features: [
    {
      name: "sepal_width",
      cells: [0.04, null, 0.11].map((distance) => ({ distance, drift: false })),
    },
    {
      name: "petal_length",
      cells: [0.05, 0.35, 0.62].map((distance) => ({ distance, drift: distance > 0.3 })),
    },
    {
      name: "petal_width",
      cells: [0.02, 0.08, 0.2].map((distance) => ({ distance, drift: false })),
    },
  ],
};

/** Answers are slow in the last window; in the third there is none. */
export const LATENCY: readonly WindowLatency[] = [1, 1.2, null, 4].map((times, i) => ({
  name: `window ${i + 1}`,
  latency: times === null ? null : { p50Ms: 12 * times, p95Ms: 30 * times, p99Ms: 48 * times },
}));

/** An incident from fault to recovery. */
export const INCIDENT: Timeline = {
  events: [
    { name: "fault injected", seconds: 1000 },
    { name: "first bad window", seconds: 1020.5 },
    { name: "alert", seconds: 1032 },
    { name: "mitigation", seconds: 1041 },
    { name: "recovered", seconds: 1075 },
  ],
  durations: [
    { name: "time to detect", from: "fault injected", to: "alert" },
    { name: "time to mitigate", from: "alert", to: "mitigation" },
    { name: "time to recover", from: "fault injected", to: "recovered" },
  ],
};
