/**
 * The same rows as `iris_like.py`, for the TypeScript side: a counter-based generator, no library's
 * own random. Both sides print the sum of their values, and a bench refuses to compare unlike rows.
 */

const FEATURES = 4;

/** Mean and deviation of each class's features: iris's own. */
const MEAN = [
  [5.006, 3.428, 1.462, 0.246],
  [5.936, 2.770, 4.260, 1.326],
  [6.588, 2.974, 5.552, 2.026],
];
const SD = [
  [0.352, 0.379, 0.174, 0.105],
  [0.516, 0.314, 0.470, 0.198],
  [0.636, 0.322, 0.552, 0.275],
];

/**
 * Rows that look like iris.
 *
 * @param n Number of rows; row i is of class i mod 3.
 * @param seed Of the generator. Default 42.
 * @returns Values row after row (n × 4), and classes (n).
 */
export function irisLike(n: number, seed = 42): { x: Float64Array; y: Uint8Array } {
  const uniform = mulberry32(seed);
  const x = new Float64Array(n * FEATURES), y = new Uint8Array(n);
  for (let i = 0; i < n; i++) {
    y[i] = i % 3;
    for (let f = 0; f < FEATURES; f++) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
      x[i * FEATURES + f] = MEAN[y[i]][f] + SD[y[i]][f] * radius * Math.cos(angle);
    }
  }
  return { x, y };
}

/** Columns that {@linkcode wideRows} adds, and the shift of class 1 in each third of them; class 2 has twice that. */
const MORE = 26, SHIFTS = [0, 0.25, 0.5];

/**
 * The same rows with 26 further columns of normal noise; in two thirds of them the classes differ.
 *
 * @param n Number of rows.
 * @param seed Of the generator. Default 42.
 * @returns Values row after row (n × 30), and classes (n).
 */
export function wideRows(n: number, seed = 42): { x: Float64Array; y: Uint8Array } {
  const { x: first, y } = irisLike(n, seed), uniform = mulberry32(seed + 1);
  const d = FEATURES + MORE, x = new Float64Array(n * d);
  for (let i = 0; i < n; i++) {
    x.set(first.subarray(i * FEATURES, i * FEATURES + FEATURES), i * d);
    for (let f = 0; f < MORE; f++) {
      const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
      x[i * d + FEATURES + f] = SHIFTS[f % 3] * y[i] + radius * Math.cos(angle);
    }
  }
  return { x, y };
}

function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
