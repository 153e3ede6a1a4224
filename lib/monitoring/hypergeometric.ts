/** Drawing without replacement, one count at a time. */

import type { Random } from "lib/core/mod.ts";

/** An urn, and how many are drawn from it. */
export interface Urn {
  /** Marked ones in the urn. */
  readonly marked: number;
  /** All in the urn. */
  readonly all: number;
  /** How many are drawn, at most all. */
  readonly drawn: number;
}

/** Logarithms of factorials, made once and as far as they were needed. */
let logFactorials = new Float64Array(2);

/**
 * How many of the drawn are marked: a hypergeometric number. It walks from the likeliest number outward
 * until the chance is used up, which takes about as many steps as the deviation of the number.
 *
 * @param urn See {@linkcode Urn}; whole numbers.
 * @param random Where chance comes from.
 * @returns A whole number.
 * @see Devroye (1986), Non-Uniform Random Variate Generation, chapter X: inversion from the mode.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stream } from "lib/core/mod.ts";
 * import { hypergeometric } from "lib/monitoring/mod.ts";
 *
 * assert.equal(hypergeometric({ marked: 4, all: 10, drawn: 10 }, stream(7, "urn")), 4);
 * ```
 */
export function hypergeometric({ marked, all, drawn }: Urn, random: Random): number {
  const least = Math.max(0, drawn + marked - all), largest = Math.min(marked, drawn);
  if (least === largest) return least;
  const log = factorialsUpTo(all);
  const rest = all - marked - drawn; // may be negative; the fourth cell is rest + x
  const mode = Math.floor((drawn + 1) * (marked + 1) / (all + 2));
  const peak = Math.exp(
    log[marked] + log[all - marked] + log[drawn] + log[all - drawn] - log[all] -
      log[mode] - log[marked - mode] - log[drawn - mode] - log[rest + mode],
  );
  let left = random.next() - peak;
  if (left < 0) return mode;
  let up = mode, down = mode, upChance = peak, downChance = peak;
  while (up < largest || down > least) {
    if (up < largest) {
      upChance *= (marked - up) * (drawn - up) / ((up + 1) * (rest + up + 1));
      up++;
      left -= upChance;
      if (left < 0) return up;
    }
    if (down > least) {
      downChance *= down * (rest + down) / ((marked - down + 1) * (drawn - down + 1));
      down--;
      left -= downChance;
      if (left < 0) return down;
    }
    // nothing is left outside: what remains of the draw is rounding
    if (upChance < 1e-18 * peak && downChance < 1e-18 * peak) return mode;
  }
  return mode;
}

function factorialsUpTo(most: number): Float64Array {
  const known = logFactorials.length;
  if (most < known) return logFactorials;
  const grown = new Float64Array(Math.max(most + 1, 2 * known));
  grown.set(logFactorials);
  for (let i = known; i < grown.length; i++) grown[i] = grown[i - 1] + Math.log(i);
  return logFactorials = grown;
}
