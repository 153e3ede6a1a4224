/**
 * Sweep: settings over the same folds, and whether the winner really won. Letters: s settings.
 *
 * Whoever comes first of many is partly lucky. So each pair of settings is compared fold by fold with
 * the corrected resampled t-test, and Holm's correction is over all s (s - 1) / 2 pairs, not only those
 * of the winner: which of them is the winner was told by the same rows.
 */

import { BadInput, type Samples } from "lib/core/mod.ts";
import { type FoldDifference, foldDifference, type FoldMean, foldMean } from "./corrected_t.ts";
import {
  type ForestSetting,
  type ManyForestsOptions,
  scoreSettings,
  SHARES,
  testShareOf,
} from "./cross_validate.ts";
import { FOLD_DEFAULTS } from "./folds.ts";
import { FOREST_DEFAULTS } from "./forest_options.ts";
import { holm } from "./holm.ts";

/** `winner`: the highest mean. `worse`: proven worse than it. `tied`: may be as good. */
export type SweepStanding = "winner" | "tied" | "worse";

/** One setting of a sweep. */
export interface SweptSetting {
  /** What tells it from the others, in words. */
  readonly name: string;
  /** Its knobs. */
  readonly setting: ForestSetting;
  /** Share of rows labelled right. */
  readonly accuracy: FoldMean;
  /** The share in each fold. */
  readonly scores: readonly number[];
  /** How far the winner is ahead, fold by fold, and `p` corrected for all pairs; null for the winner. */
  readonly lead: FoldDifference & { readonly pHolm: number } | null;
  /** Where it stands. */
  readonly standing: SweepStanding;
}

/** A finished sweep. */
export interface Sweep {
  /** By falling accuracy; among equals the one that was given first. (s) */
  readonly settings: readonly SweptSetting[];
  /** Whether the winner is proven better than every other. */
  readonly won: boolean;
  /** The verdict in one sentence. */
  readonly sentence: string;
  /** Pairs that the correction counts. */
  readonly pairs: number;
  /** Folds a repeat. */
  readonly folds: number;
  /** Repeats. */
  readonly repeats: number;
  /** Rows. */
  readonly rows: number;
}

/** Chance that a sweep of equal settings has any of them proven worse. */
const LEVEL = 0.05;

/**
 * Cross-validates settings over the same folds and says whether the winner really won.
 *
 * @param samples n rows; none of them may be of the holdout.
 * @param options `settings`, at least 2, see {@linkcode gridSettings} and {@linkcode randomSettings};
 * and {@linkcode ManyForestsOptions}.
 * @returns See {@linkcode Sweep}.
 * @throws {BadInput} If there are fewer than 2 settings, two are the same, a knob breaks its rule,
 * there is one class only, or a class has fewer rows than there are folds.
 * @see Nadeau and Bengio (2003) for the test; Holm (1979) for the correction.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { gridSettings, sweepForests } from "lib/training/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 99 }];
 * const x = Float64Array.from({ length: 40 }, (_, i) => i);
 * const rows = { features, classes: ["short", "long"], x, y: Uint8Array.from(x, (cm) => cm < 20 ? 0 : 1) };
 * const settings = gridSettings({ trees: [5, 15], minRows: [1, 39] });
 * const { won, sentence } = await sweepForests(rows, { settings, seed: 7 });
 * assert.equal(won, false);
 * assert.match(sentence, /came first, but did not really win: 1 of the 3 others may be as good/);
 * ```
 */
export async function sweepForests(
  samples: Samples,
  options: ManyForestsOptions & { readonly settings: readonly ForestSetting[] },
): Promise<Sweep> {
  const { settings, folds = FOLD_DEFAULTS.folds, repeats = FOLD_DEFAULTS.repeats } = options;
  checkSettings(settings);
  const scores = await scoreSettings(samples, options);
  return judgeSweep({ settings, scores, folds, repeats, rows: samples.y.length });
}

/** What {@linkcode judgeSweep} judges. */
export interface SweepScores extends Pick<Sweep, "folds" | "repeats" | "rows"> {
  /** The settings. (s) */
  readonly settings: readonly ForestSetting[];
  /** Score by setting and fold. (s × J) */
  readonly scores: readonly (readonly number[])[];
}

