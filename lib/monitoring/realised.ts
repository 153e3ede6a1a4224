/**
 * Accuracy on the labels that have come. Labels come late and not for all rows; this says how many
 * came, whether they came for some predictions more than for others, and what they can decide.
 * Letters: n rows, k classes.
 */

import { BadInput, type Interval, wilsonInterval, Z_95 } from "lib/core/mod.ts";
import type { ScoredWindow } from "./window.ts";

/** Options of {@linkcode realisedAccuracy}. */
export interface RealisedOptions {
  /** Accuracy that is asked for, a share above 0 and below 1. */
  readonly floor: number;
}

/** A count out of a total; share and interval are null where the total is 0. */
export interface CountedShare {
  /** How many. */
  readonly count: number;
  /** Out of how many. */
  readonly total: number;
  /** The share. */
  readonly value: number | null;
  /** Its 95 % Wilson interval. */
  readonly interval: Interval | null;
}

/** One class, by the labels that have come. */
export interface ClassRealised {
  /** Name of the class. */
  readonly class: string;
  /** Of the labelled rows that are of this class, those predicted so. */
  readonly recall: CountedShare;
  /** Of the rows predicted as this class, those with a label. */
  readonly coverage: CountedShare;
}

/** Accuracy of one window by its labels so far. */
export interface RealisedAccuracy {
  /** Name of the window. */
  readonly window: string;
  /** Of the labelled rows, those predicted right. */
  readonly accuracy: CountedShare;
  /** Of all rows, those with a label. */
  readonly coverage: CountedShare;
  /** Each class. (k) */
  readonly perClass: readonly ClassRealised[];
  /**
   * Whether labels came for some predicted classes more than for others: two of the intervals of
   * coverage do not overlap. By chance that happens to about 6 of 1,000 pairs of classes.
   */
  readonly selective: boolean;
  /**
   * Accuracy with each predicted class weighed by its share of all rows, which mends a choice of
   * labels by predicted class; null where a class was predicted and none of its labels has come.
   */
  readonly weighted: number | null;
  /** Kept or missed: the whole interval is at or above the floor, or below it. */
  readonly state: "kept" | "missed" | "undecided";
  /**
   * Labels that would decide, if the share right stays as it is (with no label: if all were right);
   * `accuracy.total` where it is decided, null where the share is the floor itself.
   */
  readonly needed: number | null;
  /** One sentence for people. */
  readonly sentence: string;
}

/**
 * Measures a window by the labels that have come.
 *
 * @param window Scored rows; `actual` is -1 where no label has come.
 * @param options See {@linkcode RealisedOptions}.
 * @returns The finding. Without labels, and with labels of one class only, too.
 * @throws {RangeError} If there are not as many labels as rows, or one is no class.
 * @throws {BadInput} If the floor is not above 0 and below 1.
 * @see Wilson (1927) for the intervals. The weights are those of post-stratification: Holt and Smith
 * (1979), J. R. Stat. Soc. A 142. They mend nothing where labels are chosen by anything else.
 *
 * @example Ten labels, all of them right, do not yet show an accuracy of 90 %
 * ```ts
 * import assert from "node:assert/strict";
 * import { realisedAccuracy } from "lib/monitoring/mod.ts";
 *
 * const window = {
 *   name: "window 1",
 *   classes: ["a", "b"],
 *   predicted: Uint8Array.from({ length: 20 }, (_, i) => i % 2),
 *   actual: Int16Array.from({ length: 20 }, (_, i) => i < 10 ? i % 2 : -1),
 * };
 * const { state, needed, sentence } = realisedAccuracy(window, { floor: 0.9 });
 * assert.deepEqual([state, needed], ["undecided", 35]);
 * assert.match(sentence, /^Undecided: 10 of 10 labels are right; 35 would decide/);
 * ```
 */
