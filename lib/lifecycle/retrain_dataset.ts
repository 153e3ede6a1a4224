/** From labelled rows of the inference log to a dataset that the notebooks can train on. */

import { join } from "node:path";
import { BadInput, digestOf, type Samples, stream, take } from "lib/core/mod.ts";
import { type Descriptor, rowKeys } from "lib/data/mod.ts";
import { jsonText, replaceFolder } from "./files.ts";
import type { Prepared } from "./train.ts";

/** Labelled rows of the log. */
export interface LabelledRows {
  /** The rows. (n) */
  readonly samples: Samples;
  /** What each row was measured on, e.g. a customer or a flower; rows of one unit stay together. (n) */
  readonly units: readonly string[];
}

/** Options of {@linkcode writeRetrainDataset}. */
export interface RetrainDatasetOptions {
  /** Folder for the descriptor, the CSV and the frozen holdout; replaced as a whole. */
  readonly folder: string;
  /** Whether the old training rows stay: yes if the inputs moved, no if the labels changed meaning. */
  readonly keepOld: boolean;
  /** Draws the units of the holdout. */
  readonly seed: number;
}

/** A dataset for retraining. */
export interface RetrainDataset {
  /** Path of its descriptor. */
  readonly descriptor: string;
  /** Rows from the log that may be learnt from. */
  readonly fresh: number;
  /** Rows from the log that are held out. */
  readonly holdout: number;
  /** Old training rows that were kept. */
  readonly old: number;
  /** Rows left out: outside their range, or equal to another. */
  readonly leftOut: number;
}

/** Share of the units that are held out, as in the split of the first dataset. */
const HOLDOUT_SHARE = 0.4;

/**
 * Writes a dataset made of labelled rows of the log. Its holdout is drawn anew from the log, since the
 * first one speaks of a world that may be gone, and by units, so that no unit is learnt from and judged
 * on. Champion and challenger are then compared on these rows.
 *
 * @param prepared The dataset that the champion learnt from.
 * @param rows Labelled rows of the log.
 * @param options See {@linkcode RetrainDatasetOptions}.
 * @returns See {@linkcode RetrainDataset}.
 * @throws {BadInput} If a class has fewer than five units: nothing could be held out.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { fromCheckout, prepare, writeRetrainDataset } from "lib/lifecycle/mod.ts";
 *
 * const prepared = await prepare("data/iris.dataset.json", { seed: 7 });
 * const rows = { samples: prepared.validation, units: [...prepared.validation.y.keys()].map(String) };
 * const folder = fromCheckout("out/example/retrain");
 * const made = await writeRetrainDataset(prepared, rows, { folder, keepOld: false, seed: 7 });
 * assert.equal(made.fresh + made.holdout, 30);
 * ```
 */
export async function writeRetrainDataset(
  prepared: Prepared,
  rows: LabelledRows,
  { folder, keepOld, seed }: RetrainDatasetOptions,
): Promise<RetrainDataset> {
  const { descriptor } = prepared.dataset;
  const usable = usableRows(rows, descriptor);
  const held = heldUnits(usable, seed), { units } = usable;
  const isHeld = (place: number) => held.has(units[place]);
  const places = [...units.keys()], fresh = places.filter((i) => !isHeld(i));
  const holdout = take(usable.samples, places.filter(isHeld));
  const old = keepOld ? [prepared.train, prepared.validation] : [];
  const keys = rowKeys(holdout).sort();
  const { name, title, target, classes, features } = descriptor;
  const files = {
    [`${name}.csv`]: csvOf(descriptor, [...old, take(usable.samples, fresh), holdout]),
    [`${name}.dataset.json`]: jsonText({
      name,
      title,
      csv: `${name}.csv`,
      target,
      classes,
      features: features.map(({ name, unit, min, max }) => ({ name, unit, min, max })),
      source: `inference log${keepOld ? " and the first dataset" : ""}`,
    }),
    [`${name}.holdout.json`]: jsonText(
      { dataset: name, rows: keys.length, sha256: digestOf(keys), keys },
    ),
  };
  await replaceFolder(folder, files);
  return {
    descriptor: join(folder, `${name}.dataset.json`),
    fresh: fresh.length,
    holdout: holdout.y.length,
    old: old.reduce((sum, { y }) => sum + y.length, 0),
    leftOut: rows.units.length - units.length,
  };
}

/** Rows inside their ranges, each once. */
function usableRows({ samples, units }: LabelledRows, { features }: Descriptor): LabelledRows {
  const d = features.length, keys = rowKeys(samples), seen = new Set<string>();
  const places = [...units.keys()].filter((i) => {
    const inside = features.every(({ min, max }, f) => {
      const value = samples.x[i * d + f];
      return value >= min && value <= max; // false for NaN
    });
    if (!inside || seen.has(keys[i])) return false;
    seen.add(keys[i]);
    return true;
  });
  return { samples: take(samples, places), units: places.map((i) => units[i]) };
}

/** The units that are held out, drawn class by class; a unit belongs to the class of its first row. */
function heldUnits({ samples, units }: LabelledRows, seed: number): Set<string> {
  const classOf = new Map<string, number>();
  units.forEach((unit, i) => classOf.has(unit) || classOf.set(unit, samples.y[i]));
  const held = new Set<string>();
  samples.classes.forEach((name, label) => {
    const own = [...classOf].filter(([, of]) => of === label).map(([unit]) => unit).sort();
    if (own.length < 5) {
      const rule = `must have at least 5 units for class "${name}"`;
      throw new BadInput({ field: "labelled rows of the log", rule, value: own.length });
    }
    const count = Math.max(1, Math.round(HOLDOUT_SHARE * own.length));
    stream(seed, `retrain holdout:${name}`).shuffle(own).slice(0, count).forEach((u) =>
      held.add(u)
    );
  });
  return held;
}

function csvOf({ target, features, classes }: Descriptor, parts: readonly Samples[]): string {
  const d = features.length, quoted = (text: string) => `"${text.replaceAll('"', '""')}"`;
  const lines = parts.flatMap(({ x, y }) =>
    Array.from(y, (label, i) => [...x.subarray(i * d, i * d + d), quoted(classes[label])].join())
  );
  return [[...features.map(({ name }) => name), target].map(quoted).join(), ...lines, ""].join(
    "\n",
  );
}
