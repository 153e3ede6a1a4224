/** The verb register: a model becomes a version, in Azure ML and in the registry's documents. */

import {
  listModelVersions,
  modelFolder,
  putFile,
  registerModel,
  uploadFolder,
} from "lib/azure/mod.ts";
import { BadInput, type JsonRecord } from "lib/core/mod.ts";
import { type GatePolicy, mustPass } from "lib/gate/mod.ts";
import { type Model, modelBytes } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { checkBehaviour } from "lib/training/mod.ts";
import { type TrainingRecord, trainingRecord } from "./bundle.ts";
import type { SavedCandidate } from "./bundled.ts";
import { foldsIfNeeded, recipeFrom } from "./folds.ts";
import { gateModel, keepDecision } from "./gate.ts";
import { trackTraining } from "./track.ts";
import { evaluate, measureBaselines, type Prepared, trainCandidate } from "./train.ts";
import { readVersion, type RegisteredModel } from "./version_on.ts";
import type { Workspace } from "./workspace.ts";

/** What is registered. */
export interface RegistrationDraft {
  /** The model. */
  readonly model: Model;
  /** How it came about. */
  readonly record: TrainingRecord;
  /** The run that trained it. */
  readonly runId: string;
}

/**
 * Registers a model. The same bytes are registered once: a second time gives the version that is
 * there already, and mends its model file in Blob if somebody has overwritten it.
 *
 * @param workspace Where to.
 * @param draft See {@linkcode RegistrationDraft}.
 * @returns The version.
 * @throws {BadInput} If the record speaks of another model.
 * @throws {OperationError} If the service refuses it.
 *
 * @example
 * ```ts ignore
 * const { version } = await registerVersion(workspace, { model, record, runId });
 * ```
 */
export async function registerVersion(
  { azure, registry }: Workspace,
  { model, record, runId }: RegistrationDraft,
): Promise<ModelVersion> {
  const { digest, document } = model, { name, signature } = document;
  if (record.modelDigest !== digest) {
    const rule = `must be of the model ${digest}`;
    throw new BadInput({ field: "training record", rule, value: record.modelDigest });
  }
  const bytes = modelBytes(document);
  const known = (await registry.versionsWithDigest(digest)).find((found) => found.name === name);
  if (known) {
    const folder = await modelFolder(azure, known);
    // somebody may have overwritten it: here its bytes are known, so it can be mended
    if (folder) await putFile(azure.blobs, { path: `${folder}/model.json`, bytes });
    const { registeredAt: _at, ...same } = known;
    return await registry.register(same); // so that it is in every index, also in younger ones
  }
  // Azure ML may know more than the registry: a registration that ended half-way is taken up again
  const there = await listModelVersions(azure, name);
  const numbers = [...there, ...await registry.versions(name)].map((found) =>
    Number(found.version)
  );
  const version = there.find(({ tags }) => tags.digest === digest)?.version ??
    String(Math.max(0, ...numbers) + 1);
  const text = (value: unknown) => new TextEncoder().encode(JSON.stringify(value, null, 2) + "\n");
  const { uri } = await uploadFolder(azure, {
    name: "model",
    files: {
      "model.json": bytes,
      "signature.json": text(signature),
      "training.json": text(record),
    },
  });
  const { datasetDigest, lockfile, metrics } = record, commit = record.commit ?? "none";
  await registerModel(azure, {
    name,
    version,
    uri,
    description: `Forest on ${record.dataset}, ${record.rows.train} rows`,
    tags: { digest, runId, datasetDigest, commit, lockfile },
  });
  return await registry.register({
    name,
    version,
    digest,
    signature: signature as unknown as JsonRecord,
    runId,
    datasetDigest,
    commit,
    lockfile,
    metrics: { accuracy: metrics.accuracy.value, logLoss: metrics.logLoss, brier: metrics.brier },
  });
}

/**
 * The champion: the model that the alias points at, read from Blob and held against its digest.
 *
 * @param workspace Where to look.
 * @param name Name of the model.
 * @returns The model and its version; undefined before the first.
 * @throws {BadInput} If its bytes are not those that were registered.
 *
 * @example
 * ```ts ignore
 * const champion = await readChampion(workspace, "iris");
 * ```
 */
export async function readChampion(
  workspace: Workspace,
  name: string,
): Promise<RegisteredModel | undefined> {
  const { registry } = workspace;
  const alias = await registry.alias(name, "champion");
  if (!alias) return undefined;
  const version = await registry.version(name, alias.version);
  return { model: await readVersion(workspace, version), version };
}

/**
 * Tracks, measures and registers a trained candidate, in one go.
 *
 * @param workspace Where to.
 * @param trained The rows, the candidate, and the seed of its behavioural tests.
 * @returns The version.
 * @throws {TrackingError} If the tracking server refuses.
 * @throws {OperationError} If the service refuses the model.
 *
 * @example
 * ```ts ignore
 * const version = await registerTrained(workspace, { prepared, candidate, seed: 7 });
 * ```
 */
export async function registerTrained(
  workspace: Workspace,
  { prepared, candidate, seed }: { prepared: Prepared; candidate: SavedCandidate; seed: number },
): Promise<ModelVersion> {
  const { model } = candidate, { train, validation: cases, holdout } = prepared;
  const validation = evaluate(model, cases);
  const { runId } = await trackTraining(workspace.tracking, { prepared, candidate, validation });
  const record = await trainingRecord({
    prepared,
    candidate,
    evaluation: evaluate(model, holdout),
    baselines: measureBaselines(prepared, holdout),
    behaviour: checkBehaviour(model, { known: train, cases }, { seed }),
  });
  return await registerVersion(workspace, { model, record, runId });
}

/**
 * Trains, registers and gates the first champion.
 *
 * @param workspace Where to.
 * @param options The rows, the seed and the number of trees; `saved`: a candidate that is taken instead
 * of training one; `policy` of the gate.
 * @returns The champion and its version.
 * @throws {GateRefused} If the gate refuses it: there is nothing to serve.
 *
 * @example
 * ```ts ignore
 * const { version } = await makeChampion(workspace, { prepared, seed: 7, trees: 100 });
 * ```
 */
export async function makeChampion(
  workspace: Workspace,
  { prepared, seed, trees, saved, policy }: {
    prepared: Prepared;
    seed: number;
    trees: number;
    saved?: SavedCandidate;
    policy?: GatePolicy;
  },
): Promise<{ model: Model; version: ModelVersion }> {
  const candidate = saved ?? await trainCandidate(prepared, { seed, trees });
  const version = await registerTrained(workspace, { prepared, candidate, seed });
  const recipes = { challenger: recipeFrom(candidate) };
  const folds = await foldsIfNeeded(prepared, recipes, policy);
  const decision = gateModel(prepared, { challenger: candidate.model, folds }, policy);
  await keepDecision(workspace, { version, decision });
  mustPass(decision, `the first model, ${version.name}:${version.version},`);
  return { model: candidate.model, version };
}
