/**
 * Seeded random numbers. A stream is named, and its numbers depend on nothing but the seed and the
 * name: adding a draw in one place of the program moves nothing in another.
 */

import { createHash } from "node:crypto";
import { checkWhole } from "./check_whole.ts";

/** One named stream of random numbers. */
export interface Random {
  /** Uniform in [0, 1), 32 bits of randomness. */
  next(): number;
  /** A whole number, uniform in 0 … `below` - 1. `below` is at most 2^32. */
  integer(below: number): number;
  /** Standard normal: mean 0, variance 1. */
  normal(): number;
  /** A shuffled copy; the argument stays as it is. */
  shuffle<T>(items: readonly T[]): T[];
}

/** Largest seed: seeds are unsigned 32-bit numbers, because ml-random-forest's are 32-bit. */
export const MAX_SEED = 2 ** 32 - 1;

/**
 * Checks a seed that came from outside.
 *
 * @param seed The value given.
 * @param field How the person who gave it knows it.
 * @returns The seed.
 * @throws {BadInput} If it is not a whole number from 0 to 4294967295.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkSeed } from "lib/core/mod.ts";
 *
 * assert.equal(checkSeed(7), 7);
 * assert.throws(() => checkSeed(1.5), /seed must be a whole number from 0 to 4294967295: got 1.5/);
 * ```
 */
export function checkSeed(seed: unknown, field = "seed"): number {
  return checkWhole(field, seed, { min: 0, max: MAX_SEED });
}

/**
 * The stream called `name` under `seed`.
 *
 * @param seed A whole number from 0 to 4294967295.
 * @param name What the stream is for, e.g. `"split"`.
 * @returns A stream at its beginning.
 * @throws {BadInput} If the seed is none.
 * @see Chris Doty-Humphrey, PractRand: the generator is sfc32. Its state is the SHA-256 of seed and
 * name, so that near seeds and near names give unrelated streams. Normals by Box and Muller (1958).
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { stream } from "lib/core/mod.ts";
 *
 * const draws = () => Array.from({ length: 3 }, stream(7, "split").next);
 * assert.deepEqual(draws(), draws());
 * assert.notDeepEqual(stream(7, "noise").next(), stream(7, "split").next());
 * ```
 */
export function stream(seed: number, name: string): Random {
  const state = createHash("sha256").update(`${checkSeed(seed)}:${name}`).digest();
  let [a, b, c, counter] = [0, 4, 8, 12].map((at) => state.readInt32LE(at));
  let spare: number | undefined;

  function bits(): number {
    const sum = (a + b | 0) + counter | 0;
    counter = counter + 1 | 0;
    a = b ^ b >>> 9;
    b = c + (c << 3) | 0;
    c = (c << 21 | c >>> 11) + sum | 0;
    return sum >>> 0;
  }

  function next(): number {
    return bits() / 2 ** 32;
  }

  function integer(below: number): number {
    if (!Number.isInteger(below) || below < 1 || below > 2 ** 32) {
      throw new RangeError(`Cannot draw as below must be a whole number from 1 to 2^32: ${below}`);
    }
    const limit = 2 ** 32 - 2 ** 32 % below; // draws beyond the last whole multiple would be biased
    let draw = bits();
    while (draw >= limit) draw = bits();
    return draw % below;
  }

  function normal(): number {
    if (spare !== undefined) {
      const kept = spare;
      spare = undefined;
      return kept;
    }
    const radius = Math.sqrt(-2 * Math.log(1 - next())), angle = 2 * Math.PI * next();
    spare = radius * Math.sin(angle);
    return radius * Math.cos(angle);
  }

  function shuffle<T>(items: readonly T[]): T[] {
    const copy = [...items];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = integer(i + 1);
      [copy[i], copy[j]] = [copy[j], copy[i]];
    }
    return copy;
  }

  return { next, integer, normal, shuffle };
}
