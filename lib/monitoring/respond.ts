/**
 * What to do after the last windows: one branch, with the numbers that led to it. Broken data are mended
 * before anything else, a bad deployment is rolled back and not trained away, and a model is trained anew
 * only where a loss is shown by labels and persists. Drift alone is no reason.
 */

import { checkRespond } from "./respond_check.ts";
import {
  DEFAULT_RESPOND_POLICY,
  type MeasuredShare,
  type RespondInput,
  type RespondPolicy,
  type RespondWindow,
} from "./respond_input.ts";

/** What to do. */
export type ResponseBranch =
  | "ignore"
  | "fix-data"
  | "roll-back"
  | "retrain"
  | "wait-for-labels"
  | "relabel";

/** The answer, as a record. */
export interface ResponseDecision {
  /** What to do. */
  readonly branch: ResponseBranch;
  /** Why, with numbers; the deciding sentence comes first. */
  readonly because: readonly string[];
  /** What a person does next; a command where there is one. */
  readonly next: string;
  /** Names of the windows that were looked at, by time. */
  readonly windows: readonly string[];
  /** The limits. */
  readonly policy: RespondPolicy;
}

/**
 * Decides what to do. The first branch that fits is taken:
 *
 * 1. `ignore`, if the latest window has too few rows; the answer says how many are needed.
 * 2. `fix-data`, if the latest window has a quality finding.
 * 3. `roll-back`, if the latest window has a loss, and the unbroken run of losses that it ends begins
 *    in the window of a deployment or in the one after. One window is enough: its interval shows the
 *    loss, and rolling back is cheap.
 * 4. If `needed` of the last `of` windows have a loss and the latest does: `fix-data` if one of them has
 *    a quality finding (nobody trains on broken data), `relabel` if there are too few labelled rows,
 *    `ignore` while the cool-down runs, else `retrain`.
 * 5. `wait-for-labels`, if the estimate or a drift gives the sign of a loss in the latest window and its
 *    labels are too few to say; `relabel`, if that has been so in `needed` of the windows and none of
 *    them has enough labels: they will not come by themselves.
 * 6. `ignore`: a loss that does not persist, drift without a loss, or nothing at all.
 *
 * A window has a loss if its labels are enough (`minLabels`, `minCoverage`) and the whole interval of
 * its realised accuracy lies below `expected - margin`. The estimate never proves one: it is blind to
 * concept drift.
 *
 * @param input See {@linkcode RespondInput}.
 * @param policy See {@linkcode RespondPolicy}.
 * @returns The decision, a finding and never an exception.
 * @throws {BadInput} If there are no windows, a number or time is broken, or the policy could never act.
 *
 * @example Drift without a loss
 * ```ts
 * import assert from "node:assert/strict";
 * import { respond } from "lib/monitoring/mod.ts";
 *
 * const { branch, because } = respond({
 *   windows: [{
 *     window: "window 1", time: "2026-01-01T00:00:00Z", rows: 100, labels: 90, quality: [],
 *     drift: { violated: true, sentence: "petal_length drifts, p = 0.001" },
 *     predictionDrift: { violated: false, sentence: "" },
 *     estimated: null, realised: { value: 0.95, low: 0.89, high: 0.98 }, deployed: null,
 *   }],
 *   expected: 0.95, labelledRows: 90, lastRetrain: null, now: "2026-01-02T00:00:00Z",
 * });
 * assert.equal(branch, "ignore");
 * assert.match(because[0], /Drift without a loss/);
 * ```
 */
export function respond(
  input: RespondInput,
  policy: RespondPolicy = DEFAULT_RESPOND_POLICY,
): ResponseDecision {
  checkRespond(input, policy);
  const all = input.windows.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time));
  const windows = all.slice(-policy.of);
  const view: View = { ...input, all, windows, latest: windows.at(-1)!, policy };
  const found = tooFewRows(view) ?? brokenNow(view) ?? badDeployment(view) ?? lasting(view) ??
    unknown(view) ?? nothing(view);
  return { ...found, windows: windows.map(({ window }) => window), policy };
}

interface View extends RespondInput {
  /** By time, those before the latest too: a loss may have begun with a release that is longer ago. */
  readonly all: readonly RespondWindow[];
  readonly latest: RespondWindow;
  readonly policy: RespondPolicy;
}

