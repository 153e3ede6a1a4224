/**
 * Drift: do the rows of a window come from where the reference comes from?
 *
 * The distance says how far it has moved, and a permutation test at the window's own size says whether
 * chance explains it. A fixed limit for the distance could not: two samples of 50 rows from one source
 * are 0.25 deviations apart on average.
 *
 * What the stated rate of false alarms assumes: without drift the rows of window and reference are
 * exchangeable, that is, drawn independently from one source. Rows that come in clumps (one class after
 * the other, the same row over and over) break it, and so does a reference that is chosen otherwise
 * than the traffic is.
 *
 * It is a rate over windows *and* references: of 1,000 windows of iris rows without drift, each with a
 * reference of its own of 89 rows, 4.4, 3.8 and 3.9 % were alarms (20, 50, 200 rows; level 5 %). One
 * reference meets all windows, and its own luck stays: with 20 references the share of alarms went from
 * 1 to 23 % (20 rows), 0 to 7 % (50) and 0 to 41 % (200). So a window should not be larger than the
 * reference, and a second alarm against the same reference is weaker evidence than the first.
 */

import { BadInput, deviation, stream, type Summary } from "lib/core/mod.ts";
import { type CountPair, jensenShannon, kolmogorovSmirnov, wasserstein } from "./distance.ts";
import type { DriftReport, DriftState } from "./drift_report.ts";
import { featureSentence, predictionSentence, windowSentence } from "./drift_sentences.ts";
import { benjaminiHochberg } from "./multiplicity.ts";
import { permutationP } from "./permutation.ts";
import { criticalDistance, driftPower, smallestShift } from "./power.ts";
import type { ReferenceProfile } from "./profile.ts";
import type { WindowSummary } from "./window_summary.ts";

/** Options of {@linkcode drift}. */
export interface DriftOptions {
  /** Seed of the permutations. */
  readonly seed: number;
  /** Chance of any false alarm in a window without drift. Default 0.05. */
  readonly level?: number;
  /** Permutations of each test. Default 1,999, or more where so many inputs are tested that it takes more. */
  readonly permutations?: number;
  /** A window is decided from the rows on that show a shift of so many reference deviations. Default 1. */
  readonly noticeable?: number;
}

/**
 * Holds a window against the reference.
 *
 * @param window See {@linkcode WindowSummary}; it may be empty.
 * @param profile What it is held against, and was summarised with.
 * @param options See {@linkcode DriftOptions}.
 * @returns The report: a finding and never an exception.
 * @throws {BadInput} If an option is out of its range, or there are too few permutations for any test to
 * reach the level.
 * @see statistics of the pieces: {@linkcode wasserstein}, {@linkcode jensenShannon},
 * {@linkcode permutationP}, {@linkcode benjaminiHochberg}, {@linkcode driftPower}.
 *
 * @example Thirty rows that are 20 cm too long
 * ```ts
 * import assert from "node:assert/strict";
 * import { drift, referenceProfile, summariseWindow } from "lib/monitoring/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 200 }], classes = ["a"];
 * const rows = (n: number, value: (i: number) => number) => ({
 *   features, classes, x: Float64Array.from({ length: n }, (_, i) => value(i)), predicted: new Uint8Array(n),
 *   probabilities: new Float64Array(n).fill(1),
 * });
 * const profile = referenceProfile({ ...rows(90, (i) => i), actual: new Uint8Array(90) });
 * const window = summariseWindow({
 *   ...rows(30, (i) => 3 * i + 20), name: "window 1", from: "2026-01-01", to: "2026-01-02",
 *   actual: new Int16Array(30).fill(-1), requests: { status: new Uint16Array(), ms: new Float64Array() }, refused: [],
 * }, profile);
 * const { state, features: [length] } = drift(window, profile, { seed: 7 });
 * assert.equal(state, "drift");
 * assert.equal(length.sentence, "length has moved: 0.73 reference deviations, mean 44.5 cm to 63.5 cm (adjusted p = 0.003).");
 * ```
 */
