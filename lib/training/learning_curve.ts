/** Learning curve: what more rows would bring. Letters: n rows, m of them learnt from, k classes. */

import { BadInput, checkWhole, type Samples, stream, take } from "lib/core/mod.ts";
import { type FoldDifference, foldDifference, type FoldMean, foldMean } from "./corrected_t.ts";
import {
  type ForestSetting,
  type ManyForestsOptions,
  shareRight,
  SHARES,
} from "./cross_validate.ts";
import { stratifiedFolds } from "./folds.ts";
import { trainForest } from "./forest.ts";

/** Accuracy after learning from some of the rows. */
export interface LearningPoint {
  /** Rows learnt from (m). */
  readonly rows: number;
  /** Share of the tested rows labelled right, with its corrected interval. */
  readonly accuracy: FoldMean;
  /** What was gained over the point before, fold by fold; null for the first. */
  readonly gain: FoldDifference | null;
}

/** A learning curve. */
export interface LearningCurve {
  /** By rising number of rows. */
  readonly points: readonly LearningPoint[];
  /** Whether the last step is a proven gain: its interval lies above 0. */
  readonly rising: boolean;
  /** The finding in one sentence. */
  readonly sentence: string;
}

/** Shares of a fold's training rows that are learnt from: each twice the one before, and a last step. */
const DEFAULT_SHARES = [0.125, 0.25, 0.5, 0.75, 1];

/**
 * Trains on growing parts of the rows and tests each forest on the same folds. The parts are nested:
 * a larger one holds the smaller ones. Each has rows of every class.
 *
 * @param samples n rows; none of them may be of the holdout.
 * @param options The forest's knobs, {@linkcode ManyForestsOptions}, and `sizes`: numbers of rows to
 * learn from, rising, from k to the rows that a fold leaves. Default ⅛, ¼, ½, ¾ and all of those.
 * @returns See {@linkcode LearningCurve}.
 * @throws {BadInput} If an option breaks its rule, there is one class only, or a class has fewer rows
 * than there are folds.
 * @see Nadeau and Bengio (2003) for the intervals: rows tested, divided by the m rows learnt from.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { learningCurve } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 99 }];
 * const x = Float64Array.from({ length: 60 }, (_, i) => i * 7 % 60);
 * const rows = { features, classes: ["short", "long"], x, y: Uint8Array.from(x, (cm) => cm < 20 ? 0 : 1) };
 * const { points } = await learningCurve(rows, { seed: 7, trees: 9, sizes: [6, 48] });
 * assert.ok(points[1].accuracy.mean > points[0].accuracy.mean);
 * ```
 */
export async function learningCurve(
  samples: Samples,
  options: ForestSetting & ManyForestsOptions & { readonly sizes?: readonly number[] },
): Promise<LearningCurve> {
  const { seed, folds: _, repeats: __, onFit, signal, sizes: wanted, ...knobs } = options;
  const folds = stratifiedFolds(samples, options);
  const present = new Set(samples.y).size;
  const most = Math.min(...folds.map(({ train }) => train.length));
  const sizes = checkSizes(wanted ?? defaultSizes(present, most), { min: present, max: most });
  const scores = sizes.map(() => folds.map(() => 0)), total = sizes.length * folds.length;
  let done = 0;
  for (const [j, { train, test }] of folds.entries()) {
    const order = mixedRows(samples, { rows: train, seed, j }), judge = take(samples, test);
    for (const [s, size] of sizes.entries()) {
      const learn = take(samples, order.slice(0, size));
      const { json } = await trainForest(learn, {
        trainer: "fast",
        ...{ ...knobs, seed, signal },
      });
      scores[s][j] = shareRight(json, judge);
      onFit?.(++done, total);
    }
  }
  const testRows = samples.y.length - most;
  const points = sizes.map((rows, s): LearningPoint => {
    const testShare = testRows / rows;
    return {
      rows,
      accuracy: foldMean(scores[s], { testShare, range: SHARES }),
      gain: s === 0 ? null : foldDifference(scores[s], scores[s - 1], { testShare }),
    };
  });
  const last = points[points.length - 1], rising = (last.gain?.interval?.low ?? 0) > 0;
  return { points, rising, sentence: finding(points, rising) };
}

function defaultSizes(present: number, most: number): number[] {
  const sizes = DEFAULT_SHARES.map((share) => Math.max(present, Math.round(share * most)));
  return [...new Set(sizes)];
}

function checkSizes(
  sizes: readonly number[],
  range: { readonly min: number; readonly max: number },
): readonly number[] {
  if (sizes.length === 0) throw new BadInput({ field: "sizes", rule: "must not be empty" });
  sizes.forEach((size, i) => {
    checkWhole(`sizes, number ${i + 1},`, size, range);
    if (i > 0 && size <= sizes[i - 1]) {
      throw new BadInput({ field: "sizes", rule: "must rise", value: sizes });
    }
  });
  return sizes;
}

/** Rows in an order of which every beginning has the classes in about their shares, and each at once. */
function mixedRows(
  { y, classes }: Samples,
  { rows, seed, j }: {
    readonly rows: readonly number[];
    readonly seed: number;
    readonly j: number;
  },
): number[] {
  const { shuffle } = stream(seed, `learning curve:${j}`);
  const placed = classes.flatMap((_, label) => {
    const own = shuffle(rows.filter((row) => y[row] === label));
    return own.map((row, i) => ({ row, at: i === 0 ? 0 : (i + 0.5) / own.length }));
  });
  return placed.sort((a, b) => a.at - b.at).map(({ row }) => row);
}

function finding(points: readonly LearningPoint[], rising: boolean): string {
  const last = points[points.length - 1], before = points[points.length - 2];
  if (!last.gain) return `Learnt from ${last.rows} rows; one size shows no curve`;
  const step = `from ${before.rows} to ${last.rows} rows`;
  const gained = `${last.gain.mean < 0 ? "−" : "+"}${
    Math.abs(100 * last.gain.mean).toFixed(1)
  } points`;
  return rising
    ? `Still rising: ${gained} ${step}, so more rows should help`
    : `No proven gain ${step} (${gained}): more rows like these may not help`;
}
