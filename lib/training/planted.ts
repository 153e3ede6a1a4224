/** Bad candidates, planted on purpose: a gate that has never refused anything proves nothing. */

import { type Samples, stream } from "lib/core/mod.ts";
import type { ForestJson } from "lib/model/mod.ts";
import { majorityBaseline } from "./baselines.ts";
import { trainForest } from "./forest.ts";

/** One bad candidate. */
export interface PlantedCandidate {
  /** What is wrong with it. */
  readonly fault:
    | "labels shuffled"
    | "class dropped"
    | "columns swapped"
    | "millimetres"
    | "NaN-blind"
    | "constant"
    | "signature change";
  /** The gate's rule that has to refuse it. */
  readonly rule: "baseline" | "classes" | "thresholds" | "contract" | "signature";
  /** Its trees. */
  readonly json: ForestJson;
  /** Samples whose columns and classes give its signature. */
  readonly samples: Samples;
  /** The rows that it says it has learnt from: where the mistake is inside the training, the good ones. */
  readonly learnt: Samples;
}

/**
 * Trains one bad candidate of each kind.
 *
 * @param samples Good rows, of at least two columns and classes.
 * @param options `seed` and `trees` of the forests. Default 25 trees.
 * @returns The candidates. `columns swapped` keeps the names and exchanges what is under them,
 * `millimetres` learns from values ten times as large, `NaN-blind` from rows of which every fifth cell
 * was missing.
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
 * assert.deepEqual(faults.slice(0, 4), ["labels shuffled", "class dropped", "columns swapped", "millimetres"]);
 * ```
 */
export async function plantCandidates(
  samples: Samples,
  { seed, trees = 25 }: { seed: number; trees?: number },
): Promise<PlantedCandidate[]> {
  if (samples.features.length < 2) {
    throw new RangeError("Cannot swap columns as there must be two or more: there is 1");
  }
  const grow = async (rows: Samples) =>
    (await trainForest(rows, { seed, trees, trainer: "fast" })).json;
  const { x, y, classes, features } = samples;
  const shuffled = Uint8Array.from(stream(seed, "planted:labels").shuffle([...y]));
  const last = classes.length - 1;
  const merged = y.map((label) => label === last && last > 1 ? last - 1 : label);
  const turned = reversedValues(samples), renamed = { ...turned, features: features.toReversed() };
  const holes = { ...samples, x: x.map((value, i) => i % 5 === 0 ? NaN : value) };
  const good = { samples, learnt: samples };
  return [
    {
      fault: "labels shuffled",
      rule: "baseline",
      json: await grow({ ...samples, y: shuffled }),
      ...good,
    },
    {
      ...{ fault: "class dropped", rule: "classes", ...good },
      json: await withoutLast({ ...samples, y: merged }, grow),
    },
    { fault: "columns swapped", rule: "baseline", json: await grow(turned), ...good },
    {
      ...{ fault: "millimetres", rule: "thresholds", ...good },
      json: await grow({ ...samples, x: x.map((value) => 10 * value) }),
    },
    { fault: "NaN-blind", rule: "contract", json: await grow(holes), samples, learnt: holes },
    { fault: "constant", rule: "baseline", json: majorityBaseline(samples).json, ...good },
    {
      ...{ fault: "signature change", rule: "signature", json: await grow(renamed) },
      ...{ samples: renamed, learnt: renamed },
    },
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

/** Each row's values in the opposite order. */
function reversedValues(samples: Samples): Samples {
  const d = samples.features.length;
  return { ...samples, x: samples.x.map((_, i) => samples.x[i - i % d + d - 1 - i % d]) };
}
