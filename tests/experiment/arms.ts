/** Experiments whose truth is known, row by row, for the simulations of this folder. */

import type { Random } from "lib/core/mod.ts";
import type { Evidence } from "lib/experiment/mod.ts";

/** A growing split: each row goes to B with probability `shareB`. */
export function splitExperiment(
  random: Random,
  { a, b, shareB = 0.5 }: { a: number; b: number; shareB?: number },
) {
  const counts = { a: { rows: 0, errors: 0 }, b: { rows: 0, errors: 0 } };
  return (rows: number): Evidence => {
    for (let i = 0; i < rows; i++) {
      const isB = random.next() < shareB, arm = isB ? counts.b : counts.a;
      arm.rows++;
      if (random.next() >= (isB ? b : a)) arm.errors++;
    }
    return { kind: "split", shareB, a: { ...counts.a }, b: { ...counts.b } };
  };
}

/** Growing pairs: shares of rows that only A, and only B, gets wrong. */
export function pairedExperiment(
  random: Random,
  { onlyA, onlyB }: { onlyA: number; onlyB: number },
) {
  let n = 0, onlyAWrong = 0, onlyBWrong = 0;
  return (rows: number): Evidence => {
    for (let i = 0; i < rows; i++) {
      const draw = random.next();
      if (draw < onlyA) onlyAWrong++;
      else if (draw < onlyA + onlyB) onlyBWrong++;
    }
    n += rows;
    return { kind: "paired", rows: n, onlyAWrong, onlyBWrong };
  };
}

/** Share of experiments in which something ever happened over 40 looks of 50 rows each. */
export function everShare(
  runs: number,
  start: () => (rows: number) => Evidence,
  happened: (evidence: Evidence) => boolean,
  { looks = 40, rows = 50 } = {},
): number {
  let count = 0;
  for (let run = 0; run < runs; run++) {
    const grow = start();
    for (let look = 0; look < looks; look++) {
      if (!happened(grow(rows))) continue;
      count++;
      break;
    }
  }
  return count / runs;
}
