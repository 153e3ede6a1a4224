/** What windows are held against: rows with known labels, with the champion's honest votes on them. */

import { readModelFile } from "lib/azure/mod.ts";
import { BadInput, take } from "lib/core/mod.ts";
import type { Dataset } from "lib/data/mod.ts";
import { predict } from "lib/model/mod.ts";
import type { Reference } from "lib/monitoring/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import type { TrainingRecord } from "./bundle.ts";
import { type Candidate, prepare, type Prepared, trainCandidate } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/**
 * The reference of a trained candidate: rows whose labels are known and that the votes are honest
 * about. Training rows with the votes of the trees that had not seen them, and the validation rows.
 *
 * @param prepared The rows that it was trained on.
 * @param candidate What {@linkcode trainCandidate} gave for them.
 * @returns See {@linkcode Reference}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prepare, referenceOf, trainCandidate } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const reference = referenceOf(prepared, await trainCandidate(prepared, { seed: 7, trees: 50 }));
 * assert.deepEqual([reference.actual.length, reference.x.length], [89, 4 * 89]);
 * ```
 */
export function referenceOf(
  { train, validation }: Pick<Prepared, "train" | "validation">,
  { votes, model }: Pick<Candidate, "votes" | "model">,
): Reference {
  const { rows, outcome } = votes, { features, classes, x } = take(train, rows);
  const looked = predict(model, validation.x);
  const join = (
    one: ArrayLike<number>,
    other: ArrayLike<number>,
  ) => [...Array.from(one), ...Array.from(other)];
  return {
    features,
    classes,
    x: Float64Array.from(join(x, validation.x)),
    predicted: Uint8Array.from(join(outcome.labels, looked.labels)),
    probabilities: Float64Array.from(join(outcome.probabilities, looked.probabilities)),
    actual: Uint8Array.from(join(outcome.actual, validation.y)),
  };
}

/** A training made again. */
export interface Rebuilt {
  /** The rows. */
  readonly prepared: Prepared;
  /** The candidate: the recorded model, byte for byte. */
  readonly candidate: Candidate;
  /** Its reference. */
  readonly reference: Reference;
}

/**
 * Makes a recorded training again, for what no file keeps: its out-of-bag votes. The digests say
 * whether it is the same training: of the rows before, of the holdout, and of the model afterwards.
 *
 * @param dataset The dataset, or its descriptor's path from the checkout.
 * @param record How the model came about, see {@linkcode TrainingRecord}.
 * @param options `splitSeed`: the seed of the split. Default: the record's seed, as in the notebooks.
 * @returns See {@linkcode Rebuilt}.
 * @throws {BadInput} If the rows are not those of the record, or the model comes out another one.
 *
 * @example
 * ```ts ignore
 * const { reference } = await rebuildReference(dataset, await readTrainingRecord(workspace, version));
 * ```
 */
export async function rebuildReference(
  dataset: Dataset | string,
  record: TrainingRecord,
  { splitSeed = record.seed, signal }: { splitSeed?: number; signal?: AbortSignal } = {},
): Promise<Rebuilt> {
  const prepared = await prepare(dataset, { seed: splitSeed }),
    { digest, holdout } = prepared.dataset;
  const name = prepared.dataset.descriptor.name;
  must(`rows of ${name}`, "those of the training record", digest, record.datasetDigest);
  must(`holdout of ${name}`, "that of the training record", holdout.sha256, record.holdout.sha256);
  const { seed, parameters } = record;
  const candidate = await trainCandidate(prepared, { ...parameters, seed, signal });
  const what = `${record.modelName} trained again`;
  must(what, "the recorded model, byte for byte", candidate.model.digest, record.modelDigest);
  return { prepared, candidate, reference: referenceOf(prepared, candidate) };
}

function must(field: string, what: string, value: string, expected: string): void {
  if (value === expected) return;
  const rule = `must be ${what} (${expected.slice(0, 12)})`;
  throw new BadInput({ field, rule, value: value.slice(0, 12) });
}

/**
 * The training record of a registered version, from Blob.
 *
 * @param workspace Where it is registered.
 * @param version The version.
 * @returns The record.
 * @throws {BadInput} If there is none, or it speaks of another model.
 *
 * @example
 * ```ts ignore
 * const { seed } = await readTrainingRecord(workspace, champion.version);
 * ```
 */
export async function readTrainingRecord(
  { azure }: Pick<Workspace, "azure">,
  { name, version, digest }: Pick<ModelVersion, "name" | "version" | "digest">,
): Promise<TrainingRecord> {
  const bytes = await readModelFile(azure, { name, version, file: "training.json" });
  const field = `training.json of ${name}:${version}`;
  if (!bytes) throw new BadInput({ field, rule: "must lie in the workspace's blob container" });
  const record: TrainingRecord = JSON.parse(new TextDecoder().decode(bytes));
  must(field, "of the registered model", record.modelDigest, digest);
  return record;
}