type Answer = Pick<ResponseDecision, "branch" | "because" | "next">;

const WATCH = "deno task monitor";

function tooFewRows({ latest: { window, rows }, policy: { minRows } }: View): Answer | undefined {
  if (rows >= minRows) return undefined;
  const because = [`${window} has ${rows} rows; ${minRows} are needed to judge it.`];
  return {
    branch: "ignore",
    because,
    next: `${WATCH} (when ${minRows - rows} more rows are there)`,
  };
}

function brokenNow({ latest }: View): Answer | undefined {
  if (latest.quality.length === 0) return undefined;
  const because = [
    `${latest.window} has ${
      count(latest.quality.length, "quality finding")
    }: what a model says of broken ` +
    "data proves nothing about the model, and nobody trains on them.",
    ...latest.quality,
  ];
  return { branch: "fix-data", because, next: FIX };
}

const FIX = "mend the source (notebooks/runbooks/data-quality.md), then deno task monitor";

function badDeployment(view: View): Answer | undefined {
  const { all: windows, latest } = view;
  if (!isLoss(latest, view)) return undefined;
  let onset = windows.length - 1;
  // a window that cannot be judged does not end the run
  for (let i = onset; i >= 0 && (isLoss(windows[i], view) || !isJudged(windows[i], view)); i--) {
    if (isLoss(windows[i], view)) onset = i;
  }
  const change = [windows[onset], windows[onset - 1]].find((one) => one?.deployed != null);
  if (!change) return undefined;
  const before = windows.slice(0, onset).findLast((one) => isJudged(one, view));
  const because = [
    `The loss begins in ${
      windows[onset].window
    }, and version ${change.deployed} was put into service in ` +
    `${change.window}.`,
    lossSentence(latest, view),
    ...(before ? [`Before it: ${realisedSentence(before)}`] : []),
  ];
  return { branch: "roll-back", because, next: "deno task rollback" };
}

function lasting(view: View): Answer | undefined {
  const { windows, latest, policy, labelledRows, lastRetrain, now } = view;
  const lost = windows.filter((one) => isLoss(one, view));
  if (!isLoss(latest, view)) return undefined;
  const tally =
    `${lost.length} of the last ${windows.length} windows have a loss, ${policy.needed} of ` +
    `${policy.of} are needed, and the latest is one of them.`;
  const because = [tally, ...lost.map((one) => lossSentence(one, view))];
  if (lost.length < policy.needed) {
    const missing = policy.needed - lost.length;
    const first = `${tally} ${count(missing, "more window")} with a loss ${
      missing === 1 ? "is" : "are"
    } missing.`;
    return { branch: "ignore", because: [first, ...because.slice(1)], next: WATCH };
  }
  const broken = windows.filter(({ quality }) => quality.length > 0);
  if (broken.length > 0) {
    const names = broken.map(({ window }) => window).join(", ");
    const first =
      `There is a lasting loss, but ${names} would bring broken data into the training.`;
    return {
      branch: "fix-data",
      because: [first, ...broken.flatMap(({ quality }) => quality), ...because],
      next: FIX,
    };
  }
  if (labelledRows < policy.minTrainRows) {
    const missing = policy.minTrainRows - labelledRows;
    const first = `There is a lasting loss, but only ${labelledRows} labelled rows of the ` +
      `${policy.minTrainRows} that a training needs.`;
    const next = `label ${missing} more rows, then deno task monitor`;
    return { branch: "relabel", because: [first, ...because], next };
  }
  const hours = lastRetrain === null
    ? Infinity
    : (Date.parse(now) - Date.parse(lastRetrain)) / 3_600_000;
  if (hours < policy.coolDownHours) {
    const first =
      `There is a lasting loss, but the last training was ${hours.toFixed(1)} h ago and the ` +
      `cool-down is ${policy.coolDownHours} h.`;
    const left = (policy.coolDownHours - hours).toFixed(1);
    return { branch: "ignore", because: [first, ...because], next: `${WATCH} (in ${left} h)` };
  }
  const labels = `${labelledRows} labelled rows are there, ${policy.minTrainRows} are needed.`;
  const cool = lastRetrain === null
    ? "The model was never trained anew."
    : `The last training was ${
      hours.toFixed(1)
    } h ago, the cool-down is ${policy.coolDownHours} h.`;
  return { branch: "retrain", because: [...because, labels, cool], next: "deno task retrain" };
}

