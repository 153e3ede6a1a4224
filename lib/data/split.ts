/** The seeded, stratified split into train, validation and holdout. */

import { BadInput, checkSeed, type Samples, stream } from "lib/core/mod.ts";

/** Places of the rows of each part, ascending. Together they are all rows, each once. */
export interface Split {
  /** For fitting. */
  readonly train: readonly number[];
  /** For looking at while choosing. */
  readonly validation: readonly number[];
  /** For the one comparison that counts; never fitted on, never looked at before. */
  readonly holdout: readonly number[];
}

/** Options of {@linkcode splitSamples}. */
export interface SplitOptions {
  /** Moves rows between the parts. */
  readonly seed: number;
  /** Share of each class that goes to validation. Default 0.2. */
  readonly validation?: number;
  /** Share of each class that goes to the holdout, where it is not given as `frozen`. Default 0.4: a comparison needs rows. */
  readonly holdout?: number;
  /** Places that are the holdout whatever the seed, see {@linkcode frozenPlaces}. */
  readonly frozen?: readonly number[];
}

/**
 * Splits so that each class has the same share in every part.
 *
 * @param samples n rows; at least 5 of each class that is there.
 * @param options See {@linkcode SplitOptions}.
 * @returns The three parts. With `frozen`, the seed moves rows between train and validation only.
 * @throws {BadInput} If a class has too few rows to be in every part, or the seed is none.
 * @throws {RangeError} If the shares are not positive or leave nothing to train on.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { splitSamples } from "lib/data/mod.ts";
 *
 * const features = [{ name: "length", unit: "cm", min: 0, max: 99 }];
 * const x = Float64Array.from({ length: 20 }, (_, i) => i);
 * const rows = { features, classes: ["a", "b"], x, y: Uint8Array.from(x, (i) => i % 2) };
 * const { train, validation, holdout } = splitSamples(rows, { seed: 7 });
 * assert.deepEqual([train.length, validation.length, holdout.length], [8, 4, 8]);
 * ```
 */
export function splitSamples(samples: Samples, options: SplitOptions): Split {
  const { seed, validation = 0.2, holdout = 0.4, frozen } = options;
  checkSeed(seed);
  if (!(validation > 0 && holdout > 0 && validation + holdout < 1)) {
    throw new RangeError(
      `Cannot split as the shares must be positive and below 1 together: ${validation} and ${holdout}`,
    );
  }
  const isFrozen = new Set(frozen);
  const parts = {
    train: [] as number[],
    validation: [] as number[],
    holdout: frozen ? [...frozen] : [] as number[],
  };
  samples.classes.forEach((name, label) => {
    const all = [...samples.y.keys()].filter((i) => samples.y[i] === label);
    if (all.length === 0) return;
    // one stream a class: a row more of one class does not move the rows of another
    const order = stream(seed, `split:${name}`).shuffle(all.filter((i) => !isFrozen.has(i)));
    const held = frozen ? 0 : Math.max(1, Math.round(holdout * all.length));
    const looked = Math.max(1, Math.round(validation * all.length));
    if (order.length - held - looked < 1) {
      throw new BadInput({
        field: `class "${name}"`,
        rule: "must have enough rows for train, validation and holdout",
        value: all.length,
      });
    }
    parts.holdout.push(...order.slice(0, held));
    parts.validation.push(...order.slice(held, held + looked));
    parts.train.push(...order.slice(held + looked));
  });
  const ascending = (places: number[]) => places.sort((a, b) => a - b);
  return {
    train: ascending(parts.train),
    validation: ascending(parts.validation),
    holdout: ascending(parts.holdout),
  };
}
