/** Permutation importance: how much worse a model gets when one column is shuffled. */

import { mean, quantile, type Samples, stream } from "lib/core/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";

/** One column's importance: the drop in accuracy, as a share of all rows. */
export interface Importance {
  /** Name of the column. */
  readonly name: string;
  /** Mean drop over the shuffles; about 0 for a column that the model can do without. */
  readonly mean: number;
  /** 5 % of the shuffles cost less than this. */
  readonly low: number;
  /** 5 % of the shuffles cost more than this. */
  readonly high: number;
}

/**
 * Permutation importance of each column.
 *
 * @param model The model.
 * @param samples n labelled rows that it was not trained on.
 * @param options `seed`, and `repeats`: how often each column is shuffled. Default 30.
 * @returns One record a column, in the model's order. Two columns that say the same can both look
 * unimportant, since either stands in for the other.
 * @see Breiman (2001), Random Forests, section 10; Fisher, Rudin and Dominici (2019), JMLR 20.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MODEL_FORMAT, modelBytes, readModel, signatureOf } from "lib/model/mod.ts";
 * import { oneSplitBaseline, permutationImportance } from "lib/training/mod.ts";
 *
 * const feature = (name: string) => ({ name, unit: "cm", min: 0, max: 9 });
 * const features = [feature("useful"), feature("idle")];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 5, 2, 5, 8, 5, 9, 5), y: Uint8Array.of(0, 0, 1, 1) };
 * const forest = oneSplitBaseline(rows).json;
 * const bytes = modelBytes({ format: MODEL_FORMAT, name: "pets", signature: signatureOf(rows), forest });
 * const [useful, idle] = permutationImportance(readModel(bytes), rows, { seed: 7 });
 * assert.ok(useful.mean > 0.3 && idle.mean === 0);
 * ```
 */
export function permutationImportance(
  model: Model,
  samples: Samples,
  { seed, repeats = 30 }: { seed: number; repeats?: number },
): Importance[] {
  const { features, x, y } = samples, d = features.length, n = y.length;
  const accuracy = (values: Float64Array) => {
    const { labels } = predict(model, values);
    return labels.reduce((right, label, i) => right + (label === y[i] ? 1 : 0), 0) / n;
  };
  const whole = accuracy(x);
  return features.map(({ name }, f) => {
    const random = stream(seed, `importance:${name}`);
    const drops = Array.from({ length: repeats }, () => {
      const shuffled = x.slice(), order = random.shuffle([...y.keys()]);
      order.forEach((from, i) => shuffled[i * d + f] = x[from * d + f]);
      return whole - accuracy(shuffled);
    });
    return {
      name,
      mean: mean(drops),
      low: quantile(drops, 0.05),
      high: quantile(drops, 0.95),
    };
  });
}