/**
 * Judges scores that are there already, whoever took them.
 *
 * @param taken See {@linkcode SweepScores}.
 * @returns See {@linkcode Sweep}.
 * @throws {BadInput} If there are fewer than 2 settings, or two are the same.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { judgeSweep } from "lib/training/mod.ts";
 *
 * const scores = [[0.8, 0.81, 0.79, 0.8], [0.9, 0.91, 0.9, 0.9]];
 * const { sentence } = judgeSweep({ settings: [{ trees: 5 }, { trees: 50 }], scores, folds: 4, repeats: 1, rows: 400 });
 * assert.match(sentence, /^50 trees really won/);
 * ```
 */
export function judgeSweep({ settings, scores, folds, repeats, rows }: SweepScores): Sweep {
  checkSettings(settings);
  const testShare = testShareOf(folds), names = settingNames(settings);
  const means = scores.map((own) => foldMean(own, { testShare, range: SHARES }));
  const order = [...settings.keys()].sort((a, b) => means[b].mean - means[a].mean);
  const pairs = order.flatMap((a, i) => order.slice(i + 1).map((b) => ({ a, b })));
  const leads = pairs.map(({ a, b }) => foldDifference(scores[a], scores[b], { testShare }));
  const corrected = holm(leads.map(({ p }) => p));
  // the winner's pairs come first, in the order of the others
  const swept = order.map((s, place): SweptSetting => {
    const lead = place === 0 ? null : { ...leads[place - 1], pHolm: corrected[place - 1] };
    const standing = !lead ? "winner" : lead.pHolm < LEVEL ? "worse" : "tied";
    return {
      ...{ name: names[s], setting: settings[s], accuracy: means[s], scores: scores[s] },
      ...{ lead, standing },
    };
  });
  const tied = swept.filter(({ standing }) => standing === "tied").length;
  return {
    ...{ settings: swept, won: tied === 0, sentence: verdict(swept, tied) },
    ...{ pairs: pairs.length, folds, repeats, rows },
  };
}

function verdict([winner, ...others]: readonly SweptSetting[], tied: number): string {
  if (tied === 0) {
    const whom = others.length === 1 ? "the other" : `each of the ${others.length} others`;
    return `${winner.name} really won: proven better than ${whom}`;
  }
  const who = others.length === 1
    ? "the other"
    : tied === others.length
    ? `all ${tied} others`
    : `${tied} of the ${others.length} others`;
  return `${winner.name} came first, but did not really win: ${who} may be as good`;
}

function checkSettings(settings: readonly ForestSetting[]): void {
  if (settings.length < 2) {
    throw new BadInput({ field: "settings", rule: "must be at least 2", value: settings.length });
  }
  const seen = new Set<string>();
  for (const setting of settings) {
    const key = KNOBS.map((knob) => JSON.stringify(valueOf(setting, knob))).join();
    if (seen.has(key)) {
      throw new BadInput({ field: "settings", rule: "must all differ", value: setting });
    }
    seen.add(key);
  }
}

/** Knobs in the order in which a name tells them. */
const KNOBS = [
  ...["trees", "featureShare", "nodeColumns", "minRows", "maxDepth", "classWeights"] as const,
];

function valueOf(setting: ForestSetting, knob: typeof KNOBS[number]): unknown {
  const defaults: ForestSetting = FOREST_DEFAULTS;
  return setting[knob] ?? defaults[knob] ?? null;
}

/** What tells each setting from the others. */
function settingNames(settings: readonly ForestSetting[]): string[] {
  const varied = KNOBS.filter((knob) =>
    new Set(settings.map((setting) => JSON.stringify(valueOf(setting, knob)))).size > 1
  );
  return settings.map((setting) =>
    varied.map((knob) => inWords(knob, valueOf(setting, knob))).join(", ")
  );
}

function inWords(knob: typeof KNOBS[number], value: unknown): string {
  if (knob === "trees") return value === 1 ? "1 tree" : `${value} trees`;
  if (knob === "featureShare") return `${Math.round(100 * Number(value))} % of columns a tree`;
  if (knob === "nodeColumns") {
    return value === null
      ? "√d columns a split"
      : value === 1
      ? "1 column a split"
      : `${value} columns a split`;
  }
  if (knob === "minRows") return `leaf at ${value} ${value === 1 ? "row" : "rows"}`;
  if (knob === "maxDepth") return value === null ? "any depth" : `depth ${value}`;
  return value === null ? "equal weights" : `weights ${value}`;
}
