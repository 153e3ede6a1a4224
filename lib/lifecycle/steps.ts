/** The chapters of the demo, and how far it is built. */

import type { Step } from "lib/view/mod.ts";

/** The chapters in their order; `notebook` is missing while a chapter is still to be written. */
const CHAPTERS: readonly { name: string; detail: string; notebook?: string }[] = [
  { name: "Start", detail: "the map, the machine, the language", notebook: "00_start_here" },
  { name: "Foundation", detail: "rows, contract, split, forest, tests", notebook: "01_foundation" },
  {
    name: "Gate",
    detail: "runs, versions, a gate that can refuse",
    notebook: "02_mlops_infrastructure",
  },
  {
    name: "Deploy",
    detail: "managed endpoint, blue and green traffic",
    notebook: "03_azure_ml",
  },
  { name: "Monitor", detail: "drift, late labels, alerts, retraining", notebook: "04_monitoring" },
  { name: "A/B test", detail: "a decision that survives peeking", notebook: "05_ab_testing" },
  {
    name: "Incident",
    detail: "fault, rollback, measured times",
    notebook: "06_incident_response",
  },
];

/**
 * The chapters as steps for the map.
 *
 * @param notebook The chapter that is open now.
 * @returns Steps: the open one `now`, others `done` as far as they are built, the rest `later`.
 * @throws {RangeError} If no chapter has that notebook.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { demoSteps } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(demoSteps("01_foundation")[1].state, "now");
 * ```
 */
export function demoSteps(notebook: string): Step[] {
  if (!CHAPTERS.some((chapter) => chapter.notebook === notebook)) {
    throw new RangeError(`Cannot draw the map as no chapter is called ${notebook}`);
  }
  return CHAPTERS.map(({ name, detail, notebook: own }) => ({
    name,
    detail,
    state: own === notebook ? "now" : own ? "done" : "later",
  }));
}
