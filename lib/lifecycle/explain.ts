/** What helps a training to explain itself: the rows to choose on, and the table of a sweep. */

import { type Samples, take } from "lib/core/mod.ts";
import type { Sweep } from "lib/training/mod.ts";
import { type Table, table } from "lib/view/mod.ts";
import type { Prepared } from "./train.ts";

/**
 * All rows that may be looked at while choosing: train and validation, and none of the holdout.
 * Cross-validation deals them out itself.
 *
 * @param prepared The split rows.
 * @returns Those rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { choosingRows, prepare } from "lib/lifecycle/mod.ts";
 *
 * assert.equal(choosingRows(await prepare("data/iris.dataset.json", { seed: 7 })).y.length, 89);
 * ```
 */
export function choosingRows({ dataset, split }: Prepared): Samples {
  return take(dataset.samples, [...split.train, ...split.validation].sort((a, b) => a - b));
}

/** How a standing is told. */
const STANDINGS = { winner: "came first", tied: "may be as good", worse: "proven worse" } as const;

/**
 * A sweep's settings, with what the winner is ahead of each.
 *
 * @param sweep See {@linkcode Sweep}.
 * @returns The table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { sweepTable } from "lib/lifecycle/mod.ts";
 * import { judgeSweep } from "lib/training/mod.ts";
 *
 * const scores = [[0.8, 0.81, 0.79, 0.8], [0.9, 0.91, 0.9, 0.9]];
 * const sweep = judgeSweep({ settings: [{ trees: 5 }, { trees: 50 }], scores, folds: 4, repeats: 1, rows: 400 });
 * assert.match(sweepTable(sweep).text, /proven worse/);
 * ```
 */
export function sweepTable({ settings, sentence, pairs, rows }: Sweep): Table {
  const percent = (share: number) => (100 * share).toFixed(1);
  const span = (interval: { low: number; high: number } | null) =>
    interval ? `${percent(interval.low)} to ${percent(interval.high)}` : "not known";
  const lines = settings.map(({ name, accuracy, lead, standing }) => ({
    ...{ setting: name, accuracy: 100 * accuracy.mean, interval: span(accuracy.interval) },
    lead: lead ? percent(lead.mean) : "",
    leadInterval: lead ? span(lead.interval) : "",
    p: lead ? lead.pHolm.toFixed(3) : "",
    standing: STANDINGS[standing],
  }));
  return table(lines, {
    columns: [
      { key: "setting" },
      { key: "accuracy", unit: "%", digits: 1 },
      { key: "interval", label: "95 % interval", unit: "%" },
      { key: "lead", label: "the first is ahead by", unit: "points", align: "right" },
      { key: "leadInterval", label: "95 % interval", unit: "points" },
      { key: "p", label: `p, corrected for ${pairs === 1 ? "1 pair" : `${pairs} pairs`}` },
      { key: "standing" },
    ],
    caption: `${rows} rows, cross-validated. ${sentence}`,
  });
}
