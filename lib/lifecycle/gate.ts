/** The verb gate: a challenger is held against the champion, and the decision is kept. */

import { BadInput, type Clock, quantile, type Samples, sha256, systemClock } from "lib/core/mod.ts";
import { refusals, rowKeys } from "lib/data/mod.ts";
import {
  type Contestant,
  decide,
  type GateDecision,
  type GateInput,
  type GatePolicy,
  strayThresholds,
} from "lib/gate/mod.ts";
import { measure, type Model, modelBytes, predict } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import { type Baseline, majorityBaseline, oneSplitBaseline } from "lib/training/mod.ts";
import type { FoldedLabels } from "./folds.ts";
import { modelOf, type Prepared } from "./train.ts";
import { told } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/** Rows that are timed for the latency, one at a time: so many, or as many as fit into half a second. */
const TIMED_ROWS = 100, TIMED_MS = 500, FEWEST_TIMED = 20;

/** A day, in milliseconds. */
const DAY_MS = 86_400_000;

/** Whose decisions they are, in the registry. */
const GATE = "gate";

/** What comes to the gate. */
export interface GateEntry {
  /** The model that wants to be promoted. */
  readonly challenger: Model;
  /** The model that serves now; absent before the first. */
  readonly champion?: Model;
  /** The digest under which the challenger is registered. Default: the one that it carries. */
  readonly registered?: string;
  /** The rows that the challenger learnt from. Default: the training rows. */
  readonly learnt?: Samples;
  /** The day up to which its rows tell, YYYY-MM-DD. Default: the one that the dataset declares. */
  readonly asOf?: string;
  /** How it answers one row; this is timed. Default: as the service does, without the network. */
  readonly answer?: (model: Model, row: Float64Array) => unknown;
  /** Judged by these, and not on the holdout: where that is too small, see `foldsIfNeeded`. */
  readonly folds?: FoldedLabels;
  /** Tells how old the rows are. Default: the machine's. */
  readonly clock?: Clock;
}

/**
 * Holds a challenger against a champion on the frozen holdout, or by folds.
 *
 * @param prepared The rows.
 * @param entry See {@linkcode GateEntry}.
 * @param policy The limits. Default: the gate's own.
 * @returns The decision.
 * @throws {BadInput} If the policy has a limit that is none, or costs of other classes; or if the folds
 * lack the champion.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gateModel, prepare, trainCandidate } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const { model } = await trainCandidate(prepared, { seed: 7, trees: 50 });
 * assert.equal(gateModel(prepared, { challenger: model }).decision, "promote");
 * ```
 */
export function gateModel(
  prepared: Prepared,
  entry: GateEntry,
  policy?: GatePolicy,
): GateDecision {
  const { challenger, registered = challenger.digest, answer = answerRow } = entry;
  const { dataset, train, holdout } = prepared, { learnt = train } = entry;
  const { descriptor, contract } = dataset, bytes = modelBytes(challenger.document);
  return decide({
    ...(entry.folds
      ? judgedByFolds(prepared, entry, entry.folds)
      : judgedOnHoldout(prepared, entry)),
    foundDigest: sha256(bytes),
    contractPassed: refusals(contract, descriptor).length === 0,
    learnt: { rows: learnt.y.length, broken: brokenRows(learnt, prepared) },
    thresholds: strayThresholds(challenger.forest, holdout.features),
    dataAgeDays: ageOf(entry.asOf ?? descriptor.asOf, entry.clock ?? systemClock),
    bytes: bytes.length,
    rowMs: rowMilliseconds(challenger, holdout, answer),
  }, policy);

  function contestantOf(labels: Uint8Array): Contestant {
    return { digest: registered, signature: challenger.document.signature, labels };
  }

  function judgedOnHoldout({ split }: Prepared, { champion }: GateEntry) {
    const { labels, probabilities } = predict(challenger, holdout.x), actual = holdout.y;
    const baselineLabels = ({ json }: Baseline) =>
      predict(modelOf(json, { name: descriptor.name, samples: train }), holdout.x).labels;
    return {
      challenger: contestantOf(labels),
      ...(champion && { champion: championOf(champion, predict(champion, holdout.x).labels) }),
      holdout: { sha256: dataset.holdout.sha256, actual },
      metrics: measure({ actual, labels, probabilities }, holdout.classes),
      baselines: {
        majority: baselineLabels(majorityBaseline(train)),
        oneSplit: baselineLabels(oneSplitBaseline(train)),
      },
      keys: { learnt: rowKeys(inOrder(learnt, holdout)), judged: rowKeys(holdout) },
      ...groupsOf(prepared, split.holdout),
    } satisfies Partial<GateInput>;
  }

  function judgedByFolds({ dataset }: Prepared, { champion }: GateEntry, folded: FoldedLabels) {
    const { folds, sha256, challenger: outcome, baselines, keys } = folded;
    if (champion && !folded.champion) {
      throw new BadInput({
        field: "folds",
        rule: "must hold the champion's recipe beside the challenger's",
      });
    }
    return {
      challenger: contestantOf(outcome.labels),
      ...(champion && folded.champion && { champion: championOf(champion, folded.champion) }),
      holdout: { sha256, actual: outcome.actual, folds },
      metrics: measure(outcome, dataset.samples.classes),
      baselines,
      keys: { learnt: [], judged: keys }, // equal rows are in one fold, so nobody has learnt what it is asked
      ...groupsOf(prepared, [...keys.keys()]),
    } satisfies Partial<GateInput>;
  }
}

