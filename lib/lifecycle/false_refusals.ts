/** How often the gate refuses a good candidate: many splits, two forests of one recipe on each. */

import { checkWhole, type Interval, take, wilsonInterval } from "lib/core/mod.ts";
import { rowKeys, splitSamples } from "lib/data/mod.ts";
import { DEFAULT_POLICY, type GatePolicy, type GateRule } from "lib/gate/mod.ts";
import { trainForest } from "lib/training/mod.ts";
import { gateModel } from "./gate.ts";
import { refusedBy } from "./gate_planted.ts";
import { modelOf, type Prepared } from "./train.ts";

/** How often a good candidate was refused. */
export interface FalseRefusals {
  /** Splits that were drawn. */
  readonly seeds: number;
  /** Candidates that were refused. */
  readonly refused: number;
  /** Their share, with its 95 % Wilson interval. */
  readonly share: Interval & { readonly value: number };
  /** How often each rule refused; a candidate may be refused by several. */
  readonly byRule: Readonly<Partial<Record<GateRule, number>>>;
}

/**
 * Draws as many splits as there are seeds, each with a holdout of its own, grows champion and challenger
 * by one recipe from two seeds, and asks the gate. Neither is better in truth, so each refusal is wrong.
 *
 * @param prepared The dataset; its frozen holdout is not used.
 * @param options `seeds`: how many, 1 to 10,000, default 200; `trees` of each forest, default 25;
 * `policy`: default the gate's own; `onSeed` is told after each how many are done.
 * @returns See {@linkcode FalseRefusals}.
 * @throws {BadInput} If `seeds` is none, or a class has too few rows to be split.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { falseRefusals, prepare } from "lib/lifecycle/mod.ts";
 *
 * const { seeds, refused } = await falseRefusals(await prepare("data/iris.dataset.json", { seed: 7 }), { seeds: 5 });
 * assert.ok(seeds === 5 && refused <= 5);
 * ```
 */
export async function falseRefusals(
  { dataset }: Pick<Prepared, "dataset">,
  { seeds = 200, trees = 25, policy = DEFAULT_POLICY, onSeed }: {
    readonly seeds?: number;
    readonly trees?: number;
    readonly policy?: GatePolicy;
    readonly onSeed?: (done: number) => void;
  } = {},
): Promise<FalseRefusals> {
  checkWhole("seeds", seeds, { min: 1, max: 10_000 });
  const { samples, descriptor: { name } } = dataset;
  const byRule: Partial<Record<GateRule, number>> = {};
  let refused = 0;
  for (let seed = 0; seed < seeds; seed++) {
    const split = splitSamples(samples, { seed });
    const part = (places: readonly number[]) => take(samples, places);
    const train = part(split.train), holdout = part(split.holdout);
    const prepared: Prepared = {
      ...{ split, train, holdout, validation: part(split.validation) },
      dataset: {
        ...dataset,
        holdout: { ...dataset.holdout, keys: rowKeys(holdout), rows: holdout.y.length },
      },
    };
    const grow = async (seed: number) => {
      // the fast trainer also below the rows from which it is chosen: 400 forests in a few seconds
      const { json } = await trainForest(train, { seed, trees, trainer: "fast" });
      return modelOf(json, { name, samples: train });
    };
    const models = { champion: await grow(2 * seed), challenger: await grow(2 * seed + 1) };
    const decision = gateModel(prepared, models, policy);
    refused += Number(decision.decision === "refuse");
    for (const rule of refusedBy(decision)) byRule[rule] = (byRule[rule] ?? 0) + 1;
    onSeed?.(seed + 1);
  }
  const share = {
    value: refused / seeds,
    ...wilsonInterval({ successes: refused, trials: seeds }),
  };
  return { seeds, refused, share, byRule };
}
