/** Bad candidates, planted on purpose: a gate that has never refused anything proves nothing. */

import { column, type Samples, stream } from "lib/core/mod.ts";
import type { ForestJson } from "lib/model/mod.ts";
import { majorityBaseline } from "./baselines.ts";
import { trainForest } from "./forest.ts";

/** One bad candidate. */
export interface PlantedCandidate {
  /** What is wrong with it. */
  readonly fault: "labels shuffled" | "class dropped" | "columns swapped" | "constant";
  /** The gate's rule that has to refuse it. */
  readonly rule: "baseline" | "classes" | "signature";
  /** Its trees. */
  readonly json: ForestJson;
  /** The rows that it was trained on: they give its signature. */
  readonly samples: Samples;
}

/**
 * Trains one bad candidate of each kind.
 *
 * @param samples Good rows, of at least two columns and classes.
 * @param options `seed` and `trees` of the forests. Default 25 trees.
 * @returns The candidates.
 * @throws {RangeError} If there is one column only: nothing could be swapped.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { plantCandidates } from "lib/training/mod.ts";
 *
 * const feature = (name: string) => ({ name, unit: "cm", min: 0, max: 99 });
 * const y = Uint8Array.from({ length: 20 }, (_, i) => i % 2);
 * const x = Float64Array.from({ length: 40 }, (_, i) => i);
 * const rows = { features: [feature("a"), feature("b")], classes: ["odd", "even"], x, y };
 * const faults = (await plantCandidates(rows, { seed: 7, trees: 3 })).map(({ fault }) => fault);
 * assert.deepEqual(faults, ["labels shuffled", "class dropped", "columns swapped", "constant"]);
 * ```
 */
export async function plantCandidates(
  samples: Samples,
  { seed, trees = 25 }: { seed: number; trees?: number },
): Promise<PlantedCandidate[]> {
  if (samples.features.length < 2) {
    throw new RangeError("Cannot swap columns as there must be two or more: there is 1");
  }
  const grow = async (rows: Samples) => (await trainForest(rows, { seed, trees })).json;
  const shuffled = {
    ...samples,
    y: Uint8Array.from(stream(seed, "planted:labels").shuffle([...samples.y])),
  };
  const last = samples.classes.length - 1;
  const dropped = {
    ...samples,
    y: samples.y.map((label) => label === last ? (last === 1 ? label : last - 1) : label),
  };
  const swapped = reversed(samples);
  return [
    { fault: "labels shuffled", rule: "baseline", json: await grow(shuffled), samples },
    { fault: "class dropped", rule: "classes", json: await withoutLast(dropped, grow), samples },
    { fault: "columns swapped", rule: "signature", json: await grow(swapped), samples: swapped },
    { fault: "constant", rule: "baseline", json: majorityBaseline(samples).json, samples },
  ];
}

/** With two classes, to drop one is to leave a constant. */
async function withoutLast(
  samples: Samples,
  grow: (rows: Samples) => Promise<ForestJson>,
): Promise<ForestJson> {
  if (samples.classes.length > 2) return await grow(samples);
  return majorityBaseline({ ...samples, y: samples.y.map(() => 0) }).json;
}

function reversed(samples: Samples): Samples {
  const d = samples.features.length, x = new Float64Array(samples.x.length);
  for (let f = 0; f < d; f++) {
    column(samples, f).forEach((value, i) => x[i * d + d - 1 - f] = value);
  }
  return { ...samples, features: samples.features.toReversed(), x };
}
