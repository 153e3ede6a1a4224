/** The saved model: a folder with the model's bytes, its signature for people, and its record. */

import { join } from "node:path";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import {
  type Metrics,
  type Model,
  modelBytes,
  readModel,
  type ShareMetric,
} from "lib/model/mod.ts";
import type { BehaviourCheck } from "lib/training/mod.ts";
import type { SavedCandidate } from "./bundled.ts";
import { jsonText, replaceFolder } from "./files.ts";
import { readProvenance } from "./provenance.ts";
import type { Candidate, Evaluation, MeasuredBaseline, Prepared } from "./train.ts";

/** How a model came about: everything needed to make it again, and what it showed. */
export interface TrainingRecord {
  /** Name of the dataset. */
  readonly dataset: string;
  /** SHA-256 over the clean rows. */
  readonly datasetDigest: string;
  /** SHA-256 of the CSV file. */
  readonly csvSha256: string;
  /** Name of the model. */
  readonly modelName: string;
  /** SHA-256 of `model.json`. */
  readonly modelDigest: string;
  /** The training seed. */
  readonly seed: number;
  /** The forest's options. */
  readonly parameters: Candidate["parameters"];
  /** Rows in each part. */
  readonly rows: { readonly train: number; readonly validation: number; readonly holdout: number };
  /** The rows that judged it, by content. */
  readonly holdout: { readonly sha256: string; readonly rows: number; readonly frozen: boolean };
  /** Measured on the holdout. */
  readonly metrics: {
    readonly accuracy: ShareMetric;
    readonly macroF1: number;
    readonly logLoss: number;
    readonly brier: number;
    readonly ece: number;
    readonly perClass: Metrics["perClass"];
    readonly confusion: Metrics["confusion"];
    readonly slices: Evaluation["slices"];
  };
  /** Accuracy without a holdout: what the trees say of rows they had not seen. */
  readonly outOfBag: { readonly accuracy: ShareMetric };
  /** The simple models on the same holdout. */
  readonly baselines: readonly {
    readonly name: string;
    readonly rule: string;
    readonly accuracy: number;
  }[];
  /** What the behavioural tests found. */
  readonly behaviour: readonly BehaviourCheck[];
  /** Git commit of the code. */
  readonly commit: string | null;
  /** SHA-256 of `deno.lock`. */
  readonly lockfile: string;
}

/**
 * Puts the record together.
 *
 * @param parts What the steps of a training gave; `evaluation` and `baselines` on the holdout.
 * @returns The record. No time and no machine is in it: the same training gives the same record.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { evaluate, measureBaselines, prepare, trainCandidate, trainingRecord } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const candidate = await trainCandidate(prepared, { seed: 7, trees: 9 });
 * const evaluation = evaluate(candidate.model, prepared.holdout);
 * const baselines = measureBaselines(prepared, prepared.holdout);
 * const record = await trainingRecord({ prepared, candidate, evaluation, baselines, behaviour: [] });
 * assert.equal(record.rows.holdout, 60);
 * ```
 */
export async function trainingRecord(
  { prepared, candidate, evaluation, baselines, behaviour }: {
    readonly prepared: Prepared;
    readonly candidate: SavedCandidate;
    readonly evaluation: Evaluation;
    readonly baselines: readonly MeasuredBaseline[];
    readonly behaviour: readonly BehaviourCheck[];
  },
): Promise<TrainingRecord> {
  const { dataset, split } = prepared;
  const { accuracy, macroF1, logLoss, brier, calibration, perClass, confusion, slices } =
    evaluation;
  return {
    dataset: dataset.descriptor.name,
    datasetDigest: dataset.digest,
    csvSha256: dataset.raw.sha256,
    modelName: candidate.model.document.name,
    modelDigest: candidate.model.digest,
    seed: candidate.seed,
    parameters: candidate.parameters,
    rows: {
      train: split.train.length,
      validation: split.validation.length,
      holdout: split.holdout.length,
    },
    holdout: {
      sha256: dataset.holdout.sha256,
      rows: split.holdout.length,
      frozen: dataset.frozen,
    },
    metrics: {
      accuracy,
      macroF1,
      logLoss,
      brier,
      ece: calibration.ece,
      perClass,
      confusion,
      slices,
    },
    outOfBag: { accuracy: candidate.outOfBag.accuracy },
    baselines: baselines.map(({ name, rule, metrics }) => ({
      name,
      rule,
      accuracy: metrics.accuracy.value,
    })),
    behaviour,
    ...await readProvenance(),
  };
}

/**
 * Saves a model: `model.json` (the bytes that the digest names), `signature.json` (for people) and
 * `training.json` (the record). The folder is replaced as a whole.
 *
 * @param folder Where to.
 * @param bundle The model and its record.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromCheckout, loadBundle, modelOf, prepare, saveBundle } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const { train } = await prepare("data/iris.dataset.json", { seed: 7 });
 * const model = modelOf(majorityBaseline(train).json, { name: "iris", samples: train });
 * const folder = fromCheckout("out/example/bundle");
 * await saveBundle(folder, { model, record: { modelDigest: model.digest } });
 * assert.equal((await loadBundle(folder)).model.digest, model.digest);
 * ```
 */
export async function saveBundle(
  folder: string,
  { model, record }: { model: Model; record: TrainingRecord | JsonRecord },
): Promise<void> {
  await replaceFolder(folder, {
    "model.json": modelBytes(model.document),
    "signature.json": jsonText(model.document.signature),
    "training.json": jsonText(record),
  });
}

/**
 * Reads a saved model and holds its bytes against the digest in its record.
 *
 * @param folder What {@linkcode saveBundle} wrote.
 * @returns The model and its record.
 * @throws {BadInput} If a file is missing or broken, or the model is not the one of the record.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadBundle } from "lib/lifecycle/mod.ts";
 *
 * await assert.rejects(() => loadBundle("no/such/folder"), /training.json must be a JSON file/);
 * ```
 */
export async function loadBundle(
  folder: string,
): Promise<{ model: Model; record: TrainingRecord }> {
  const recordPath = join(folder, "training.json"), modelPath = join(folder, "model.json");
  let record: TrainingRecord, bytes: Uint8Array;
  try {
    record = JSON.parse(await Deno.readTextFile(recordPath));
  } catch (cause) {
    throw new BadInput({ field: recordPath, rule: "must be a JSON file" }, { cause });
  }
  const digest = record?.modelDigest;
  if (typeof digest !== "string") { // without it any model would do
    const rule = "must be the model's digest";
    throw new BadInput({ field: `${recordPath} /modelDigest`, rule, value: digest });
  }
  try {
    bytes = await Deno.readFile(modelPath);
  } catch (cause) {
    throw new BadInput({ field: modelPath, rule: "must be a file" }, { cause });
  }
  return { model: readModel(bytes, { digest }), record };
}
