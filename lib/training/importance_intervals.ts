/**
 * Permutation importance with intervals that hold for other rows, not only for other shuffles.
 * Letters: n rows, d columns, r shuffles.
 */

import { checkWhole, mean, quantile, type Random, type Samples, stream } from "lib/core/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";
import { breather } from "./breath.ts";
import type { Importance } from "./importance.ts";

/** Options of {@linkcode importanceIntervals}. */
export interface ImportanceIntervalsOptions {
  /** Seed of shuffles and draws. */
  readonly seed: number;
  /** How often each column is shuffled (r), 2 to 1,000. Default 20. */
  readonly repeats?: number;
  /** Bootstrap draws, 100 to 100,000. Default 1,000. */
  readonly draws?: number;
  /** Told after each column how many are done. */
  readonly onColumn?: (done: number, total: number) => void;
  /** Ends the work early, with the signal's reason. */
  readonly signal?: AbortSignal;
}

/**
 * Permutation importance of each column, with a 95 % interval: the rows that it was measured on are
 * a sample, and so are the shuffles. Both are drawn anew (bootstrap, percentiles), and their effects
 * added. {@linkcode permutationImportance} tells how much single shuffles differ, which is less.
 *
 * @param model The model.
 * @param samples n labelled rows that it was not trained on.
 * @param options See {@linkcode ImportanceIntervalsOptions}.
 * @returns One record a column, in the model's order: mean drop in accuracy, and the ends of its
 * interval. Two columns that say the same can both look unimportant.
 * @throws {BadInput} If an option breaks its rule.
 * @see Fisher, Rudin and Dominici (2019), All Models are Wrong, but Many are Useful, JMLR 20; Efron
 * and Tibshirani (1993), An Introduction to the Bootstrap, chapter 13; Owen (2007), The Pigeonhole
 * Bootstrap, Annals of Applied Statistics 1, for rows and shuffles drawn apart.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MODEL_FORMAT, modelBytes, readModel, signatureOf } from "lib/model/mod.ts";
 * import { importanceIntervals, oneSplitBaseline } from "lib/training/mod.ts";
 *
 * const feature = (name: string) => ({ name, unit: "cm", min: 0, max: 9 });
 * const features = [feature("useful"), feature("idle")];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 5, 2, 5, 8, 5, 9, 5), y: Uint8Array.of(0, 0, 1, 1) };
 * const forest = oneSplitBaseline(rows).json;
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature: signatureOf(rows), forest }));
 * const [useful, idle] = await importanceIntervals(model, rows, { seed: 7 });
 * assert.ok(useful.low > 0 && idle.high === 0);
 * ```
 */
export async function importanceIntervals(
  model: Model,
  samples: Samples,
  options: ImportanceIntervalsOptions,
): Promise<Importance[]> {
  const { seed, onColumn, signal } = options, { features, x, y } = samples, n = y.length;
  const repeats = checkWhole("repeats", options.repeats ?? 20, { min: 2, max: 1000 });
  const draws = checkWhole("draws", options.draws ?? 1000, { min: 100, max: 100_000 });
  checkWhole("rows", n, { min: 1, max: Number.MAX_SAFE_INTEGER });
  const breathe = breather(signal), whole = predict(model, x).labels;
  const found: Importance[] = [];
  for (const [f, { name }] of features.entries()) {
    const random = stream(seed, `importance:${name}`);
    const byRow = new Float64Array(n), byShuffle = new Float64Array(repeats);
    for (let r = 0; r < repeats; r++) {
      const labels = predict(model, withShuffled(samples, f, random)).labels;
      for (let i = 0; i < n; i++) {
        const lost = Number(whole[i] === y[i]) - Number(labels[i] === y[i]);
        byRow[i] += lost / repeats;
        byShuffle[r] += lost / n;
      }
      await breathe();
    }
    const center = mean(byShuffle), means = new Float64Array(draws);
    for (let b = 0; b < draws; b++) {
      means[b] = drawnMean(byRow, random) + drawnMean(byShuffle, random) - center;
      await breathe();
    }
    found.push({
      name,
      mean: tidy(center),
      low: tidy(quantile(means, 0.025)),
      high: tidy(quantile(means, 0.975)),
    });
    onColumn?.(found.length, features.length);
  }
  return found;
}

function withShuffled({ features, x, y }: Samples, f: number, { shuffle }: Random): Float64Array {
  const d = features.length, shuffled = x.slice();
  shuffle([...y.keys()]).forEach((from, i) => shuffled[i * d + f] = x[from * d + f]);
  return shuffled;
}

/** Mean of as many values as there are, drawn with replacement. */
function drawnMean(values: Float64Array, { integer }: Random): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[integer(values.length)];
  return sum / values.length;
}

/** Sums of shares of rows: what is nearer to 0 than this is 0. */
function tidy(drop: number): number {
  return Math.abs(drop) < 1e-12 ? 0 : drop;
}
