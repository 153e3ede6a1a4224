/** Is the gate alive? Bad candidates are sent through it, each with the rule that has to refuse it. */

import { type Clock, type Samples, systemClock } from "lib/core/mod.ts";
import { DEFAULT_POLICY, type GateDecision, type GatePolicy, type GateRule } from "lib/gate/mod.ts";
import { type Model, modelBytes, predict, readModel } from "lib/model/mod.ts";
import { plantCandidates, type PlantedCandidate, trainForest } from "lib/training/mod.ts";
import { type GateEntry, gateModel } from "./gate.ts";
import { modelOf, type Prepared } from "./train.ts";

/** What can be wrong with a planted candidate: seven faults of training, four of what comes with it. */
export type PlantedFault =
  | PlantedCandidate["fault"]
  | "trained on the holdout"
  | "too slow"
  | "stale data"
  | "tampered bytes";

/** A planted candidate with what the gate said of it. */
export interface PlantedVerdict {
  /** What is wrong with the candidate. */
  readonly fault: PlantedFault;
  /** The rule that has to refuse it. */
  readonly rule: GateRule;
  /** What the gate decided. */
  readonly decision: GateDecision;
  /** Whether it was refused, by that rule among others. */
  readonly caught: boolean;
}

/** Trees of the candidates that are planted. */
const TREES = 25;

/**
 * Sends eleven bad candidates through the gate.
 *
 * @param prepared The rows.
 * @param options `seed`; `champion` that they are held against, by default a good forest that is grown
 * here; `policy`; `clock`, by which the stale rows are stale.
 * @returns One verdict each. Four of them are good forests, but that one has learnt from the holdout, one
 * takes too long, one is of old rows, and one has other bytes than were registered.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gatePlanted, prepare } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const verdicts = await gatePlanted(prepared, { seed: 7 });
 * assert.deepEqual([verdicts.length, verdicts.every(({ caught }) => caught)], [11, true]);
 * ```
 */
export async function gatePlanted(
  prepared: Prepared,
  { seed, champion: given, policy = DEFAULT_POLICY, clock = systemClock }: {
    readonly seed: number;
    readonly champion?: Model;
    readonly policy?: GatePolicy;
    readonly clock?: Clock;
  },
): Promise<PlantedVerdict[]> {
  const { train, holdout, dataset: { descriptor: { name } } } = prepared;
  const grow = async (samples: Samples) =>
    modelOf((await trainForest(samples, { seed, trees: TREES, trainer: "fast" })).json, {
      name,
      samples,
    });
  const good = await grow(train), champion = given ?? good;
  const both = joined(train, holdout);
  const planted: readonly (readonly [PlantedFault, GateRule, GateEntry])[] = [
    ...(await plantCandidates(train, { seed, trees: TREES })).map(
      ({ fault, rule, json, samples, learnt }) =>
        [fault, rule, { challenger: modelOf(json, { name, samples }), learnt }] as const,
    ),
    ["trained on the holdout", "leak", { challenger: await grow(both), learnt: both }],
    ["too slow", "latency", { challenger: good, answer: slowly(1.25 * policy.maxRowMs) }],
    ["stale data", "freshness", {
      challenger: good,
      asOf: daysAgo(clock, policy.maxDataAgeDays + 35),
    }],
    ["tampered bytes", "bytes", { challenger: tampered(good), registered: good.digest }],
  ];
  return planted.map(([fault, rule, entry]) => {
    const decision = gateModel(prepared, { ...entry, champion, clock }, policy);
    const refused = refusedBy(decision);
    return {
      fault,
      rule,
      decision,
      caught: decision.decision === "refuse" && refused.includes(rule),
    };
  });
}

/** The rules that refuse. */
export function refusedBy({ rules }: Pick<GateDecision, "rules">): GateRule[] {
  return rules.filter(({ passed }) => !passed).map(({ rule }) => rule);
}

function joined(one: Samples, other: Samples): Samples {
  return {
    ...one,
    x: Float64Array.of(...one.x, ...other.x),
    y: Uint8Array.of(...one.y, ...other.y),
  };
}

/** Answers rightly, but only after that long: as with a slow look-up before each row. */
function slowly(milliseconds: number): GateEntry["answer"] {
  return (model, row) => {
    const until = performance.now() + milliseconds;
    while (performance.now() < until); // a processor at work: the time is really taken
    return predict(model, row);
  };
}

function daysAgo(clock: Clock, days: number): string {
  return new Date(clock.now().getTime() - days * 86_400_000).toISOString().slice(0, 10);
}

/** The model as it is read from a file in which somebody has turned the shares of one leaf round. */
function tampered({ document }: Model): Model {
  const text = new TextDecoder().decode(modelBytes(document));
  let isDone = false;
  const changed = text.replace(/"distribution":\[\[([^\]]*)\]\]/g, (leaf, shares: string) => {
    const turned = shares.split(",").reverse().join();
    if (isDone || turned === shares) return leaf;
    isDone = true;
    return `"distribution":[[${turned}]]`;
  });
  return readModel(new TextEncoder().encode(changed));
}
