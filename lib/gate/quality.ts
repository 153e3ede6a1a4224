/** Rules about how good the challenger is by itself: against simple models, in parts, in its confidence. */

import { BadInput, Z_95 } from "lib/core/mod.ts";
import type { Calibration } from "lib/model/mod.ts";
import type { Finding, GateInput, RuleResult } from "./input.ts";
import { mcnemarP, pairedCounts } from "./paired.ts";
import type { GatePolicy } from "./policy.ts";
import { counted, percent, three } from "./words.ts";

/**
 * Who has learnt nothing is no better than the commonest class: there a challenger bears the burden of
 * proof. Against one split it has to get more rows right; where that is no proof, the decision warns.
 */
export function baseline(
  { challenger: { labels }, holdout: { actual }, baselines }: GateInput,
  { alpha }: GatePolicy,
): Finding {
  const base = { rule: "baseline", limit: alpha, unit: "p" } as const;
  if (!baselines) {
    const sentence = "No baseline was measured.";
    return { result: { ...base, passed: false, value: null, sentence }, warnings: [] };
  }
  const [majority, oneSplit] = [baselines.majority, baselines.oneSplit].map((simple) => {
    const counts = pairedCounts({ actual, champion: simple, challenger: labels });
    const { onlyChampion: lost, onlyChallenger: won } = counts, p = mcnemarP(counts);
    const shown = `${won} rows won, ${lost} lost (p ${p.toFixed(3)})`;
    return { p, shown, isMore: won > lost, isProven: won > lost && p < alpha };
  });
  const passed = majority.isProven && oneSplit.isMore;
  const sentence = `Against the commonest class ${majority.shown}: ` +
    `${majority.isProven ? "better than by chance" : "not better than by chance"}` +
    ` (needed: p below ${alpha}). ` +
    `Against one split ${oneSplit.shown}: ${oneSplit.isMore ? "more" : "no more"} rows right.`;
  const unproven = `Not proven better than one split: ${oneSplit.shown}. ` +
    "One question of one column may do as well.";
  return {
    result: { ...base, passed, value: majority.p, sentence },
    warnings: passed && !oneSplit.isProven ? [unproven] : [],
  };
}

/** Every class keeps its floor. */
export function classes({ metrics }: GateInput, { classFloor: limit }: GatePolicy): RuleResult {
  // a class that is not in the holdout has no recall, and nobody knows how the model treats it
  const [weakest] = metrics.perClass.toSorted((a, b) => (a.recall ?? -1) - (b.recall ?? -1));
  const value = weakest.recall, passed = value !== null && value >= limit;
  const sentence = value === null
    ? `The holdout has no row of ${weakest.class}.`
    : `The weakest class, ${weakest.class}, is recognised in ${percent(value)} of its rows; ` +
      `needed: ${percent(limit)}.`;
  return { rule: "classes", passed, value, limit, unit: "share of rows", sentence };
}

/** Every group that is large enough to be judged keeps its floor. */
export function groups(
  { challenger: { labels }, holdout: { actual }, groups: given }: GateInput,
  { group: wanted, groupFloor: limit, minGroupRows }: GatePolicy,
): Finding {
  const base = { rule: "groups", limit, unit: "share of rows" } as const;
  const without = (passed: boolean, sentence: string) => ({
    result: { ...base, passed, value: null, sentence },
    warnings: [],
  });
  if (wanted !== null && given?.column !== wanted) {
    const has = given ? `they declare ${given.column}` : "they declare none";
    return without(
      false,
      `The policy asks for groups by ${wanted}; the rows have no such column, ${has}.`,
    );
  }
  if (!given) return without(true, "Neither policy nor rows name a column of groups.");
  if (given.of.length !== actual.length) {
    throw new RangeError(
      `Cannot judge groups as there must be one for each of ${actual.length} rows: ${given.of.length}`,
    );
  }
  const counts = new Map<string, { rows: number; right: number }>();
  given.of.forEach((name, i) => {
    const { rows, right } = counts.get(name) ?? { rows: 0, right: 0 };
    counts.set(name, { rows: rows + 1, right: right + Number(labels[i] === actual[i]) });
  });
  const all = [...counts].map(([name, count]) => ({
    name,
    ...count,
    value: count.right / count.rows,
  }))
    .sort((a, b) => a.value - b.value || (a.name < b.name ? -1 : 1));
  const judged = all.filter(({ rows }) => rows >= minGroupRows);
  const warnings = all.filter(({ rows }) => rows < minGroupRows).map(({ name, rows, right }) =>
    `${given.column} ${name} was not judged: ${right} of ${counted(rows, "row")} right, ` +
    `judged from ${minGroupRows} rows on.`
  );
  const [weakest] = judged;
  if (!weakest) {
    return without(
      false,
      `No group of ${given.column} has ${minGroupRows} rows: none can be judged.`,
    );
  }
  const { name, value, right, rows } = weakest;
  const sentence =
    `The weakest of ${counted(judged.length, "group")}, ${given.column} ${name}, has ` +
    `${right} of ${rows} rows right, ${percent(value)}; needed: ${percent(limit)}.`;
  return { result: { ...base, passed: value >= limit, value, sentence }, warnings };
}

