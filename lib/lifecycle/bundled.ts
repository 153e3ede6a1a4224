/**
 * A saved model as a candidate: what a gate or a deployment starts from that runs on another machine
 * than the training. Its bytes are judged, never its claims: who uses it measures it anew.
 */

import { BadInput } from "lib/core/mod.ts";
import type { Metrics } from "lib/model/mod.ts";
import type { RunRecord } from "lib/tracking/mod.ts";
import { loadBundle } from "./bundle.ts";
import { fromCheckout } from "./paths.ts";
import { trackTraining } from "./track.ts";
import { type Candidate, evaluate, type Prepared } from "./train.ts";
import type { Workspace } from "./workspace.ts";

/** A candidate as far as its bundle tells: of the out-of-bag votes only the accuracy was saved. */
export type SavedCandidate = Omit<Candidate, "outOfBag" | "votes"> & {
  /** Measured while it was trained. */
  readonly outOfBag: Pick<Metrics, "accuracy">;
};

/** Which bundle is meant. */
export interface BundleChoice {
  /** Its folder, seen from the checkout; empty for none. */
  readonly bundle: string;
  /** SHA-256 that its model must have, from whoever trained it; empty where nobody said. */
  readonly digest?: string;
}

/**
 * Reads a bundle as a candidate for these rows.
 *
 * @param prepared The rows that it will be measured on.
 * @param choice See {@linkcode BundleChoice}.
 * @param options `seed`: of the split; another one than the training's would show the model rows for
 * validation that it has learnt from.
 * @returns The candidate; undefined where no bundle is chosen.
 * @throws {BadInput} If the bundle is broken, holds another model than `digest` names, or was trained
 * on other rows, with another holdout, or with another seed.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { prepare, savedCandidate } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * assert.equal(await savedCandidate(prepared, { bundle: "" }, { seed: 7 }), undefined);
 * ```
 */
export async function savedCandidate(
  { dataset }: Prepared,
  { bundle, digest = "" }: BundleChoice,
  { seed }: { seed: number },
): Promise<SavedCandidate | undefined> {
  if (bundle === "") {
    if (digest === "") return undefined;
    throw new BadInput({ field: "digest", rule: "must come with a bundle", value: digest });
  }
  const { model, record } = await loadBundle(fromCheckout(bundle));
  const must = (what: string, is: unknown, wanted: unknown) => {
    if (is === wanted) return;
    throw new BadInput({
      field: `bundle ${bundle}`,
      rule: `must have ${what} ${wanted}`,
      value: is,
    });
  };
  if (digest !== "") must("the digest", model.digest, digest);
  must("the name", model.document.name, dataset.descriptor.name);
  must("the dataset", record.datasetDigest, dataset.digest);
  must("the holdout", record.holdout?.sha256, dataset.holdout.sha256);
  must("the seed", record.seed, seed);
  const { parameters, outOfBag } = record;
  return { model, parameters, seed, outOfBag };
}

/**
 * Logs a saved candidate as a run of its own, measured anew on the validation rows.
 *
 * @param workspace Where to.
 * @param saved The rows, and what {@linkcode savedCandidate} gave.
 * @returns The candidate and its run.
 * @throws {TrackingError} If the server refuses.
 *
 * @example
 * ```ts ignore
 * const { run } = await trackSaved(workspace, { prepared, candidate });
 * ```
 */
export async function trackSaved(
  { tracking }: Workspace,
  { prepared, candidate }: { prepared: Prepared; candidate: SavedCandidate },
): Promise<{ candidate: SavedCandidate; run: RunRecord }> {
  const validation = evaluate(candidate.model, prepared.validation);
  return { candidate, run: await trackTraining(tracking, { prepared, candidate, validation }) };
}
