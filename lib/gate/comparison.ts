/** Rules about challenger and champion on the same rows, and what these rows could show at all. */

import type { JudgedRows, RuleResult } from "./input.ts";
import {
  accuracyDifference,
  type Detectable,
  detectableLoss,
  mcnemarP,
  type PairedCounts,
} from "./paired.ts";
import type { GatePolicy } from "./policy.ts";
import { counted, percent, points } from "./words.ts";

/** How the challenger stands to the champion. */
export type Standing = "first" | "better" | "non-inferior" | "unproven" | "worse";

/**
 * Fewest rows that can let anybody pass: with fewer even the champion's twin, right in every row, has an
 * interval that reaches beyond the margin.
 *
 * @param margin Largest loss that is accepted, as a share.
 * @returns Rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { smallestHoldout } from "lib/gate/mod.ts";
 *
 * assert.deepEqual([0.1, 0.05, 0.02].map(smallestHoldout), [35, 73, 189]);
 * ```
 */
export function smallestHoldout(margin: number): number {
  const twin = (n: number): PairedCounts => ({
    bothRight: n,
    onlyChampion: 0,
    onlyChallenger: 0,
    bothWrong: 0,
  });
  const isEnough = (n: number) => accuracyDifference(twin(n)).low > -margin;
  let enough = 1;
  while (!isEnough(enough)) enough *= 2;
  let few = Math.floor(enough / 2); // not enough, or 0
  while (enough - few > 1) {
    const middle = (few + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
}

/** There are rows enough to decide on, and it says which rows and what they could have shown. */
export function evidence(
  { actual, folds }: JudgedRows,
  { margin, alpha }: GatePolicy,
): RuleResult & { readonly detectable: Detectable } {
  const value = actual.length, limit = smallestHoldout(margin), passed = value >= limit;
  const detectable = detectableLoss(value, { alpha });
  const which = folds === undefined
    ? `Judged on ${counted(value, "holdout row")}`
    : `Judged on ${counted(value, "row")} in ${folds} folds, each by forests grown without it`;
  const least = detectable.share === null
    ? "no loss would be noticed"
    : `the smallest loss noticed in 80 of 100 cases is ${percent(detectable.share)}`;
  const sentence = `${which}: ${least}. For a margin of ${
    percent(margin)
  } ${limit} rows are needed.`;
  return { rule: "evidence", passed, value, limit, unit: "rows", sentence, detectable };
}

/**
 * Holds two models against each other by the rows on which they differ.
 *
 * @param counts See {@linkcode PairedCounts}.
 * @param policy `margin` and `alpha` count.
 * @returns Both rules, and the standing: only a difference beyond chance makes a challenger `better`; the
 * champion's twin is `non-inferior` at best.
 *
 * @example The champion's twin, and one that wins eight rows
 * ```ts
 * import assert from "node:assert/strict";
 * import { compare, DEFAULT_POLICY } from "lib/gate/mod.ts";
 *
 * const twin = { bothRight: 57, onlyChampion: 0, onlyChallenger: 0, bothWrong: 3 };
 * assert.equal(compare(twin, DEFAULT_POLICY).standing, "non-inferior");
 * assert.equal(compare({ ...twin, bothRight: 49, onlyChallenger: 8 }, DEFAULT_POLICY).standing, "better");
 * ```
 */
export function compare(
  counts: PairedCounts,
  { margin, alpha }: Pick<GatePolicy, "margin" | "alpha">,
): { readonly rules: readonly RuleResult[]; readonly standing: Standing } {
  const { value, low } = accuracyDifference(counts), p = mcnemarP(counts);
  const { onlyChampion: lost, onlyChallenger: won } = counts;
  const worse = lost > won && p < alpha, isInside = low > -margin;
  const rules: RuleResult[] = [
    {
      ...{
        rule: "non-inferiority",
        passed: isInside,
        value: low,
        limit: -margin,
        unit: "share of rows",
      },
      sentence: `Accuracy changes by ${points(value)}, at the worst by ${points(low)}; ` +
        `accepted: ${points(-margin)}.`,
    },
    {
      ...{ rule: "mcnemar", passed: !worse, value: p, limit: alpha, unit: "p" },
      sentence:
        `${won} rows won, ${lost} lost (p ${p.toFixed(3)}, worse if below ${alpha} with more ` +
        `lost than won): ${worse ? "worse than by chance" : "not worse than by chance"}.`,
    },
  ];
  const isBetter = won > lost && p < alpha;
  const standing = worse ? "worse" : isBetter ? "better" : isInside ? "non-inferior" : "unproven";
  return { rules, standing };
}

/** The same before the first champion. */
export function firstComparison({ margin, alpha }: GatePolicy): ReturnType<typeof compare> {
  const none = { passed: true, value: null, sentence: "There is no champion to compare with." };
  return {
    rules: [
      { ...none, rule: "non-inferiority", limit: -margin, unit: "share of rows" },
      { ...none, rule: "mcnemar", limit: alpha, unit: "p" },
    ],
    standing: "first",
  };
}
