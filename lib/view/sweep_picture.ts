/** Settings of a sweep beside each other, and whether the first of them really won. */

import { frame, innerWidth } from "./frame.ts";
import { intervalRows } from "./interval_rows.ts";
import { classLegend } from "./legend.ts";
import type { Picture } from "./picture.ts";
import { CLASS_SYMBOLS, classColour } from "./theme.ts";
import { formatPercent } from "./words.ts";

/** One setting with its accuracy. */
export interface SweepPictureSetting {
  /** What tells it from the others. */
  readonly name: string;
  /** Mean over the folds, with its interval, from 0 to 1. */
  readonly accuracy: {
    readonly mean: number;
    readonly interval: { readonly low: number; readonly high: number } | null;
  };
  /** Where it stands. */
  readonly standing: "winner" | "tied" | "worse";
}

/** A sweep, as the room training gives it. */
export interface SweepPictureInput {
  /** By falling accuracy. */
  readonly settings: readonly SweepPictureSetting[];
  /** Whether the winner really won, in one sentence. */
  readonly sentence: string;
  /** Pairs that the correction counts. */
  readonly pairs: number;
  /** Folds a repeat. */
  readonly folds: number;
  /** Repeats. */
  readonly repeats: number;
}

/** Options of {@linkcode sweepPicture}. */
export interface SweepPictureOptions {
  /** What to see. Default: the sweep's own sentence. */
  readonly title?: string;
}

/** Most settings shown, and the width of the picture in px. */
const MOST_SETTINGS = 16, WIDTH = 760;

/** How each standing looks: by colour and by shape. */
const STANDINGS = [
  { standing: "winner", label: "came first", colour: classColour(0), symbol: CLASS_SYMBOLS[0] },
  { standing: "tied", label: "may be as good", colour: classColour(4), symbol: CLASS_SYMBOLS[2] },
  { standing: "worse", label: "proven worse", colour: classColour(8), symbol: CLASS_SYMBOLS[8] },
] as const;

/**
 * A dot with its interval for each setting, by falling accuracy.
 *
 * @param sweep See {@linkcode SweepPictureInput}.
 * @param options See {@linkcode SweepPictureOptions}.
 * @returns The picture, 760 px wide; of more than 16 settings the 16 best.
 * @throws {RangeError} If there are no settings.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sweepPicture } from "lib/view/mod.ts";
 *
 * const setting = (name: string, mean: number, standing: "winner" | "tied") =>
 *   ({ name, accuracy: { mean, interval: { low: mean - 0.03, high: mean + 0.03 } }, standing });
 * const sentence = "50 trees came first, but did not really win: the other may be as good";
 * const settings = [setting("50 trees", 0.95, "winner"), setting("5 trees", 0.94, "tied")];
 * assert.equal(sweepPicture({ settings, sentence, pairs: 1, folds: 5, repeats: 4 }).title, sentence);
 * ```
 */
export function sweepPicture(
  { settings, sentence, pairs, folds, repeats }: SweepPictureInput,
  { title }: SweepPictureOptions = {},
): Picture {
  if (settings.length === 0) {
    throw new RangeError("Cannot draw a sweep as there are no settings");
  }
  const shown = settings.slice(0, MOST_SETTINGS), left = settings.length - shown.length;
  const seen = STANDINGS.filter(({ standing }) => shown.some((own) => own.standing === standing));
  const styleOf = (standing: string) => STANDINGS.find((style) => style.standing === standing)!;
  return frame({
    title: title ?? sentence,
    subtitle: `${folds} folds, ${repeats === 1 ? "once" : `${repeats} times`}. Bars: 95 % ` +
      `intervals, corrected for shared rows. Who is worse: tested fold by fold, corrected for ` +
      `${pairs === 1 ? "1 pair" : `${pairs} pairs`}; not whether bars overlap.` +
      (left > 0 ? ` ${left} settings further down are left out.` : ""),
    alt: `${sentence}. ${
      shown.map(({ name, accuracy, standing }) =>
        `${name}: ${formatPercent(accuracy.mean)} (${styleOf(standing).label})`
      ).join(", ")
    }`,
    width: WIDTH,
    legend: classLegend(seen, innerWidth(WIDTH)),
    body: intervalRows(
      shown.map(({ name, accuracy: { mean, interval }, standing }) => {
        const { colour, symbol } = styleOf(standing);
        return { name, value: mean, interval, colour, symbol };
      }),
      { width: WIDTH, label: "accuracy in the mean over the folds (%)" },
    ),
  });
}