export function drift(
  window: WindowSummary,
  profile: ReferenceProfile,
  options: DriftOptions,
): DriftReport {
  const { level = 0.05, noticeable = 1, seed } = options;
  const tests = profile.features.length + 1;
  checkShare("level", level);
  if (!(noticeable > 0 && Number.isFinite(noticeable))) {
    throw new BadInput({ field: "noticeable", rule: "must be above 0", value: noticeable });
  }
  const permutations = enoughPermutations(options.permutations, { tests, level });
  const { rowsNeeded } = driftPower(profile, { rows: window.rows, level, noticeable });
  const isEnough = (rows: number) => rowsNeeded !== null && rows >= rowsNeeded;
  const random = (name: string) => stream(seed, `drift:${name}`);

  const compared = profile.features.map((feature, f) => {
    const pair = { reference: profile.summaries[f], window: window.summaries[f] };
    const rows = pair.window.moments.count, binned = rows > 0 ? binnedPair(pair) : null;
    const distance = (counts: CountPair) => wasserstein(counts, binned!.points);
    return {
      ...{ feature, pair, rows, ks: binned && kolmogorovSmirnov(binned) },
      distanceInUnit: binned && distance(binned),
      pValue: binned && isEnough(rows)
        ? permutationP(binned, distance, { permutations, random: random(feature.name) })
        : null,
    };
  });
  const classes = { reference: profile.predicted, window: window.predicted };
  const predictionP = isEnough(window.rows)
    ? permutationP(classes, jensenShannon, { permutations, random: random("(prediction)") })
    : null;

  const pValues = [...compared.map(({ pValue }) => pValue), predictionP];
  const verdicts = judge(pValues, level);
  const features = compared.map((found, f) => {
    const { feature, pair, ...rest } = found, spread = deviation(pair.reference.moments);
    const critical = criticalDistance(pair.reference, level / tests);
    const counts = { n: found.rows, m: pair.reference.moments.count };
    const drift = {
      ...{ name: feature.name, unit: feature.unit, ...rest, ...verdicts[f] },
      distance: found.distanceInUnit !== null && spread > 0 ? found.distanceInUnit / spread : null,
      smallestShift: smallestShift(critical, counts),
    };
    return { ...drift, sentence: featureSentence(drift, { feature, ...pair, rowsNeeded }) };
  });
  const prediction = {
    ...{ rows: window.rows, pValue: predictionP, ...verdicts[features.length] },
    distance: window.rows > 0 ? jensenShannon(classes) : null,
    reference: shares(profile.predicted)!,
    window: shares(window.predicted),
  };
  const predicted = {
    ...prediction,
    sentence: predictionSentence(prediction, { classes: profile.classes, rowsNeeded }),
  };
  const found = {
    window: window.name,
    rows: window.rows,
    state: stateOf([...features, predicted]),
  };
  return {
    ...found,
    sentence: windowSentence({ ...found, features, prediction: predicted, rowsNeeded }),
    ...{ features, prediction: predicted, rowsNeeded, level, permutations, seed },
  };
}

/** Counts of both in the bins that hold something, and the mean of all their values in each of these. */
function binnedPair(
  { reference, window }: { readonly reference: Summary; readonly window: Summary },
): CountPair & { readonly points: Float64Array } {
  const used = reference.counts.flatMap((count, i) => count + window.counts[i] > 0 ? [i] : []);
  return {
    reference: Float64Array.from(used, (i) => reference.counts[i]),
    window: Float64Array.from(used, (i) => window.counts[i]),
    // dealing the rows again leaves these where they are, so the test stays exact
    points: Float64Array.from(
      used,
      (i) => (reference.sums[i] + window.sums[i]) / (reference.counts[i] + window.counts[i]),
    ),
  };
}

function judge(
  pValues: readonly (number | null)[],
  level: number,
): { readonly adjusted: number | null; readonly state: DriftState; readonly drifted: boolean }[] {
  const adjusted = benjaminiHochberg(pValues.filter((p) => p !== null)).values();
  return pValues.map((p) => {
    if (p === null) return { adjusted: null, state: "undecided", drifted: false };
    const value = adjusted.next().value!, drifted = value <= level;
    return { adjusted: value, state: drifted ? "drift" : "none", drifted };
  });
}

function stateOf(findings: readonly { readonly state: DriftState }[]): DriftState {
  const has = (state: DriftState) => findings.some((finding) => finding.state === state);
  return has("drift") ? "drift" : has("undecided") ? "undecided" : "none";
}

function shares(counts: readonly number[]): number[] | null {
  const all = counts.reduce((sum, count) => sum + count, 0);
  return all > 0 ? counts.map((count) => count / all) : null;
}

/** The first of several sorted p-values has to get to level / tests. */
function enoughPermutations(
  given: number | undefined,
  { tests, level }: { readonly tests: number; readonly level: number },
): number {
  const least = Math.ceil(tests / level) - 1;
  if (given === undefined) return Math.max(1999, 4 * (least + 1) - 1);
  if (Number.isInteger(given) && given >= least) return given;
  const rule = `must be a whole number from ${least} on for ${tests} tests at level ${level}`;
  throw new BadInput({ field: "permutations", rule, value: given });
}

function checkShare(field: string, value: number): void {
  if (!(value > 0 && value < 0.5)) {
    throw new BadInput({ field, rule: "must be above 0 and below 0.5", value });
  }
}
