/** The verb challenge: a version that has learnt the world as it is now, and that the gate has judged. */

import { join } from "node:path";
import { take } from "lib/core/mod.ts";
import { stageScene } from "lib/data/mod.ts";
import type { GateDecision } from "lib/gate/mod.ts";
import type { Model } from "lib/model/mod.ts";
import { permutationImportance } from "lib/training/mod.ts";
import { gateModel, keepDecision, type KeptDecision, recordDecision } from "./gate.ts";
import { holdoutRows } from "./labelled_rows.ts";
import { fromCheckout } from "./paths.ts";
import { registerTrained } from "./register.ts";
import { type LabelledRows, writeRetrainDataset } from "./retrain_dataset.ts";
import { evaluate, prepare, type Prepared, trainCandidate } from "./train.ts";
import { type RegisteredModel, versionOn } from "./version_on.ts";
import type { Workspace } from "./workspace.ts";

/** Folders of datasets for retraining, from the checkout: what monitoring hands on, and what is made here. */
export const CHALLENGER_FOLDERS = { found: "out/retrain", made: "out/challenger" } as const;

/** Accuracy that a challenger has to win on its own holdout: less is not found in some hundred rows. */
const WORTH_A_TEST = 0.1;

/** What a challenger is to be. */
export interface ChallengerDraft {
  /** The version in use. */
  readonly champion: RegisteredModel;
  /** The rows that it learnt from; callers draw from their holdout. */
  readonly prepared: Prepared;
  /** Stages, draws and trains. */
  readonly seed: number;
  /** Trees of the new forest. */
  readonly trees: number;
  /** Rows of the log that it learns from and is judged on. Default 900. */
  readonly rows?: number;
  /** Folders of its dataset. Default {@linkcode CHALLENGER_FOLDERS}. */
  readonly folders?: { readonly found: string; readonly made: string };
}

/** A version that wants to serve. */
export interface Challenger extends RegisteredModel {
  /** Its own rows: neither it nor the version in use has learnt from their holdout. */
  readonly prepared: Prepared;
  /** What the gate says of it against the version in use, on that holdout. */
  readonly decision: GateDecision;
}

/**
 * The challenger that is there already: a version that was trained on the dataset in one of the folders
 * and that the gate let pass. One that wins less than ten points of accuracy over the version in use, on
 * its own holdout, is passed over: a test of it would take more rows than a notebook plays.
 *
 * @param workspace Where versions are.
 * @param draft See {@linkcode ChallengerDraft}.
 * @returns See {@linkcode Challenger}; undefined if there is none.
 * @throws {BadInput} If the dataset in the folder is broken.
 *
 * @example
 * ```ts ignore
 * const found = await findChallenger(workspace, { champion, prepared, seed: 7, trees: 60 });
 * ```
 */
export async function findChallenger(
  workspace: Workspace,
  draft: ChallengerDraft,
): Promise<Challenger | undefined> {
  const { champion, seed, folders = CHALLENGER_FOLDERS } = draft, { name } = champion.version;
  for (const folder of [folders.found, folders.made]) {
    const path = fromCheckout(join(folder, `${name}.dataset.json`));
    if (!await Deno.stat(path).then(() => true, () => false)) continue;
    const prepared = await prepare(path, { seed }), { holdout } = prepared;
    const found = await versionOn(workspace, prepared.dataset);
    if (!found || found.version.version === champion.version.version) continue;
    const accuracyOn = (model: Model) => evaluate(model, holdout).accuracy.value;
    const gain = accuracyOn(found.model) - accuracyOn(champion.model);
    if (gain < WORTH_A_TEST) continue;
    const models = { challenger: found.model, champion: champion.model };
    return { ...found, prepared, decision: gateModel(prepared, models) };
  }
  return undefined;
}

/**
 * Makes a challenger: labelled rows of the changed world become a dataset with a holdout of its own,
 * a forest learns from it, is registered, and is held against the version in use. The decision is kept;
 * the alias `champion` moves only where it was at the version in use.
 *
 * @param workspace Where to.
 * @param draft See {@linkcode ChallengerDraft}.
 * @returns See {@linkcode Challenger}. Where `decision` says refuse, it must not serve.
 * @throws {BadInput} If a class has too few units, see {@linkcode writeRetrainDataset}.
 *
 * @example
 * ```ts ignore
 * const { decision } = await makeChallenger(workspace, { champion, prepared, seed: 7, trees: 60 });
 * ```
 */
export async function makeChallenger(
  workspace: Workspace,
  draft: ChallengerDraft,
): Promise<Challenger> {
  const { champion, seed, trees, folders = CHALLENGER_FOLDERS } = draft;
  const { descriptor } = await writeRetrainDataset(draft.prepared, logOf(draft), {
    // the labels have changed their meaning: old rows would teach the old one
    ...{ folder: fromCheckout(folders.made), keepOld: false, seed },
  });
  const prepared = await prepare(descriptor, { seed });
  const candidate = await trainCandidate(prepared, { seed, trees });
  const version = await registerTrained(workspace, { prepared, candidate, seed });
  const models = { challenger: candidate.model, champion: champion.model };
  const decision = gateModel(prepared, models);
  await keep(workspace, { version, decision, against: champion.version });
  return { model: candidate.model, version, prepared, decision };
}

/** Keeps the decision; the alias stays where a third version has it: nobody has compared with that one. */
async function keep(
  workspace: Workspace,
  kept: KeptDecision & { readonly against: RegisteredModel["version"] },
): Promise<void> {
  const alias = await workspace.registry.alias(kept.version.name, "champion");
  const isItsTurn = alias?.version === kept.against.version;
  await (isItsTurn ? keepDecision : recordDecision)(workspace, kept);
}

/**
 * Labelled rows as the log has them after the world has changed: drawn from the holdout, with noise,
 * without the labels that never come. Rows of one place are of one unit.
 *
 * @param draft The version in use, the rows that it learnt from, the seed and the number of rows.
 * @returns See {@linkcode LabelledRows}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { logOf, prepare, trainCandidate } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const { model } = await trainCandidate(prepared, { seed: 7, trees: 30 });
 * const { samples, units } = logOf({ champion: { model }, prepared, seed: 7, rows: 300 });
 * assert.ok(samples.y.length > 200 && samples.y.length === units.length);
 * ```
 */
export function logOf(
  { champion, prepared, seed, rows = 900 }:
    & Pick<ChallengerDraft, "prepared" | "seed" | "rows">
    & { readonly champion: Pick<RegisteredModel, "model"> },
): LabelledRows {
  const { holdout, validation } = prepared;
  const importance = permutationImportance(champion.model, validation, { seed });
  const { windows: [window] } = stageScene(holdout, {
    ...{ scene: "concept-drift", importance, seed },
    ...{ windows: 1, rowsPerWindow: rows, startsAt: 1 },
  });
  const isHeld = holdoutRows(holdout); // with few decimals a row may come out as one of it
  const places = [...window.actual.keys()].filter((i) =>
    window.labelDelay[i] >= 0 && !isHeld(window.x, i)
  );
  return {
    samples: take({ ...holdout, x: window.x, y: window.actual }, places),
    units: places.map((i) => `place ${window.sources[i]}`),
  };
}
