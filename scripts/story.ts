/** The order of the demo: what has to be met before a chapter begins, and the training in the middle. */

import type { JsonRecord } from "lib/core/mod.ts";
import { type NotebookRun, openEarlyKernels } from "lib/notebook/mod.ts";
import { type Criterion, served, trained, watched } from "./criteria.ts";
import { allNotebooks, runNotebooks, type RunReport, type RunSettings } from "./notebook_runs.ts";
import { gateRefusal, runRetraining } from "./retraining.ts";

/** What the whole story left. */
export interface StoryReport extends RunReport {
  /** The training on rows of the log, where the monitoring asked for one. */
  readonly retraining?: RunReport;
}

/** What is run anew in the middle: chapter 05 deploys the model itself, beside the one in use. */
const RETRAINING = ["01_foundation", "02_mlops_infrastructure"];

/** The last chapter before a training may come. */
const MONITORING = "04_monitoring";

/**
 * Runs all chapters in order. A chapter does not begin while the one before it has not met its own
 * criterion; where the monitoring asks for a training, notebooks 01 and 02 are run on its rows before the
 * story goes on.
 *
 * @param settings See {@linkcode RunSettings}.
 * @returns See {@linkcode StoryReport}.
 */
export async function runStory(settings: RunSettings): Promise<StoryReport> {
  await using early = openEarlyKernels();
  const { say } = settings, all = await allNotebooks();
  const middle = 1 + all.findIndex((path) => path.includes(MONITORING)), after = all[middle];
  const training = all.find((path) => path.includes(RETRAINING[0]));
  const first = await runNotebooks(all.slice(0, middle), {
    ...{ ...settings, holds: unmet, early, upNext: training },
  });
  if (first.failed || first.held !== undefined) return first;
  const dataset = (first.record.retrainDataset as JsonRecord | null)?.descriptor;
  const retraining = typeof dataset === "string"
    ? await retrain(dataset, { say, early, upNext: after })
    : undefined;
  const record: JsonRecord = { ...first.record, ...(retraining && { retrain: retraining.record }) };
  if (retraining?.failed) {
    return { ...first, record, retraining, failed: retraining.failed };
  }
  const rest = await runNotebooks(all.slice(middle), {
    ...{ ...settings, early },
    holds: () => reason(watched(record)),
  });
  const runs: readonly NotebookRun[] = [...first.runs, ...rest.runs];
  return { ...rest, runs, record: { ...record, ...rest.record }, retraining };
}

async function retrain(
  descriptor: string,
  settings: Pick<RunSettings, "say" | "early" | "upNext">,
) {
  const { say } = settings;
  say("The answer was to retrain: notebooks 01 and 02 on rows of the log; 05 deploys what passes");
  const report = await runRetraining(descriptor, settings, RETRAINING);
  if (report.refused !== undefined) say(`  The gate refused: ${report.refused}`);
  return report;
}

/** Why a chapter of the first half must not begin. */
function unmet(name: string, record: JsonRecord): string | undefined {
  if (name.startsWith("02")) return reason(trained(record));
  if (name.startsWith("03")) return gateRefusal(record.gate);
  if (name.startsWith("04")) return reason(served(record));
  return undefined;
}

function reason({ name, state, evidence }: Criterion): string | undefined {
  return state === "missed" ? `"${name}" is not met: ${evidence}` : undefined;
}
