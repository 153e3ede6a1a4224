/**
 * Calibration of votes: from the share of trees that say so to the probability that it is so.
 * Letters: n rows, k classes.
 */

import { BadInput, stream } from "lib/core/mod.ts";
import { fitIsotonic, type Isotonic, isotonicAt } from "./isotonic.ts";
import type { Reference } from "./window.ts";

/** Options of {@linkcode fitCalibrator}. */
export interface CalibratorOptions {
  /** Seed of the splits. */
  readonly seed: number;
  /** Bins with about as many rows each, over which the calibration error is taken. Default 10. */
  readonly bins?: number;
  /** How often the reference is split into nine tenths to fit and one tenth to judge. Default 10. */
  readonly splits?: number;
}

/** Whether the votes of one class are calibrated, and why. */
export interface ClassCalibration {
  /** Name of the class. */
  readonly class: string;
  /** The curve from votes to probability; null where the votes stay as they are. */
  readonly curve: Isotonic | null;
  /** Expected calibration error of the votes on rows held out, a share; null where not tried. */
  readonly before: number | null;
  /** The same after a curve from the other rows; null where not tried. */
  readonly after: number | null;
  /** One sentence for people. */
  readonly sentence: string;
}

/** What calibrates the votes: one entry a class. A record that survives JSON. (k) */
export type Calibrator = readonly ClassCalibration[];

/** Above this area under the ROC curve the classes are apart, and a curve would be a step. */
const APART = 0.999;

/**
 * Fits a rising curve for each class against the rest, and keeps it only where it lowers the expected
 * calibration error on rows that it has not seen. The votes must not be those of rows the trees have
 * learnt from: out-of-bag votes are not.
 *
 * A class without two rows inside and two outside, and one that the votes tell apart without fault
 * (area under the ROC curve above 0.999), keeps its votes: there is nothing to learn a curve from.
 *
 * @param reference Out-of-bag votes and true labels; see {@linkcode Reference}.
 * @param options See {@linkcode CalibratorOptions}.
 * @returns One entry a class. (k)
 * @throws {BadInput} If `bins` or `splits` is not a whole number above 0, or the seed is none.
 * @throws {RangeError} If there are not k probabilities a row, or one is not finite.
 * @see NannyML's `needs_calibration`, whose rule this is: errors over the pooled parts held out of
 * repeated stratified splits. Naeini, Cooper and Hauskrecht (2015) for the error. Its splits are
 * drawn by another generator, so a close call may fall otherwise there.
 *
 * @example Votes of 99 % that are right in 2 of 3 cases become 67 %
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrate, fitCalibrator } from "lib/monitoring/mod.ts";
 *
 * const rows = Array.from({ length: 90 }, (_, i) => i);
 * const calibrator = fitCalibrator({
 *   classes: ["a", "b"],
 *   probabilities: Float64Array.from(rows.flatMap(() => [0.99, 0.01])),
 *   actual: Uint8Array.from(rows, (i) => i % 3 === 0 ? 1 : 0),
 * }, { seed: 1 });
 * assert.equal(calibrate(calibrator, [0.99, 0.01])[0].toFixed(3), "0.667");
 * ```
 */
export function fitCalibrator(
  { classes, probabilities, actual }: Pick<Reference, "classes" | "probabilities" | "actual">,
  { seed, bins = 10, splits = 10 }: CalibratorOptions,
): Calibrator {
  for (const [field, value] of Object.entries({ bins, splits })) {
    if (!(Number.isInteger(value) && value > 0)) {
      throw new BadInput({ field, rule: "must be a whole number above 0", value });
    }
  }
  const k = classes.length;
  if (probabilities.length !== actual.length * k || !probabilities.every(Number.isFinite)) {
    throw new RangeError(
      `Cannot calibrate as each of ${actual.length} rows must have ${k} probabilities, all finite: ` +
        `${probabilities.length} probabilities`,
    );
  }
  return classes.map((name, c) => {
    const scores = Float64Array.from(actual, (_, i) => probabilities[i * k + c]);
    const targets = Uint8Array.from(actual, (label) => label === c ? 1 : 0);
    const kept = { class: name, curve: null, before: null, after: null };
    const inside = targets.reduce((sum, hit) => sum + hit, 0);
    if (Math.min(inside, targets.length - inside) < 2) {
      return {
        ...kept,
        sentence: `Votes as they are: ${inside} of ${targets.length} rows are ${name}.`,
      };
    }
    if (rocArea(scores, targets, inside) > APART) {
      return { ...kept, sentence: "Votes as they are: they tell the class apart without fault." };
    }
    const { before, after } = heldOutErrors({ scores, targets }, { seed, name, bins, splits });
    const helps = after < before;
    return {
      class: name,
      curve: helps ? fitIsotonic({ scores, targets }) : null,
      before,
      after,
      sentence: helps
        ? `Calibrated: on rows held out the curve lowers the calibration error from ` +
          `${points(before)} to ${points(after)} points.`
        : `Votes as they are: on rows held out a curve would turn a calibration error of ` +
          `${points(before)} points into ${points(after)}.`,
    };
  });
}

