/**
 * Radix sorts of typed arrays: linear in the keys, stable, and the same on every machine.
 * Letters: m keys.
 */

/** How many keys an insertion sort takes; more are sorted by digits. */
export const FEW = 24;

/** Highest number of buckets of one pass: eleven bits, which stay in the processor's first cache. */
const BUCKETS = 2048;

/** Passes over a Float64: six digits of eleven bits cover its 64. */
const PASSES = 6;

/** Bits that hold a whole number: 0 for 0, 3 for 7. */
export function bitsOf(value: number): number {
  return 32 - Math.clz32(value);
}

/**
 * Places in ascending order of their values; equal values keep the order of their places.
 *
 * A generator, so that a caller can let the event loop breathe: it yields after each pass.
 *
 * @param values Numbers without NaN. (n)
 * @param places Which of them to sort. (m)
 * @yields After each of the six passes.
 * @returns The places, sorted. (m)
 * @see Knuth, The Art of Computer Programming 3, 5.2.5. The bits of a double sort like an integer
 * once negative ones are flipped.
 */
export function* sortedPlaces(
  values: Float64Array,
  places: Uint32Array,
): Generator<void, Uint32Array> {
  const words = sortableWords(values), count = new Uint32Array(BUCKETS);
  let from = places.slice(), to = new Uint32Array(places.length);
  for (let pass = 0; pass < PASSES; pass++) {
    pass64(from, to, { words, pass, count });
    [from, to] = [to, from];
    yield;
  }
  return from;
}

/** Two words a value, low then high, that sort like the value. */
function sortableWords(values: Float64Array): Uint32Array {
  const words = new Uint32Array(values.slice().buffer);
  for (let i = 1; i < words.length; i += 2) {
    const negative = words[i] >>> 31 ? -1 : 0;
    words[i - 1] ^= negative;
    words[i] ^= negative | 0x80000000;
  }
  return words;
}

function pass64(
  from: Uint32Array,
  to: Uint32Array,
  { words, pass, count }: { words: Uint32Array; pass: number; count: Uint32Array },
): void {
  const word = pass < 3 ? 0 : 1, shift = pass % 3 * 11, mask = BUCKETS - 1;
  count.fill(0);
  for (let i = 0; i < from.length; i++) count[words[2 * from[i] + word] >>> shift & mask]++;
  startsOf(count, BUCKETS);
  for (let i = 0; i < from.length; i++) {
    const place = from[i];
    to[count[words[2 * place + word] >>> shift & mask]++] = place;
  }
}

/** Turns counts into the place where each bucket begins. */
function startsOf(count: Uint32Array, buckets: number): void {
  for (let b = 0, sum = 0; b < buckets; b++) {
    const own = count[b];
    count[b] = sum;
    sum += own;
  }
}

/** Sorts keys of 32 bits by their upper part. */
export interface KeySorter {
  /**
   * Sorts the first `m` keys of `keys` by what is above the lowest `shift` bits.
   *
   * @param keys The keys; they are moved about.
   * @param range `m`; `shift`; `lowest` and `highest` of the upper parts.
   * @returns The array that holds them in order: `keys` or `spare`.
   */
  sort(
    keys: Uint32Array,
    spare: Uint32Array,
    m: number,
    shift: number,
    lowest: number,
    highest: number,
  ): Uint32Array;
}

/** A sorter with scratch space of its own. */
export function keySorter(): KeySorter {
  const count = new Uint32Array(BUCKETS);
  return {
    sort(keys, spare, m, shift, lowest, highest) {
      if (m <= FEW) {
        for (let i = 1, j; i < m; i++) {
          const key = keys[i];
          for (j = i; j > 0 && keys[j - 1] > key; j--) keys[j] = keys[j - 1];
          keys[j] = key;
        }
        return keys;
      }
      let from = keys, to = spare;
      const width = bitsOf(highest - lowest);
      const passes = Math.ceil(width / Math.min(11, bitsOf(m) + 1));
      const digit = Math.ceil(width / passes),
        mask = (1 << digit) - 1,
        base = lowest << shift >>> 0;
      for (let pass = 0, at = shift; pass < passes; pass++, at += digit) {
        count.fill(0, 0, mask + 1);
        for (let i = 0; i < m; i++) count[(from[i] - base) >>> at & mask]++;
        startsOf(count, mask + 1);
        for (let i = 0; i < m; i++) {
          const key = from[i];
          to[count[(key - base) >>> at & mask]++] = key;
        }
        [from, to] = [to, from];
      }
      return from;
    },
  };
}
