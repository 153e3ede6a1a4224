/** Labels under suspicion: a sample is labelled again, or some are turned on purpose. */

import { stream } from "lib/core/mod.ts";
import type { ErrorCount } from "lib/monitoring/mod.ts";
import type { LabelledLog } from "./labelled_rows.ts";

/**
 * An audit: a sample of rows is labelled again by somebody trusted, and the wrong labels are counted.
 *
 * @param log Rows whose labels are in doubt.
 * @param options The same rows with labels that are trusted, the seed of the draw, and its size.
 * @returns Wrong labels among the sample.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { auditLabels } from "lib/lifecycle/mod.ts";
 *
 * const samples = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(0, 1) };
 * const truth = { samples, units: ["u1", "u2"], predicted: Uint8Array.of(0, 0) };
 * const log = { ...truth, samples: { ...samples, y: Uint8Array.of(1, 1) } };
 * assert.deepEqual(auditLabels(log, { truth, seed: 7, sample: 2 }), { errors: 1, rows: 2 });
 * ```
 */
export function auditLabels(
  { samples: { y } }: LabelledLog,
  { truth, seed, sample }: {
    readonly truth: LabelledLog;
    readonly seed: number;
    readonly sample: number;
  },
): ErrorCount {
  const drawn = stream(seed, "audit").shuffle([...y.keys()]).slice(0, sample);
  return { errors: drawn.filter((i) => y[i] !== truth.samples.y[i]).length, rows: drawn.length };
}

/**
 * Poison: a share of the labels is turned to another class.
 *
 * @param log Labelled rows.
 * @param options The share, and the seed of the draw.
 * @returns The same rows with those labels.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { poisonLabels } from "lib/lifecycle/mod.ts";
 *
 * const samples = { features: [], classes: ["a", "b"], x: Float64Array.of(), y: Uint8Array.of(0, 1, 1, 0) };
 * const log = { samples, units: ["1", "2", "3", "4"], predicted: Uint8Array.of(0, 0, 0, 0) };
 * const turned = poisonLabels(log, { share: 0.5, seed: 7 }).samples.y;
 * assert.equal([...turned].filter((label, i) => label !== samples.y[i]).length, 2);
 * ```
 */
export function poisonLabels(
  log: LabelledLog,
  { share, seed }: { readonly share: number; readonly seed: number },
): LabelledLog {
  const { samples } = log, k = samples.classes.length, random = stream(seed, "poison");
  const y = samples.y.slice();
  const drawn = random.shuffle([...y.keys()]).slice(0, Math.round(share * y.length));
  for (const i of drawn) y[i] = (y[i] + 1 + random.integer(k - 1)) % k;
  return { ...log, samples: { ...samples, y } };
}
