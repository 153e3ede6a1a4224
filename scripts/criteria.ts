/** The four success criteria of the demo, each judged by what was published, never by hand. */

import type { JsonRecord } from "lib/core/mod.ts";

/** One criterion. */
export interface Criterion {
  /** What has to be so. */
  readonly name: string;
  /**
   * `met` with evidence, `missed` with the reason, `not built` while no notebook is about it, or `not
   * shown here` where the evidence has to be made first.
   */
  readonly state: "met" | "missed" | "not built" | "not shown here";
  /** What the state rests on. */
  readonly evidence: string;
}

/**
 * Judges the criteria.
 *
 * @param record Everything that the notebooks published.
 * @param ci The second, which rests on a run of the workflows (`ci_run.ts`).
 * @returns The four, in order.
 */
export function criteria(record: JsonRecord, ci: Criterion): Criterion[] {
  return [
    trains(record),
    ci,
    serves(record),
    later("monitored and automated", "notebooks 04 to 06 are to come"),
  ];
}

/** One line for a terminal. */
export function criterionLine({ name, state, evidence }: Criterion): string {
  const mark = { met: "✔", missed: "✘", "not built": "·", "not shown here": "?" }[state];
  return `${mark} ${name}: ${state}. ${evidence}`;
}

function trains({ metrics, baselines, modelDigest }: JsonRecord): Criterion {
  const name = "model trains and predicts";
  const accuracy = (metrics as unknown as Accuracies | undefined)?.accuracy;
  const simple = baselines as unknown as readonly { accuracy: number }[] | undefined;
  if (!accuracy || !simple || typeof modelDigest !== "string") {
    return { name, state: "missed", evidence: "no training record was published" };
  }
  const best = Math.max(...simple.map((baseline) => baseline.accuracy));
  const evidence =
    `${accuracy.correct} of ${accuracy.rows} holdout rows right, ${percent(accuracy.value)} ` +
    `(95 % interval ${percent(accuracy.low)} to ${percent(accuracy.high)}), best baseline ` +
    `${percent(best)}; model ${modelDigest.slice(0, 12)}`;
  return { name, state: accuracy.value > best ? "met" : "missed", evidence };
}

function serves({ endpoint, servedDigest, registeredDigest, skewedRows }: JsonRecord): Criterion {
  const name = "deployed and serving";
  if (typeof servedDigest !== "string") {
    return { name, state: "missed", evidence: "no endpoint was published" };
  }
  const same = servedDigest === registeredDigest && skewedRows === 0;
  const evidence = `${endpoint} served ${servedDigest.slice(0, 12)}, registered was ` +
    `${String(registeredDigest).slice(0, 12)}; ${skewedRows} holdout rows answered differently`;
  return { name, state: same ? "met" : "missed", evidence };
}

interface Accuracies {
  readonly accuracy: {
    readonly value: number;
    readonly low: number;
    readonly high: number;
    readonly correct: number;
    readonly rows: number;
  };
}

function later(name: string, evidence: string): Criterion {
  return { name, state: "not built", evidence };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