/**
 * Votes calibrated class by class, and each row brought back to a sum of 1.
 *
 * @param calibrator From {@linkcode fitCalibrator}. (k)
 * @param probabilities Shares of the votes, row after row. (n × k)
 * @returns Probabilities, row after row; a row that is 0 everywhere becomes 1 / k. (n × k)
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { calibrate } from "lib/monitoring/mod.ts";
 *
 * const asIs = { curve: null, before: null, after: null, sentence: "Votes as they are." };
 * const calibrator = [{ class: "a", ...asIs }, { class: "b", ...asIs }];
 * assert.deepEqual([...calibrate(calibrator, [0, 0.5, 0, 0])], [0, 1, 0.5, 0.5]);
 * ```
 */
export function calibrate(calibrator: Calibrator, probabilities: ArrayLike<number>): Float64Array {
  const k = calibrator.length;
  const calibrated = Float64Array.from(probabilities, (share, i) => {
    const { curve } = calibrator[i % k];
    return curve ? isotonicAt(curve, share) : share;
  });
  for (let row = 0; row < calibrated.length; row += k) {
    let sum = 0;
    for (let c = 0; c < k; c++) sum += calibrated[row + c];
    for (let c = 0; c < k; c++) calibrated[row + c] = sum > 0 ? calibrated[row + c] / sum : 1 / k;
  }
  return calibrated;
}

/** Scores of one class against the rest. */
interface OneClass {
  readonly scores: Float64Array;
  readonly targets: Uint8Array;
}

/** Calibration error without and with a curve, over the pooled rows that were held out. */
function heldOutErrors(
  { scores, targets }: OneClass,
  { seed, name, bins, splits }: { seed: number; name: string; bins: number; splits: number },
): { before: number; after: number } {
  const random = stream(seed, `calibration of ${name}`);
  const strata = [0, 1].map((side) => [...targets.keys()].filter((i) => targets[i] === side));
  const seen: { score: number; calibrated: number; target: number }[] = [];
  for (let split = 0; split < splits; split++) {
    const held = new Set(
      strata.flatMap((rows) =>
        random.shuffle(rows).slice(0, Math.max(1, Math.round(rows.length / 10)))
      ),
    );
    const rest = [...targets.keys()].filter((i) => !held.has(i));
    const curve = fitIsotonic({
      scores: rest.map((i) => scores[i]),
      targets: rest.map((i) => targets[i]),
    });
    for (const i of held) {
      seen.push({ score: scores[i], calibrated: isotonicAt(curve, scores[i]), target: targets[i] });
    }
  }
  return {
    before: calibrationError(seen.map(({ score, target }) => [score, target]), bins),
    after: calibrationError(seen.map(({ calibrated, target }) => [calibrated, target]), bins),
  };
}

/** Mean distance of score and share of hits, over bins with about as many rows each. */
function calibrationError(pairs: [score: number, target: number][], bins: number): number {
  const sorted = pairs.sort(([a], [b]) => a - b), n = sorted.length;
  const used = n <= 2 * bins ? Math.max(1, n >> 1) : bins;
  const width = Math.floor(n / used);
  let error = 0;
  for (let bin = 0; bin < used; bin++) {
    let gap = 0;
    const end = bin === used - 1 ? n : (bin + 1) * width;
    for (let i = bin * width; i < end; i++) gap += sorted[i][0] - sorted[i][1];
    error += Math.abs(gap);
  }
  return error / n;
}

/** Share of pairs, one inside and one outside, in which the one inside has the higher score. */
function rocArea(scores: Float64Array, targets: Uint8Array, inside: number): number {
  const order = [...scores.keys()].sort((a, b) => scores[a] - scores[b]);
  let wins = 0, below = 0;
  for (let i = 0; i < order.length;) {
    let end = i, hits = 0;
    while (end < order.length && scores[order[end]] === scores[order[i]]) {
      hits += targets[order[end++]];
    }
    const misses = end - i - hits;
    wins += hits * (below + misses / 2); // a tie is half a win
    below += misses;
    i = end;
  }
  return wins / (inside * (scores.length - inside));
}

function points(share: number): string {
  return (100 * share).toFixed(1);
}
