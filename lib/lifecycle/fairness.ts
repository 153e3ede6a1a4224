/** How a model treats the groups that a dataset declares. Letters: n rows. */

import { wilsonInterval } from "lib/core/mod.ts";
import { measureSlices, type Outcome, type ShareMetric } from "lib/model/mod.ts";

/** One group. */
export interface GroupFairness {
  /** Its name. */
  readonly group: string;
  /** Share of its rows that the model gets right. */
  readonly accuracy: ShareMetric;
  /** For each class the share of its rows that the model says are of it, beside the share that is. */
  readonly said: readonly {
    readonly class: string;
    readonly predicted: number;
    readonly actual: number;
  }[];
}

/** What was found on fairness. */
export interface Fairness {
  /** The column; null where the dataset declares none. */
  readonly column: string | null;
  /** By name. */
  readonly groups: readonly GroupFairness[];
  /** Largest difference of two groups' accuracies; null below two groups. */
  readonly gap: number | null;
  /** The finding in words. */
  readonly sentence: string;
}

/**
 * Compares the groups of a column.
 *
 * @param outcome What the model said of n rows.
 * @param options Class names; the column, and the group of each row (n), where the dataset declares it.
 * @returns See {@linkcode Fairness}. Where the intervals of the weakest and the strongest group overlap,
 * the sentence says that the difference may be chance.
 * @throws {RangeError} If there is not one group for each row.
 * @see Hardt, Price and Srebro (2016), Equality of opportunity in supervised learning.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkFairness } from "lib/lifecycle/mod.ts";
 *
 * const outcome = { actual: Uint8Array.of(0, 1, 0, 1), labels: Uint8Array.of(0, 1, 1, 1) };
 * const { gap } = checkFairness(outcome, { classes: ["a", "b"], column: "site", groups: ["x", "x", "y", "y"] });
 * assert.equal(gap, 0.5);
 * ```
 */
export function checkFairness(
  outcome: Pick<Outcome, "actual" | "labels">,
  { classes, column, groups }: {
    readonly classes: readonly string[];
    readonly column?: string;
    readonly groups?: readonly string[];
  },
): Fairness {
  if (column === undefined || groups === undefined) {
    const sentence = "The descriptor names no group column, so nothing is known of how the model " +
      "treats groups.";
    return { column: null, groups: [], gap: null, sentence };
  }
  const { actual, labels } = outcome, n = actual.length;
  if (groups.length !== n) {
    throw new RangeError(`Cannot compare groups as there must be ${n}: ${groups.length}`);
  }
  const places = Map.groupBy(groups.keys(), (i) => groups[i]);
  const found = [...places].sort(([a], [b]) => a < b ? -1 : 1).map(([group, rows]) => {
    const share = (of: Uint8Array, c: number) =>
      rows.filter((i) => of[i] === c).length / rows.length;
    return {
      group,
      accuracy: measureSlices(outcome, [{ name: group, rows }])[0].accuracy!,
      said: classes.map((name, c) => ({
        ...{ class: name, predicted: share(labels, c), actual: share(actual, c) },
      })),
    };
  });
  const ordered = found.toSorted((a, b) => a.accuracy.value - b.accuracy.value);
  const weakest = ordered[0], strongest = ordered[ordered.length - 1];
  if (found.length < 2) {
    const sentence = `All rows that were asked are of one group of ${column}.`;
    return { column, groups: found, gap: null, sentence };
  }
  const gap = strongest.accuracy.value - weakest.accuracy.value;
  const isChance = weakest.accuracy.high >= strongest.accuracy.low;
  const sentence =
    `Between ${weakest.group} and ${strongest.group} of ${column} the accuracy differs by ` +
    `${(100 * gap).toFixed(1)} points; ${
      isChance
        ? "with so few rows that may be chance."
        : "their intervals do not overlap: that is more than chance."
    }`;
  return { column, groups: found, gap, sentence };
}

/** A share of rows with its 95 % Wilson interval. */
export function shareWithInterval(correct: number, rows: number): ShareMetric | null {
  if (rows === 0) return null;
  return {
    value: correct / rows,
    ...wilsonInterval({ successes: correct, trials: rows }),
    ...{ correct, rows },
  };
}
