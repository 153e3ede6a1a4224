/** The four success criteria of the demo, each judged by what was published, never by hand. */

import type { JsonRecord } from "lib/core/mod.ts";

/** One criterion. */
export interface Criterion {
  /** What has to be so. */
  readonly name: string;
  /**
   * `met` with evidence, `missed` with the reason, or `not
   * shown here` where the evidence has to be made first.
   */
  readonly state: "met" | "missed" | "not shown here";
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
  return [trained(record), ci, served(record), operated(record)];
}

/** One line for a terminal. */
export function criterionLine({ name, state, evidence }: Criterion): string {
  const mark = { met: "✔", missed: "✘", "not shown here": "?" }[state];
  return `${mark} ${name}: ${state}. ${evidence}`;
}

/** Whether the model beats the simple ones on the holdout. */
export function trained({ metrics, baselines, modelDigest }: JsonRecord): Criterion {
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

/** Whether what serves is what was registered. */
export function served(
  { endpoint, servedDigest, registeredDigest, skewedRows }: JsonRecord,
): Criterion {
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

/** Whether the monitoring noticed what it had to, and told somebody. */
export function watched({ scenes, scene, alerts, response }: JsonRecord): Criterion {
  const name = "monitored";
  if (!Array.isArray(scenes)) {
    return { name, state: "missed", evidence: "no monitoring was published" };
  }
  const tried = scenes as unknown as readonly { scene: string; asExpected: boolean }[];
  const wrong = tried.filter(({ asExpected }) => !asExpected).map(({ scene }) => scene);
  const { branch } = response as { branch: string };
  const kinds = (alerts as unknown as readonly string[]).join(", ") || "nothing";
  const evidence = wrong.length > 0
    ? `not as expected: ${wrong.join(", ")}`
    : `${tried.length} of ${tried.length} scenes noticed as they should be; ${scene} set off ` +
      `${kinds}, answer: ${branch}`;
  return { name, state: wrong.length > 0 ? "missed" : "met", evidence };
}

/** Whether the loop is closed: monitored, trained anew, rolled out on evidence, an incident mended. */
function operated(record: JsonRecord): Criterion {
  const name = "monitored and automated", seen = watched(record);
  if (seen.state === "missed") return { ...seen, name };
  const { retrain, rollout, incident } = record as unknown as Operations;
  if (!incident || !rollout) {
    const missing = [...(rollout ? [] : ["no rollout"]), ...(incident ? [] : ["no incident"])];
    return { name, state: "missed", evidence: `${missing.join(" and ")} was published` };
  }
  const gate = retrain
    ? `retrained model: ${retrain.gate?.decision ?? "not gated"}`
    : "no retraining";
  const { toDetect, toMitigate, toRecover } = incident.seconds;
  const told = (seconds: number | null) => seconds === null ? "never" : `${seconds.toFixed(1)} s`;
  const share = rollout.steps.at(-1)?.green ?? 0;
  const evidence = `${seen.evidence}; ${gate}; rollout ${rollout.state} at ${share} %; ` +
    `${incident.fault} noticed after ${told(toDetect)}, mended after ${told(toMitigate)}, over ` +
    `after ${told(toRecover)}`;
  return { name, state: toRecover === null ? "missed" : "met", evidence };
}

interface Operations {
  readonly retrain?: { readonly gate?: { readonly decision: string } };
  readonly rollout?: {
    readonly state: string;
    readonly steps: readonly { readonly green: number }[];
  };
  readonly incident?: {
    readonly fault: string;
    readonly seconds: {
      readonly toDetect: number | null;
      readonly toMitigate: number | null;
      readonly toRecover: number | null;
    };
  };
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