function championOf({ digest, document }: Model, labels: Uint8Array): Contestant {
  return { digest, signature: document.signature, labels };
}

/** How the service answers a row. */
function answerRow(model: Model, row: Float64Array): unknown {
  return predict(model, row);
}

/** 95th percentile of the time for one row, in milliseconds. */
function rowMilliseconds(
  model: Model,
  { x, y, features }: Samples,
  answer: (model: Model, row: Float64Array) => unknown,
): number {
  const d = features.length, times: number[] = [], begun = performance.now();
  for (let i = 0; i < TIMED_ROWS; i++) {
    if (i >= FEWEST_TIMED && performance.now() - begun > TIMED_MS) break;
    const at = (i % y.length) * d, started = performance.now();
    answer(model, x.subarray(at, at + d));
    times.push(performance.now() - started);
  }
  return quantile(times, 0.95);
}

/** Rows with a value that is missing, no number, or beyond the range that the dataset gives. */
function brokenRows({ features, x, y }: Samples, { holdout }: Prepared): number {
  const d = features.length;
  const ranges = features.map(({ name }) => holdout.features.find((one) => one.name === name));
  return y.filter((_, i) =>
    ranges.some((range, f) => {
      const value = x[i * d + f];
      return !(range && value >= range.min && value <= range.max); // true for NaN
    })
  ).length;
}

/** The columns in the order of other samples, so that equal rows have equal keys; as they are if they differ. */
function inOrder(samples: Samples, { features }: Samples): Samples {
  const places = features.map(({ name }) => samples.features.findIndex((one) => one.name === name));
  const d = features.length;
  if (places.includes(-1) || samples.features.length !== d) return samples;
  return { ...samples, features, x: samples.x.map((_, i) => samples.x[i - i % d + places[i % d]]) };
}

function groupsOf(
  { dataset: { groups, descriptor } }: Prepared,
  places: readonly number[],
): Pick<GateInput, "groups"> {
  if (!groups || descriptor.group === undefined) return {};
  return { groups: { column: descriptor.group, of: places.map((place) => groups[place]) } };
}

/** Days since the end of a day; undefined where none is named. */
function ageOf(asOf: string | undefined, clock: Clock): number | undefined {
  if (asOf === undefined) return undefined;
  const days = (clock.now().getTime() - Date.parse(asOf)) / DAY_MS;
  return days >= 0 ? Math.max(0, days - 1) : days; // the day itself is not age
}

/** A gate's decision about a version. */
export interface KeptDecision {
  /** The version that wanted to pass. */
  readonly version: ModelVersion;
  /** What the gate said; with its `override`, where a person has overruled it. */
  readonly decision: GateDecision;
  /** The version that it was held against; undefined where there was none. */
  readonly against?: ModelVersion;
}

/** Keeps a decision in the registry, and moves nothing. Whoever has overruled it is named. Returns its id. */
export async function recordDecision(
  workspace: Pick<Workspace, "registry">,
  { version, decision, against }: KeptDecision,
): Promise<string> {
  const { override } = decision;
  const { id } = await workspace.registry.recordDecision({
    name: version.name,
    version: version.version,
    against: against?.version ?? null,
    passed: decision.decision === "promote",
    reasons: [
      ...(override ? [decision.sentence] : []),
      ...decision.rules.map(({ sentence }) => sentence),
    ],
    evidence: JSON.parse(JSON.stringify(decision)),
    by: override?.by ?? GATE,
  });
  await told(workspace, "gate.decision", {
    ...{ "decision.id": id, decision: decision.decision },
    ...{ model: version.name, version: version.version, against: against?.version ?? "none" },
    refusedBy: decision.rules.filter(({ passed }) => !passed).map(({ rule }) => rule).join(", "),
  });
  return id;
}

/**
 * Keeps a decision, and moves the alias `champion` if it says so. Of two that decide at once one is
 * told that it was too late.
 *
 * @param workspace Where to.
 * @param of The version that wanted to pass, the decision about it, and the version it was held against.
 * @returns Id of the kept decision.
 * @throws {ConflictError} If the champion has changed meanwhile.
 *
 * @example
 * ```ts ignore
 * await keepDecision(workspace, { version, decision, against: champion?.version });
 * ```
 */
export async function keepDecision(
  workspace: Pick<Workspace, "registry">,
  { version, decision, against }: KeptDecision,
): Promise<string> {
  const { name } = version, from = against?.version ?? null;
  const id = await recordDecision(workspace, { version, decision, against });
  if (decision.decision === "promote" && from !== version.version) {
    const by = decision.override?.by ?? GATE;
    const move = { name, alias: "champion", from, to: version.version, by } as const;
    await workspace.registry.moveAlias(move);
  }
  return id;
}
