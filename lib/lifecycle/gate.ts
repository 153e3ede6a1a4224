/** The verb gate: a challenger is held against the champion, and the decision is kept. */

import { quantile, type Samples } from "lib/core/mod.ts";
import { refusals } from "lib/data/mod.ts";
import { type Contestant, decide, type GateDecision, type GatePolicy } from "lib/gate/mod.ts";
import { type Model, modelBytes, predict } from "lib/model/mod.ts";
import type { ModelVersion } from "lib/registry/mod.ts";
import {
  type Baseline,
  majorityBaseline,
  oneSplitBaseline,
  plantCandidates,
  type PlantedCandidate,
} from "lib/training/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import { evaluate, modelOf, type Prepared } from "./train.ts";
import { told } from "./telemetry.ts";
import type { Workspace } from "./workspace.ts";

/** Rows that are timed for the latency, one at a time. */
const TIMED_ROWS = 200;

/** Whose decisions they are, in the registry. */
const GATE = "gate";

/**
 * Holds a challenger against a champion on the frozen holdout.
 *
 * @param prepared The rows.
 * @param models The challenger; the champion, where there is one.
 * @param policy The limits. Default: the gate's own.
 * @returns The decision.
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
  { challenger, champion }: { challenger: Model; champion?: Model },
  policy?: GatePolicy,
): GateDecision {
  const { dataset, train, holdout } = prepared, { name } = dataset.descriptor;
  const labelsOf = ({ json }: Baseline) =>
    predict(modelOf(json, { name, samples: train }), holdout.x).labels;
  return decide({
    challenger: contestant(challenger, holdout),
    ...(champion && { champion: contestant(champion, holdout) }),
    holdout: { sha256: dataset.holdout.sha256, actual: holdout.y },
    metrics: evaluate(challenger, holdout),
    baselines: {
      majority: labelsOf(majorityBaseline(train)),
      oneSplit: labelsOf(oneSplitBaseline(train)),
    },
    contractPassed: refusals(dataset.contract, dataset.descriptor).length === 0,
    bytes: modelBytes(challenger.document).length,
    rowMs: rowMilliseconds(challenger, holdout),
  }, policy);
}

function contestant(model: Model, { x }: Samples): Contestant {
  const { digest, document } = model;
  return { digest, signature: document.signature, labels: predict(model, x).labels };
}

/** 95th percentile of the time for one row, in milliseconds. */
function rowMilliseconds(model: Model, { x, y, features }: Samples): number {
  const d = features.length;
  const times = Array.from({ length: TIMED_ROWS }, (_, i) => {
    const at = (i % y.length) * d, started = performance.now();
    predict(model, x.subarray(at, at + d));
    return performance.now() - started;
  });
  return quantile(times, 0.95);
}

/** A gate's decision about a version. */
export interface KeptDecision {
  /** The version that wanted to pass. */
  readonly version: ModelVersion;
  /** What the gate said. */
  readonly decision: GateDecision;
  /** The version that it was held against; undefined where there was none. */
  readonly against?: ModelVersion;
}

/** Keeps a decision in the registry, and moves nothing. Returns its id. */
export async function recordDecision(
  workspace: Workspace,
  { version, decision, against }: KeptDecision,
): Promise<string> {
  const { id } = await workspace.registry.recordDecision({
    name: version.name,
    version: version.version,
    against: against?.version ?? null,
    passed: decision.decision === "promote",
    reasons: decision.rules.map(({ sentence }) => sentence),
    evidence: JSON.parse(JSON.stringify(decision)),
    by: GATE,
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
  workspace: Workspace,
  { version, decision, against }: KeptDecision,
): Promise<string> {
  const { name } = version, from = against?.version ?? null;
  const id = await recordDecision(workspace, { version, decision, against });
  if (decision.decision === "promote" && from !== version.version) {
    const move = { name, alias: "champion", from, to: version.version, by: GATE } as const;
    await workspace.registry.moveAlias(move);
  }
  return id;
}

/** A planted candidate with what the gate said of it. */
export interface PlantedVerdict {
  /** What is wrong with the candidate. */
  readonly fault: PlantedCandidate["fault"];
  /** The rule that has to refuse it. */
  readonly rule: PlantedCandidate["rule"];
  /** What the gate decided. */
  readonly decision: GateDecision;
  /** Whether it was refused, by that rule among others. */
  readonly caught: boolean;
}

/**
 * Sends bad candidates through the gate.
 *
 * @param prepared The rows.
 * @param options The champion that they are held against, and a seed.
 * @returns One verdict each.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gatePlanted, prepare, trainCandidate } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const { model: champion } = await trainCandidate(prepared, { seed: 7, trees: 50 });
 * const verdicts = await gatePlanted(prepared, { champion, seed: 7 });
 * assert.ok(verdicts.every(({ caught }) => caught));
 * ```
 */
export async function gatePlanted(
  prepared: Prepared,
  { champion, seed }: { champion: Model; seed: number },
): Promise<PlantedVerdict[]> {
  const planted = await plantCandidates(prepared.train, { seed });
  return planted.map(({ fault, rule, json, samples }) => {
    const challenger = modelOf(json, { name: prepared.dataset.descriptor.name, samples });
    const decision = gateModel(prepared, { challenger, champion });
    const refused = decision.rules.filter(({ passed }) => !passed).map((result) => result.rule);
    const caught = decision.decision === "refuse" && refused.includes(rule);
    return { fault, rule, decision, caught };
  });
}

/**
 * A decision as a table.
 *
 * @param decision What the gate said.
 * @returns The table, a row for each rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gateModel, gateTable, modelOf, prepare } from "lib/lifecycle/mod.ts";
 * import { majorityBaseline } from "lib/training/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const challenger = modelOf(majorityBaseline(prepared.train).json, { name: "iris", samples: prepared.train });
 * assert.match(gateTable(gateModel(prepared, { challenger })).text, /baseline +refused/);
 * ```
 */
export function gateTable({ rules, warnings, sentence, holdout }: GateDecision): Table {
  const rows = rules.map(({ rule, passed, sentence }) => ({
    rule,
    result: passed ? "passed" : "refused",
    why: sentence,
  }));
  const said = [sentence, ...warnings, `Asked on ${holdout.rows} holdout rows.`];
  return table(rows, { caption: said.join(" ") });
}

/**
 * The planted candidates as a table.
 *
 * @param verdicts What the gate said of each.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plantedTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(plantedTable([]).text, /0 planted candidates/);
 * ```
 */
export function plantedTable(verdicts: readonly PlantedVerdict[]): Table {
  const rows = verdicts.map(({ fault, rule, decision, caught }) => ({
    fault,
    expected: rule,
    decision: decision.decision,
    refusedBy: decision.rules.filter(({ passed }) => !passed).map((found) => found.rule).join(", "),
    caught: caught ? "yes" : "no",
  }));
  return table(rows, {
    columns: [
      { key: "fault" },
      { key: "expected", label: "rule that must refuse" },
      { key: "decision" },
      { key: "refusedBy", label: "refused by" },
      { key: "caught" },
    ],
    caption: `${verdicts.length} planted candidates`,
  });
}