export function realisedAccuracy(
  window: Pick<ScoredWindow, "name" | "classes" | "predicted" | "actual">,
  { floor }: RealisedOptions,
): RealisedAccuracy {
  if (!(floor > 0 && floor < 1)) {
    throw new BadInput({ field: "floor", rule: "must be above 0 and below 1", value: floor });
  }
  checkLabels(window);
  const { name, classes, predicted, actual } = window;
  const rows = [...actual.keys()], labelled = rows.filter((i) => actual[i] >= 0);
  const isRight = (i: number) => actual[i] === predicted[i];
  const accuracy = counted(labelled, isRight);
  const perClass = classes.map((name, c) => ({
    class: name,
    recall: counted(labelled.filter((i) => actual[i] === c), isRight),
    coverage: counted(rows.filter((i) => predicted[i] === c), (i) => actual[i] >= 0),
  }));
  const { state, needed } = judge(accuracy, floor);
  return {
    window: name,
    accuracy,
    coverage: counted(rows, (i) => actual[i] >= 0),
    perClass,
    selective: anyApart(perClass.map(({ coverage }) => coverage.interval)),
    weighted: weightedAccuracy(window, labelled),
    state,
    needed,
    sentence: sentenceOf({ accuracy, floor, state, needed }),
  };
}

function checkLabels(
  { name, classes, predicted, actual }: Parameters<typeof realisedAccuracy>[0],
): void {
  const k = classes.length;
  const wrong = actual.find((label) => label < -1 || label >= k) ??
    predicted.find((label) => label >= k);
  if (predicted.length === actual.length && wrong === undefined) return;
  throw new RangeError(
    `Cannot measure ${name} as each row must have a prediction and a label below ${k}, -1 for none: ` +
      `${predicted.length} predictions, ${actual.length} labels${
        wrong === undefined ? "" : `, one of them ${wrong}`
      }`,
  );
}

function counted(rows: readonly number[], isCounted: (row: number) => boolean): CountedShare {
  const count = rows.filter(isCounted).length, total = rows.length;
  return {
    count,
    total,
    value: total > 0 ? count / total : null,
    interval: total > 0 ? wilsonInterval({ successes: count, trials: total }) : null,
  };
}

/** Whether two of the intervals have nothing in common. */
function anyApart(intervals: readonly (Interval | null)[]): boolean {
  const known = intervals.filter((interval) => interval !== null);
  return Math.max(...known.map(({ low }) => low)) > Math.min(...known.map(({ high }) => high));
}

/** Accuracy by predicted class, each weighed by how often it was predicted in all rows. */
function weightedAccuracy(
  { classes, predicted, actual }: Pick<ScoredWindow, "classes" | "predicted" | "actual">,
  labelled: readonly number[],
): number | null {
  if (labelled.length === 0) return null;
  let sum = 0;
  for (const c of classes.keys()) {
    const share = predicted.filter((label) => label === c).length / predicted.length;
    const { value } = counted(labelled.filter((i) => predicted[i] === c), (i) => actual[i] === c);
    if (share > 0 && value === null) return null;
    sum += share * (value ?? 0);
  }
  return sum;
}

/** Where the interval lies, and how many labels it would take. */
function judge(
  { value, total, interval }: CountedShare,
  floor: number,
): Pick<RealisedAccuracy, "state" | "needed"> {
  if (interval && interval.low >= floor) return { state: "kept", needed: total };
  if (interval && interval.high < floor) return { state: "missed", needed: total };
  return { state: "undecided", needed: labelsNeeded(value ?? 1, floor) };
}

/** Wilson's interval of a share ends at the floor where n = z² floor (1 - floor) / (share - floor)². */
function labelsNeeded(share: number, floor: number): number | null {
  const distance = share - floor;
  return distance === 0 ? null : Math.ceil(Z_95 ** 2 * floor * (1 - floor) / distance ** 2 - 1e-9);
}

function sentenceOf(
  { accuracy: { count, total, interval }, floor, state, needed }: {
    accuracy: CountedShare;
    floor: number;
    state: RealisedAccuracy["state"];
    needed: number | null;
  },
): string {
  const asked = `asked for: ${percent(floor)}`;
  if (!interval) return `Undecided: no label has come; ${needed} would decide at best (${asked}).`;
  const right = `${count} of ${total} labels are right`;
  if (state !== "undecided") {
    return `${right}, an accuracy of ${percent(interval.low)} to ${
      percent(interval.high)
    }; ${asked}.`;
  }
  return needed === null
    ? `Undecided: ${right}, just what is asked for.`
    : `Undecided: ${right}; ${needed} would decide at this accuracy (${asked}).`;
}

function percent(share: number): string {
  return `${Number((100 * share).toFixed(1))} %`;
}