/** Signs of a loss where labels cannot say. */
function unknown(view: View): Answer | undefined {
  const { windows, latest, policy } = view, signs = signsOf(latest, view);
  if (signs.length === 0 || isJudged(latest, view)) return undefined;
  const waiting = windows.filter((one) => signsOf(one, view).length > 0);
  const because = [
    `${labelsSentence(latest, policy)} That is too few to say whether there is a loss.`,
    ...signs,
  ];
  const missing = labelsMissing(latest, policy);
  if (waiting.length < policy.needed || waiting.some((one) => isJudged(one, view))) {
    return {
      branch: "wait-for-labels",
      because,
      next: `${WATCH} (when ${missing} more labels of ${latest.window} are there)`,
    };
  }
  const first =
    `${waiting.length} of the last ${windows.length} windows show signs of a loss and none has ` +
    "enough labels: they do not come by themselves.";
  const next =
    `label ${missing} more rows of ${latest.window}, drawn at random, then deno task monitor`;
  return { branch: "relabel", because: [first, ...because], next };
}

function nothing(view: View): Answer {
  const { latest, windows } = view, signs = signsOf(latest, view);
  const facts = latest.realised ? [realisedSentence(latest)] : [];
  if (signs.length > 0) {
    const first = `Drift without a loss: the labels of ${latest.window} show none.`;
    return { branch: "ignore", because: [first, ...facts, ...signs], next: WATCH };
  }
  const lost = windows.filter((one) => isLoss(one, view));
  if (lost.length > 0 && isJudged(latest, view)) {
    const first = `${
      lost.map(({ window }) => window).join(", ")
    } had a loss, ${latest.window} has none.`;
    return { branch: "ignore", because: [first, ...facts], next: WATCH };
  }
  const judged = isJudged(latest, view) ? [] : [labelsSentence(latest, view.policy)];
  const first = `No finding in ${latest.window}.`;
  return { branch: "ignore", because: [first, ...facts, ...judged], next: WATCH };
}

/** Whether there are enough labels to say something about the accuracy. */
function isJudged({ realised, labels, rows }: RespondWindow, { policy }: View): boolean {
  return realised !== null && labels >= policy.minLabels && labels >= policy.minCoverage * rows;
}

function isLoss(one: RespondWindow, view: View): boolean {
  return isJudged(one, view) && one.realised!.high < floorOf(view);
}

function floorOf({ expected, policy }: View): number {
  return expected - policy.margin;
}

function signsOf(
  { window, drift, predictionDrift, estimated }: RespondWindow,
  view: View,
): string[] {
  const states = [drift, predictionDrift].flatMap(({ violated, sentence }) =>
    violated ? [sentence] : []
  );
  if (estimated === null || estimated.high >= floorOf(view)) return states;
  const said = `${window} is estimated at ${share(estimated)}, below ${percent(floorOf(view))}.`;
  return [...states, said];
}

function lossSentence(one: RespondWindow, view: View): string {
  return `${realisedSentence(one)} All of the interval is below ${percent(floorOf(view))} ` +
    `(${percent(view.expected)} at the gate less ${percent(view.policy.margin)}).`;
}

function realisedSentence({ window, realised, labels }: RespondWindow): string {
  return `${window} was right in ${share(realised!)} of ${labels} labelled rows.`;
}

function labelsSentence({ window, labels, rows }: RespondWindow, policy: RespondPolicy): string {
  return `${window} has labels for ${labels} of ${rows} rows; ${policy.minLabels} labels and ` +
    `${percent(policy.minCoverage)} of the rows are needed.`;
}

function labelsMissing({ labels, rows }: RespondWindow, policy: RespondPolicy): number {
  return Math.max(policy.minLabels, Math.ceil(policy.minCoverage * rows), labels + 1) - labels;
}

function share({ value, low, high }: MeasuredShare): string {
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

function percent(value: number): string {
  return `${(value * 100).toFixed(1)} %`;
}

function count(n: number, thing: string): string {
  return `${n} ${thing}${n === 1 ? "" : "s"}`;
}
