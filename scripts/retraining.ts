/** Notebooks 01 to 03 on rows of the log: what `retrain` runs, and the demo between 04 and 05. */

import { join } from "node:path";
import type { JsonRecord } from "lib/core/mod.ts";
import { CHECKOUT, OUT } from "lib/lifecycle/mod.ts";
import { runNotebooks, type RunReport, type RunSettings, writeIndex } from "./notebook_runs.ts";

/** The notebooks of a training, in order. */
const NOTEBOOKS = ["01_foundation", "02_mlops_infrastructure", "03_azure_ml"];

/** Where their executed copies go: those of the first training stay as they are. */
const PAGES = join(OUT, "retrain-notebooks");

/** A training on rows of the log. */
export interface Retraining extends RunReport {
  /** The gate's sentence, where it refused; such a model is not deployed. */
  readonly refused?: string;
}

/**
 * Trains, gates and tries out a model on a dataset of the log.
 *
 * @param descriptor What notebook 04 wrote.
 * @param settings Progress and kernels, see {@linkcode RunSettings}.
 * @param notebooks Which of them. Default 01 to 03.
 * @returns See {@linkcode Retraining}.
 */
export async function runRetraining(
  descriptor: string,
  settings: Pick<RunSettings, "say" | "early" | "upNext">,
  notebooks: readonly string[] = NOTEBOOKS,
): Promise<Retraining> {
  const paths = notebooks.map((name) => join(CHECKOUT, "notebooks", `${name}.ipynb`));
  const holds = (_name: string, { gate }: JsonRecord) => gateRefusal(gate);
  const report = await runNotebooks(paths, {
    ...settings,
    dataset: descriptor,
    pages: PAGES,
    holds,
  });
  await writeIndex(report.runs, PAGES);
  return { ...report, refused: gateRefusal(report.record.gate) };
}

/**
 * The gate's sentence, if it refused.
 *
 * @param gate What notebook 02 published as `gate`.
 * @returns The sentence; undefined where it let the model pass, or was not asked.
 */
export function gateRefusal(gate: unknown): string | undefined {
  const found = gate as { decision?: string; sentence?: string } | undefined;
  return found?.decision === "refuse" ? found.sentence : undefined;
}
