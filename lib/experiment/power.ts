/** Before the start: how many rows will it take? Fixed horizon against a test that may be watched. */

import { BadInput, quantile, type Random, stream } from "lib/core/mod.ts";
import { binomialDraw } from "./binomial.ts";
import { logEvidence } from "./eprocess.ts";
import type { Evidence } from "./evidence.ts";
import { fixedPairs, fixedRows } from "./fixed_power.ts";

/** What is asked. */
export interface PowerOptions {
  /** Accuracy of A, above 0 and below 1. */
  readonly baseline: number;
  /** Accuracies of B minus that of A: a row of the table for each. */
  readonly differences: readonly number[];
  /** Share of false alarms, two-sided. Default 0.05. */
  readonly alpha?: number;
  /** Share of real differences that the test with one look finds. Default 0.8. */
  readonly power?: number;
  /**
   * Share of rows that just one of the two gets wrong. Default: as if they erred independently, which
   * is the worst that may be expected; two models of one kind mostly differ less.
   */
  readonly disagreement?: number;
  /** Rows per arm from look to look. Default 50. */
  readonly lookEvery?: number;
  /** Simulated experiments for each row of the table. Default 400. */
  readonly runs?: number;
  /** Seed of the simulation. */
  readonly seed: number;
}

/** What a test that is watched takes, by simulation. */
export interface SequentialRows {
  /** Half of the experiments end within so many rows; null if less than half end at all. */
  readonly median: number | null;
  /** Mean rows until the end; experiments without one count with `limit`. */
  readonly mean: number;
  /** Share of the experiments that found the difference within `limit`. */
  readonly found: number;
  /** Where the simulation gave up: five times what one look would take. */
  readonly limit: number;
}

/** One row of the power table. */
export interface PowerRow {
  /** Accuracy of B minus that of A. */
  readonly difference: number;
  /** Rows per arm for one look at the end. */
  readonly fixed: number;
  /** Rows per arm for the e-process. */
  readonly sequential: SequentialRows;
  /** Pairs, where both answer every row. */
  readonly paired: {
    /** Share of rows that just one of the two gets wrong. */
    readonly disagreement: number;
    /** Pairs for one look at the end. */
    readonly fixed: number;
    /** Discordant pairs among them. */
    readonly discordant: number;
    /** Pairs for the e-process. */
    readonly sequential: SequentialRows;
  };
}

/**
 * Rows that it takes to find each difference.
 *
 * @param options See {@linkcode PowerOptions}.
 * @returns One row for each difference.
 * @throws {BadInput} If a share is none, or there is no whole number of runs or rows.
 *
 * @example The watched test ends early when the difference is large
 * ```ts
 * import assert from "node:assert/strict";
 * import { powerRows } from "lib/experiment/mod.ts";
 *
 * const [row] = powerRows({ baseline: 0.95, differences: [-0.15], runs: 100, seed: 7 });
 * assert.equal(row.fixed, 76);
 * assert.equal(row.sequential.median, 150);
 * ```
 */
export function powerRows(options: PowerOptions): PowerRow[] {
  const { baseline, differences, alpha = 0.05, power = 0.8, lookEvery = 50, runs = 400 } = options;
  for (const [field, value] of Object.entries({ lookEvery, runs })) {
    if (!(Number.isInteger(value) && value >= 1 && value <= 10_000)) {
      throw new BadInput({ field, rule: "must be a whole number from 1 to 10000", value });
    }
  }
  return differences.map((difference) => {
    const other = baseline + difference, classical = { baseline, difference, alpha, power };
    const fixed = Math.ceil(fixedRows(classical));
    const { disagreement = independent(baseline, other) } = options;
    const pairs = fixedPairs({ ...classical, disagreement });
    const play = (name: string, atMost: number, next: () => (random: Random) => Evidence) =>
      simulate({
        ...{ alpha, lookEvery, runs, next },
        looks: Math.ceil(5 * atMost / lookEvery),
        random: stream(options.seed, `power ${name} ${difference}`),
      });
    return {
      difference,
      fixed,
      sequential: play("split", fixed, splitGrowth(baseline, other, lookEvery)),
      paired: {
        disagreement,
        fixed: Math.ceil(pairs),
        discordant: Math.ceil(pairs * disagreement),
        sequential: play("paired", pairs, pairedGrowth(difference, disagreement, lookEvery)),
      },
    };
  });
}

/** Share of rows that just one gets wrong, if their errors have nothing to do with each other. */
function independent(a: number, b: number): number {
  return a * (1 - b) + b * (1 - a);
}

/** Plays experiments, each until its evidence reaches 1/α or the looks are used up. */
function simulate(
  { alpha, looks, lookEvery, runs, random, next }: {
    alpha: number;
    looks: number;
    lookEvery: number;
    runs: number;
    random: Random;
    next: () => (random: Random) => Evidence;
  },
): SequentialRows {
  const goal = -Math.log(alpha), ends: number[] = [];
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const grow = next();
    let look = 1;
    while (logEvidence(grow(random)) < goal && look <= looks) look++;
    if (look <= looks) found++;
    ends.push(look <= looks ? look * lookEvery : Infinity);
  }
  const limit = looks * lookEvery, capped = ends.map((end) => Math.min(end, limit));
  return {
    median: found * 2 > runs ? quantile(capped, 0.5) : null,
    mean: capped.reduce((sum, end) => sum + end, 0) / runs,
    found: found / runs,
    limit,
  };
}

function splitGrowth(a: number, b: number, rows: number) {
  const drawA = binomialDraw({ trials: rows, share: 1 - a });
  const drawB = binomialDraw({ trials: rows, share: 1 - b });
  return () => {
    let n = 0, errorsA = 0, errorsB = 0;
    return (random: Random): Evidence => {
      n += rows;
      errorsA += drawA(random);
      errorsB += drawB(random);
      const arm = (errors: number) => ({ rows: n, errors });
      return { kind: "split", shareB: 0.5, a: arm(errorsA), b: arm(errorsB) };
    };
  };
}

function pairedGrowth(difference: number, disagreement: number, rows: number) {
  const discordant = binomialDraw({ trials: rows, share: disagreement });
  const lost = Math.min(1, Math.max(0, (1 - difference / disagreement) / 2)); // rounding
  return () => {
    let n = 0, onlyAWrong = 0, onlyBWrong = 0;
    return (random: Random): Evidence => {
      n += rows;
      for (let left = discordant(random); left > 0; left--) {
        if (random.next() < lost) onlyBWrong++;
        else onlyAWrong++;
      }
      return { kind: "paired", rows: n, onlyAWrong, onlyBWrong };
    };
  };
}
