/** Why one may not simply look: two equal arms, looked at again and again, by two tests. */

import { BadInput, stream } from "lib/core/mod.ts";
import { binomialDraw } from "./binomial.ts";
import { logEvidence } from "./eprocess.ts";
import { checkShare } from "./evidence.ts";

/** Options of {@linkcode simulatePeeking}. */
export interface PeekingOptions {
  /** Seed of the simulation. */
  readonly seed: number;
  /** Simulated experiments. Default 2,000. */
  readonly runs?: number;
  /** Looks in each. Default 30. */
  readonly looks?: number;
  /** Rows per arm from look to look. Default 100. */
  readonly rowsPerLook?: number;
  /** Accuracy of both arms. Default 0.95. */
  readonly accuracy?: number;
  /** Share of false winners that either test promises. Default 0.05. */
  readonly alpha?: number;
  /** Experiments whose paths are kept. Default 6: half of them false winners of the z-test, if any. */
  readonly examples?: number;
  /** Called some twenty times: experiments done, and how many there are. */
  readonly onProgress?: (done: number, runs: number) => void;
}

/** False winners after so many looks. */
export interface PeekingLook {
  /** Looks so far. */
  readonly look: number;
  /** Rows per arm so far. */
  readonly rowsPerArm: number;
  /** Share of experiments in which the z-test has named a winner by now. */
  readonly zTest: number;
  /** The same for the e-process. */
  readonly eProcess: number;
}

/** One experiment. */
export interface PeekingPath {
  /** p-value of the z-test at each look. */
  readonly zP: readonly number[];
  /** ln E at each look. */
  readonly logE: readonly number[];
}

/** What the simulation has found. */
export interface Peeking {
  /** Share of false winners by number of looks. */
  readonly looks: readonly PeekingLook[];
  /** Share of experiments in which each test ever named a winner. There is none. */
  readonly falseWinners: { readonly zTest: number; readonly eProcess: number };
  /** What both promise. */
  readonly alpha: number;
  /** Simulated experiments. */
  readonly runs: number;
  /** Accuracy of both arms. */
  readonly accuracy: number;
  /** Some of the experiments. */
  readonly examples: readonly PeekingPath[];
}

/**
 * Plays A/A experiments, in which nothing can be found, and counts who finds something.
 *
 * @param options See {@linkcode PeekingOptions}.
 * @returns What was found.
 * @throws {BadInput} If a number of runs, looks or rows is none, or a share.
 * @see Armitage, McPherson and Rowe (1969), Repeated significance tests on accumulating data, JRSS-A
 * 132; the z-test is the pooled one for two shares, two-sided.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { simulatePeeking } from "lib/experiment/mod.ts";
 *
 * const { falseWinners } = simulatePeeking({ seed: 7, runs: 300 });
 * assert.ok(falseWinners.zTest > 0.2 && falseWinners.eProcess < 0.05);
 * ```
 */
export function simulatePeeking(options: PeekingOptions): Peeking {
  const { seed, runs = 2_000, looks = 30, rowsPerLook = 100, examples = 6, onProgress } = options;
  const { accuracy = 0.95, alpha = 0.05 } = options;
  for (const [field, value] of Object.entries({ runs, looks, rowsPerLook })) {
    if (Number.isInteger(value) && value >= 1 && value <= 1e6) continue;
    throw new BadInput({ field, rule: "must be a whole number from 1 on", value });
  }
  checkShare(accuracy, "accuracy");
  const goal = -Math.log(checkShare(alpha, "alpha"));
  const random = stream(seed, "peeking");
  const draw = binomialDraw({ trials: rowsPerLook, share: 1 - accuracy });
  const newZ = new Uint32Array(looks), newE = new Uint32Array(looks);
  const fooled: PeekingPath[] = [], others: PeekingPath[] = [], half = Math.ceil(examples / 2);
  const step = Math.max(1, Math.floor(runs / 20));
  for (let run = 0; run < runs; run++) {
    const zP: number[] = [], logE: number[] = [];
    let a = 0, b = 0, zAt = -1, eAt = -1;
    for (let look = 0; look < looks; look++) {
      a += draw(random);
      b += draw(random);
      const rows = (look + 1) * rowsPerLook, arm = (errors: number) => ({ rows, errors });
      zP.push(zTestP(a, b, rows));
      logE.push(logEvidence({ kind: "split", shareB: 0.5, a: arm(a), b: arm(b) }));
      if (zAt < 0 && zP[look] < alpha) zAt = look;
      if (eAt < 0 && logE[look] >= goal) eAt = look;
    }
    if (zAt >= 0) newZ[zAt]++;
    if (eAt >= 0) newE[eAt]++;
    const kept = zAt >= 0 ? fooled : others;
    if (kept.length < examples) kept.push({ zP, logE });
    if ((run + 1) % step === 0 || run + 1 === runs) onProgress?.(run + 1, runs);
  }
  const first = fooled.slice(0, half);
  let z = 0, e = 0;
  const found = Array.from(newZ, (count, look): PeekingLook => ({
    look: look + 1,
    rowsPerArm: (look + 1) * rowsPerLook,
    zTest: (z += count) / runs,
    eProcess: (e += newE[look]) / runs,
  }));
  return {
    looks: found,
    falseWinners: { zTest: z / runs, eProcess: e / runs },
    alpha,
    runs,
    accuracy,
    examples: [...first, ...others.slice(0, examples - first.length)],
  };
}

/** Two-sided p-value of the pooled z-test, for equally many rows per arm. */
function zTestP(errorsA: number, errorsB: number, rows: number): number {
  const pooled = (errorsA + errorsB) / (2 * rows);
  if (pooled === 0 || pooled === 1) return 1;
  const z = (errorsA - errorsB) / Math.sqrt(2 * rows * pooled * (1 - pooled));
  return 2 * upperTail(Math.abs(z));
}

/**
 * Share of the normal distribution above z, z ≥ 0, to 7.5e-8: a table's worth, and no call of a
 * library for each of the 60,000 looks.
 *
 * @see Abramowitz and Stegun (1964), 26.2.17.
 */
function upperTail(z: number): number {
  const t = 1 / (1 + 0.2316419 * z);
  const poly = t * (0.31938153 +
    t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  return Math.exp(-z * z / 2) / Math.sqrt(2 * Math.PI) * poly;
}