/**
 * The largest calibration error that chance alone gives a perfectly calibrated model in 97.5 of 100 cases.
 *
 * In each bin the share of rows right scatters around the confidence with variance p (1 − p) / rows; the
 * error sums the distances, each about a folded normal deviate. That is rough: simulated with one to five
 * bins of 6 to 1,000 rows, the figure is kept in 92 to 98 of 100 cases.
 *
 * @param calibration Bins with rows.
 * @returns The error, as a share.
 * @see Bröcker and Smith (2007), Increasing the reliability of reliability diagrams, Weather and
 * Forecasting 22, for the idea of holding a diagram against what consistency alone would show.
 *
 * @example 60 rows of confidence 90 %
 * ```ts
 * import assert from "node:assert/strict";
 * import { chanceCalibrationError } from "lib/gate/mod.ts";
 *
 * const bin = { meanConfidence: 0.9, accuracy: 0.95, count: 60, low: 0.86, high: 0.98 };
 * assert.equal(chanceCalibrationError({ bins: [bin] }).toFixed(3), "0.077");
 * ```
 */
export function chanceCalibrationError({ bins }: Pick<Calibration, "bins">): number {
  const rows = bins.reduce((sum, { count }) => sum + count, 0);
  let mean = 0, variance = 0;
  for (const { meanConfidence: p, count } of bins) {
    const deviation = Math.sqrt(Math.max(0, p * (1 - p)) * count) / rows; // of the bin's part of the sum
    mean += deviation * Math.sqrt(2 / Math.PI);
    variance += deviation ** 2 * (1 - 2 / Math.PI);
  }
  return mean + Z_95 * Math.sqrt(variance);
}

/** It is right about as often as it says. */
export function calibration(
  { metrics: { calibration: found } }: GateInput,
  { maxCalibrationError }: GatePolicy,
): RuleResult {
  const value = found.ece, chance = chanceCalibrationError(found);
  const limit = Math.max(maxCalibrationError, chance), passed = value <= limit; // NaN refuses
  const shown = Number.isFinite(value) ? percent(value) : "no number";
  const sentence = `Confidence and share of rows right are ${shown} apart; by chance alone up to ` +
    `${percent(chance)}, allowed: ${percent(limit)}.`;
  return {
    rule: "calibration",
    passed,
    value: Number.isFinite(value) ? value : null,
    limit,
    unit: "share of rows",
    sentence,
  };
}

/** Its mistakes cost no more than is allowed, and no more than the champion's. */
export function cost(
  { challenger, champion, holdout: { actual }, metrics: { confusion } }: GateInput,
  { costs, maxCost: limit }: GatePolicy,
): RuleResult {
  const k = confusion.length, n = actual.length;
  if (costs && costs.length !== k) {
    const rule = `must have a row for each of ${k} classes`;
    throw new BadInput({ field: "policy costs", rule, value: costs.length });
  }
  const of = (is: number, said: number) => costs ? costs[is][said] : Number(is !== said);
  const costOf = (labels: Uint8Array) =>
    actual.reduce((sum, is, i) => sum + of(is, labels[i]), 0) / n;
  const value = costOf(challenger.labels), unit = costs ? "cost of a row" : "mistakes of a row";
  const base = { rule: "cost", value, limit, unit } as const;
  const own = costs
    ? `A row costs ${three(value)} on average; allowed: ${three(limit)}`
    : `No costs are set, so a mistake costs 1: a row costs ${three(value)} on average; allowed: ${
      three(limit)
    }`;
  if (!costs || !champion) return { ...base, passed: value <= limit, sentence: `${own}.` };
  const more = Array.from(
    actual,
    (is, i) => of(is, challenger.labels[i]) - of(is, champion.labels[i]),
  );
  const mean = more.reduce((sum, each) => sum + each, 0) / n;
  const squares = more.reduce((sum, each) => sum + (each - mean) ** 2, 0);
  const half = n > 1 ? Z_95 * Math.sqrt(squares / (n - 1) / n) : Infinity;
  const isDearer = mean - half > 0,
    signed = (x: number) => `${x >= 0 ? "+" : "−"}${three(Math.abs(x))}`;
  const sentence =
    `${own}. Against the champion ${signed(mean)} (95 % interval ${signed(mean - half)} ` +
    `to ${signed(mean + half)}): ${isDearer ? "proven dearer" : "not proven dearer"}.`;
  return { ...base, passed: value <= limit && !isDearer, sentence };
}
