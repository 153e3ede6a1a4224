/**
 * Our side of `bench drift`, on the rows of `peers/drift.py`: reference and window are summarised, and
 * drift is decided. Prints one JSON line.
 */

import { drift, referenceProfile, summariseWindow } from "lib/monitoring/mod.ts";

const [n, d] = Deno.args.map(Number);
const features = Array.from(
  { length: d },
  (_, f) => ({ name: `c${f}`, unit: "", min: -9, max: 9 }),
);
const NO_TIMES = new Float64Array();

/** Standard normal values, every third column shifted: a counter-based generator, as in the peer. */
function rows(n: number, seed: number, shift: number) {
  let state = seed | 0;
  const uniform = () => { // mulberry32
    state = (state + 0x6D2B79F5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const x = new Float64Array(n * d);
  for (let i = 0; i < x.length; i++) {
    const radius = Math.sqrt(-2 * Math.log(1 - uniform())), angle = 2 * Math.PI * uniform();
    x[i] = radius * Math.cos(angle) + (i % d % 3 === 0 ? shift : 0);
  }
  const predicted = new Uint8Array(n), probabilities = new Float64Array(n).fill(1);
  return { features, classes: ["a"], x, predicted, probabilities };
}

function report(reference: ReturnType<typeof rows>, window: ReturnType<typeof rows>) {
  const begin = performance.now();
  const profile = referenceProfile({ ...reference, actual: reference.predicted });
  const profiled = performance.now();
  const summary = summariseWindow({
    ...{ ...window, name: "window", from: "", to: "", refused: [] },
    actual: new Int16Array(window.predicted.length).fill(-1),
    requests: { status: new Uint16Array(), ms: NO_TIMES },
  }, profile);
  const summarised = performance.now();
  const found = drift(summary, profile, { seed: 7 });
  const end = performance.now();
  return {
    seconds: (end - begin) / 1000,
    summariseSeconds: (summarised - begin) / 1000,
    windowSeconds: (end - profiled) / 1000,
    found,
  };
}

report(rows(100, 1, 0), rows(100, 2, 0)); // first-use costs stay out, as they do in the peer
const reference = rows(n, 42, 0), window = rows(n, 43, 0.5);
const { found: { features: drifts, permutations }, ...seconds } = report(reference, window);
const sum = (values: Float64Array) => values.reduce((all, value) => all + value, 0);
console.log(JSON.stringify({
  ...{ rows: n, columns: d, ...seconds, permutations },
  drifted: drifts.filter(({ drifted }) => drifted).length,
  above: drifts.filter(({ distance }) => distance! >= 0.1).length,
  distance: drifts[0].distance,
  checksum: sum(reference.x) + sum(window.x),
}));
