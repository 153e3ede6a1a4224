/**
 * Behavioural tests of a trained model: not how often it is right, but whether it behaves as one
 * would expect of anything that has understood the task.
 */

import { column, mean, type Samples, stream } from "lib/core/mod.ts";
import { type Model, predict } from "lib/model/mod.ts";

/** One test's finding. */
export interface BehaviourCheck {
  /** What kind of expectation. */
  readonly kind: "minimum" | "invariance" | "direction";
  /** The expectation in words. */
  readonly expectation: string;
  /** Cases tried. */
  readonly cases: number;
  /** Share of them in which the model behaved; 0 if none was tried. */
  readonly value: number;
  /** Share needed to pass. */
  readonly limit: number;
  /** Whether it passed. */
  readonly passed: boolean;
}

/**
 * Runs the behavioural tests.
 *
 * Minimum: the mean row of each class is of that class. Invariance: an error of half a measuring
 * step in every column leaves the label as it is. Direction: a row moved half way to the mean of
 * another class does not look less like that class than before.
 *
 * @param model The model.
 * @param rows `known`: rows that give the means; `cases`: labelled rows to try.
 * @param options `seed` of the measuring errors.
 * @returns Three findings.
 * @see Ribeiro, Wu, Guestrin and Singh (2020), Beyond accuracy: behavioral testing with CheckList.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { MODEL_FORMAT, modelBytes, readModel, signatureOf } from "lib/model/mod.ts";
 * import { checkBehaviour, oneSplitBaseline } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 9 }];
 * const rows = { features, classes: ["a", "b"], x: Float64Array.of(1, 2, 8, 9), y: Uint8Array.of(0, 0, 1, 1) };
 * const forest = oneSplitBaseline(rows).json;
 * const model = readModel(modelBytes({ format: MODEL_FORMAT, name: "pets", signature: signatureOf(rows), forest }));
 * const checks = checkBehaviour(model, { known: rows, cases: rows }, { seed: 7 });
 * assert.deepEqual(checks.map(({ passed }) => passed), [true, true, true]);
 * ```
 */
export function checkBehaviour(
  model: Model,
  { known, cases }: { known: Samples; cases: Samples },
  { seed }: { seed: number },
): BehaviourCheck[] {
  const means = classMeans(known);
  return [
    minimum(model, means),
    invariance(model, cases, measuringSteps(known), seed),
    direction(model, cases, means),
  ];
}

/** Mean row of each class that has rows: label → (d). */
function classMeans(samples: Samples): Map<number, Float64Array> {
  const d = samples.features.length, means = new Map<number, Float64Array>();
  samples.classes.forEach((_, label) => {
    const rows = [...samples.y.keys()].filter((i) => samples.y[i] === label);
    if (rows.length === 0) return;
    means.set(
      label,
      Float64Array.from({ length: d }, (_, f) => mean(rows.map((i) => samples.x[i * d + f]))),
    );
  });
  return means;
}

/** Smallest distance between two different values of each column: how finely it was measured. */
function measuringSteps(samples: Samples): number[] {
  return samples.features.map((_, f) => {
    const sorted = column(samples, f).sort();
    let step = Infinity;
    for (let i = 1; i < sorted.length; i++) {
      const gap = sorted[i] - sorted[i - 1];
      if (gap > 1e-9) step = Math.min(step, gap);
    }
    return Number.isFinite(step) ? step : 0;
  });
}

function minimum(model: Model, means: Map<number, Float64Array>): BehaviourCheck {
  const behaved = [...means].filter(([label, row]) => predict(model, row).labels[0] === label);
  const expectation = "the mean row of each class is given that class";
  return finding("minimum", expectation, behaved.length, means.size, 1);
}

function invariance(
  model: Model,
  { x, y, features }: Samples,
  steps: readonly number[],
  seed: number,
): BehaviourCheck {
  const random = stream(seed, "invariance"), d = features.length;
  const moved = x.map((value, i) => value + (random.next() - 0.5) * steps[i % d]);
  const before = predict(model, x).labels, after = predict(model, moved).labels;
  const behaved = before.filter((label, i) => label === after[i]).length;
  const expectation = "an error of half a measuring step changes no label";
  return finding("invariance", expectation, behaved, y.length, 0.9);
}

function direction(
  model: Model,
  { x, y, features, classes }: Samples,
  means: Map<number, Float64Array>,
): BehaviourCheck {
  const d = features.length, k = classes.length;
  const before = predict(model, x).probabilities;
  let behaved = 0, cases = 0;
  for (const [label, target] of means) {
    const moved = x.map((value, i) => value + (target[i % d] - value) / 2);
    const after = predict(model, moved).probabilities;
    y.forEach((own, i) => {
      if (own === label) return;
      cases++;
      if (after[i * k + label] >= before[i * k + label]) behaved++;
    });
  }
  const expectation = "half way to another class, a row looks no less like that class";
  return finding("direction", expectation, behaved, cases, 0.9);
}

function finding(
  kind: BehaviourCheck["kind"],
  expectation: string,
  behaved: number,
  cases: number,
  limit: number,
): BehaviourCheck {
  const value = cases > 0 ? behaved / cases : 0; // nothing tried is nothing shown
  return { kind, expectation, cases, value, limit, passed: value >= limit };
}
