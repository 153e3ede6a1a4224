/** The verb track: a training becomes a run that can be looked up and compared. */

import type { RunRecord, Tracking } from "lib/tracking/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import type { SavedCandidate } from "./bundled.ts";
import { readProvenance } from "./provenance.ts";
import type { Evaluation, Prepared } from "./train.ts";

/** What a run is made of. */
export interface TrackedTraining {
  /** The rows. */
  readonly prepared: Prepared;
  /** What was trained on them. */
  readonly candidate: SavedCandidate;
  /** Measured on the validation rows; the holdout is not for choosing. */
  readonly validation: Evaluation;
}

/**
 * Logs a training as a run: parameters, metrics, and the tags that join it to rows, model and code.
 *
 * @param tracking The tracking server.
 * @param training See {@linkcode TrackedTraining}.
 * @returns The finished run.
 * @throws {TrackingError} If the server refuses.
 *
 * @example
 * ```ts ignore
 * const run = await trackTraining(tracking, { prepared, candidate, validation });
 * ```
 */
export async function trackTraining(
  tracking: Tracking,
  { prepared, candidate, validation }: TrackedTraining,
): Promise<RunRecord> {
  const { dataset } = prepared, { commit, lockfile } = await readProvenance();
  const run = await tracking.startRun({
    experiment: dataset.descriptor.name,
    tags: {
      datasetDigest: dataset.digest,
      modelDigest: candidate.model.digest,
      commit: commit ?? "none",
      lockfile,
    },
  });
  try {
    await run.logParams({ seed: candidate.seed, ...candidate.parameters });
    await run.logMetrics({
      oobAccuracy: candidate.outOfBag.accuracy.value,
      validationAccuracy: validation.accuracy.value,
      validationLogLoss: validation.logLoss,
    });
    await run.finish("FINISHED");
  } catch (error) {
    await run.finish("FAILED").catch(() => {}); // the first error is the one to tell
    throw error;
  }
  return await tracking.getRun(run.runId);
}

/**
 * Runs side by side.
 *
 * @param runs What a search found.
 * @returns The table, in the order of the runs.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { runsTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(runsTable([]).text, /0 runs/);
 * ```
 */
export function runsTable(runs: readonly RunRecord[]): Table {
  const percent = (share: number | null | undefined) => share == null ? null : 100 * share;
  const rows = runs.map(({ name, status, params, metrics, tags }) => ({
    run: name,
    status,
    trees: Number(params.trees),
    oob: percent(metrics.oobAccuracy),
    validation: percent(metrics.validationAccuracy),
    logLoss: metrics.validationLogLoss ?? null,
    model: tags.modelDigest?.slice(0, 12) ?? "",
  }));
  return table(rows, {
    columns: [
      { key: "run" },
      { key: "status" },
      { key: "trees", digits: 0 },
      { key: "oob", label: "out of bag", unit: "%", digits: 1 },
      { key: "validation", unit: "%", digits: 1 },
      { key: "logLoss", label: "log loss", unit: "nats", digits: 3 },
      { key: "model" },
    ],
    caption: `${runs.length} ${runs.length === 1 ? "run" : "runs"}`,
  });
}
