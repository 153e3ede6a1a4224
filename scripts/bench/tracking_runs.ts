/** What `bench tracking` logs and searches; `peers/tracking.py` has the same. */

/** Points of one metric, logged to one run. */
export const METRICS = 10_000;

/** Runs of an experiment. */
export const RUNS = 10_000;

/** What is searched: about a hundredth of the runs. */
export const FILTER = "metrics.accuracy > 0.9 and params.depth = '3'";

/** Runs that a search gives at most. */
export const LIMIT = 100;

/** Run `i`: its two metrics are a permutation each of 0 to 1. */
export function benchRun(i: number) {
  return {
    name: `run ${i}`,
    startTime: i,
    metrics: { accuracy: i * 7919 % RUNS / RUNS, loss: i * 104_729 % RUNS / RUNS },
    params: { depth: String(i % 10), seed: String(i) },
  };
}
