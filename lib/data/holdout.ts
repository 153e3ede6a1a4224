/**
 * The frozen holdout: a small file beside the descriptor that says which rows are held out, by their
 * content. Seeds, new rows and another order of the file move none of them, so every model of this
 * dataset is compared on the same rows.
 */

import { basename } from "node:path";
import { BadInput, digestOf, type Samples, take } from "lib/core/mod.ts";
import type { Descriptor } from "./descriptor.ts";
import { rowKeys } from "./row_keys.ts";
import { splitSamples } from "./split.ts";

/** The file's content. */
export interface FrozenHoldout {
  /** Name of the dataset. */
  readonly dataset: string;
  /** Rows held out. */
  readonly rows: number;
  /** SHA-256 of `keys`. */
  readonly sha256: string;
  /** The rows' keys, ascending, see {@linkcode rowKeys}. */
  readonly keys: readonly string[];
}

/** The seed under which a holdout is drawn; a constant, so that training seeds cannot move it. */
const HOLDOUT_SEED = 1936;

/**
 * Draws the holdout of a dataset: the same rows for the same rows, whatever their order and the
 * training seed.
 *
 * @param samples n clean rows.
 * @param dataset The dataset's name.
 * @returns The record to keep.
 * @throws {BadInput} If a class has too few rows.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { loadDataset, drawHoldout } from "lib/data/mod.ts";
 *
 * const { samples, holdout } = await loadDataset("data/iris.dataset.json");
 * assert.equal(drawHoldout(samples, "iris").sha256, holdout.sha256);
 * ```
 */
export function drawHoldout(samples: Samples, dataset: string): FrozenHoldout {
  // in the order of their keys, so that the order of the file decides nothing
  const keys = rowKeys(samples),
    order = [...keys.keys()].sort((a, b) => keys[a] < keys[b] ? -1 : 1);
  const { holdout } = splitSamples(take(samples, order), { seed: HOLDOUT_SEED });
  const held = holdout.map((place) => keys[order[place]]).sort();
  return { dataset, rows: held.length, sha256: digestOf(held), keys: held };
}

/** Where the frozen holdout of a descriptor lies: `iris.dataset.json` → `iris.holdout.json`. */
export function holdoutPath({ path }: Pick<Descriptor, "path">): string {
  return path.replace(/(\.dataset)?\.json$/, "") + ".holdout.json";
}

/**
 * Reads the frozen holdout of a descriptor.
 *
 * @param descriptor A descriptor that came from a file.
 * @returns The record; undefined if nobody froze one.
 * @throws {BadInput} If the file is there and broken or changed by hand.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { readDescriptor, readHoldout } from "lib/data/mod.ts";
 *
 * assert.equal((await readHoldout(await readDescriptor("data/iris.dataset.json")))?.rows, 60);
 * ```
 */
export async function readHoldout(descriptor: Descriptor): Promise<FrozenHoldout | undefined> {
  const path = holdoutPath(descriptor), file = basename(path);
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw new BadInput({ field: file, rule: "must be a file that can be read" }, { cause: error });
  }
  let record: FrozenHoldout;
  try {
    record = JSON.parse(text);
  } catch (cause) {
    throw new BadInput({ field: file, rule: "must be JSON", value: text.slice(0, 40) }, { cause });
  }
  if (record?.dataset !== descriptor.name) {
    throw new BadInput({
      field: `${file} /dataset`,
      rule: `must be "${descriptor.name}"`,
      value: record?.dataset,
    });
  }
  const sha256 = Array.isArray(record.keys) ? digestOf(record.keys) : undefined;
  if (!sha256 || record.sha256 !== sha256) {
    throw new BadInput({
      field: `${file} /sha256`,
      rule: `must be the digest of its keys (${sha256?.slice(0, 12) ?? "there are none"})`,
      value: record.sha256,
    });
  }
  if (record.rows !== record.keys.length) {
    throw new BadInput({
      field: `${file} /rows`,
      rule: `must be the number of its keys (${record.keys.length})`,
      value: record.rows,
    });
  }
  return record;
}

/**
 * Finds the frozen rows in a table.
 *
 * @param samples n clean rows.
 * @param holdout The frozen record.
 * @returns Their places, ascending.
 * @throws {BadInput} If one of them is no longer in the table.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { frozenPlaces, loadDataset } from "lib/data/mod.ts";
 *
 * const { samples, holdout } = await loadDataset("data/iris.dataset.json");
 * assert.equal(frozenPlaces(samples, holdout).length, 60);
 * ```
 */
export function frozenPlaces(samples: Samples, holdout: FrozenHoldout): number[] {
  const wanted = new Set(holdout.keys), found = new Set<string>();
  const places = rowKeys(samples).flatMap((key, i) => wanted.has(key) ? (found.add(key), [i]) : []);
  const lost = holdout.keys.filter((key) => !found.has(key));
  if (lost.length > 0) {
    throw new BadInput({
      field: `frozen holdout of ${holdout.dataset}`,
      rule:
        `must be in the data whole: ${lost.length} of ${holdout.rows} rows are gone, the first is`,
      value: lost[0],
    });
  }
  return places;
}
