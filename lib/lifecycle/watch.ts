/** The verb watch: one window of the log becomes findings, signals for alerts, and a verdict. */

import {
  dataQuality,
  drift,
  type DriftReport,
  estimateAccuracy,
  type EstimatedAccuracy,
  type Estimator,
  fitEstimator,
  type QualityReport,
  type RealisedAccuracy,
  realisedAccuracy,
  type Reference,
  type ReferenceProfile,
  referenceProfile,
  type RespondWindow,
  type ScoredWindow,
  type ServiceObjectives,
  type ServiceSummary,
  summariseService,
  summariseWindow,
  type WindowSignal,
} from "lib/monitoring/mod.ts";
import type { Story } from "./story.ts";

/** What windows are held against. */
export interface Watch {
  /** Rows of the first windows: what is usual. */
  readonly profile: ReferenceProfile;
  /** How votes become an estimate of accuracy, learnt from out-of-bag votes. */
  readonly estimator: Estimator;
  /** What the estimate was in the first windows; a share. */
  readonly usual: number;
  /** Accuracy on the holdout, by which the model passed the gate; a share. */
  readonly expected: number;
  /** Accuracy that is asked for; a share. */
  readonly floor: number;
  /** What the service has promised. */
  readonly objectives: ServiceObjectives;
  /** Of the permutations. */
  readonly seed: number;
}

/** What {@linkcode startWatch} needs. */
export interface WatchDraft {
  /** Windows from which the usual is learnt; they are not judged. */
  readonly baseline: readonly ScoredWindow[];
  /** The model's training rows with their out-of-bag votes. */
  readonly reference: Reference;
  /** Accuracy on the holdout, a share. */
  readonly expected: number;
  /** Loss of accuracy that is borne, a share. Default 0.05. */
  readonly margin?: number;
  /** Default: 95 % of the answers within 250 ms, at most 1 % of the requests fail. */
  readonly objectives?: ServiceObjectives;
  /** Of permutations and of the calibration's shuffles. */
  readonly seed: number;
}

/**
 * Learns what is usual. Inputs, predictions and the estimate of accuracy are held against the first
 * windows, since they come by the same way as all later ones; what votes are worth is learnt from
 * out-of-bag votes, since they are honest and have labels.
 *
 * @param draft See {@linkcode WatchDraft}.
 * @returns See {@linkcode Watch}.
 * @throws {BadInput} If the baseline has no rows.
 *
 * @example
 * ```ts ignore
 * const watch = startWatch({ baseline: windows.slice(0, 2), reference, expected: 0.95, seed: 7 });
 * ```
 */
export function startWatch(
  {
    baseline,
    reference,
    expected,
    margin = 0.05,
    objectives = { p95Ms: 250, errorShare: 0.01 },
    seed,
  }: WatchDraft,
): Watch {
  const estimator = fitEstimator(reference, { seed });
  return {
    profile: referenceProfile(joinRows(reference, baseline)),
    estimator,
    usual: usualEstimate(estimator, baseline),
    expected,
    floor: Number((expected - margin).toFixed(6)), // 0.95 - 0.05 is 0.8999999999999999
    objectives,
    seed,
  };
}

/** Mean estimate over the rows of some windows. */
function usualEstimate(estimator: Estimator, windows: readonly ScoredWindow[]): number {
  let right = 0, all = 0;
  for (const window of windows) {
    const { value, rows } = estimateAccuracy(estimator, window);
    right += (value ?? 0) * rows;
    all += rows;
  }
  return all > 0 ? right / all : estimator.reference.accuracy;
}

/** The rows of some windows as one reference; without labels, which no test of drift looks at. */
function joinRows({ features, classes }: Reference, windows: readonly ScoredWindow[]): Reference {
  const join = (parts: readonly Float64Array[]) => Float64Array.from(parts.flatMap((p) => [...p]));
  const predicted = Uint8Array.from(windows.flatMap((window) => [...window.predicted]));
  return {
    features,
    classes,
    x: join(windows.map(({ x }) => x)),
    predicted,
    probabilities: join(windows.map(({ probabilities }) => probabilities)),
    actual: predicted,
  };
}

/** Everything that is said of one window. Plain data. */
export interface WindowReport {
  /** Name of the window. */
  readonly name: string;
  /** Begin, ISO 8601. */
  readonly from: string;
  /** End, ISO 8601. */
  readonly to: string;
  /** Rows that were scored. */
  readonly rows: number;
  /** Are the values there, in range and alive? */
  readonly quality: QualityReport;
  /** Have inputs or predictions moved? */
  readonly drift: DriftReport;
  /** Accuracy by the labels so far. */
  readonly realised: RealisedAccuracy;
  /** Accuracy without labels. */
  readonly estimated: EstimatedAccuracy;
  /** Latency and errors. */
  readonly service: ServiceSummary;
}

/**
 * Looks at one window.
 *
 * @param window The window.
 * @param watch See {@linkcode startWatch}.
 * @returns See {@linkcode WindowReport}.
 *
 * @example
 * ```ts ignore
 * const reports = windows.map((window) => watchWindow(window, watch));
 * ```
 */
export function watchWindow(window: ScoredWindow, watch: Watch): WindowReport {
  const { profile, estimator, usual, floor, objectives, seed } = watch;
  const { name, from, to, predicted } = window, summary = summariseWindow(window, profile);
  return {
    name,
    from,
    to,
    rows: predicted.length,
    quality: dataQuality(summary, profile),
    drift: drift(summary, profile, { seed }),
    realised: realisedAccuracy(window, { floor }),
    estimated: estimateAccuracy(estimator, window, { usual }),
    service: summariseService(window, objectives),
  };
}

/**
 * A report as signals, which alert rules count.
 *
 * @param report See {@linkcode WindowReport}.
 * @param story The story that the window is of: two stories have windows of the same name.
 * @returns One signal for each thing that was looked at.
 *
 * @example
 * ```ts ignore
 * const signals = reports.flatMap((report) => signalsOf(report, story));
 * ```
 */
export function signalsOf(
  report: WindowReport,
  { idPrefix }: Pick<Story, "idPrefix">,
): WindowSignal[] {
  const { name, to: time, quality, drift, realised, estimated, service } = report;
  const at = { window: `${idPrefix}, ${name}`, time };
  const byFeature = Map.groupBy(quality.findings, ({ feature }) => feature);
  const objective = { p95Ms: "latency", errorShare: "errors" } as const;
  return [
    ...[...byFeature].map(([subject, findings]) => {
      const worst = findings.find(({ violated }) => violated) ?? findings[0];
      const { violated, value, limit, sentence } = worst;
      return { ...at, kind: "data-quality" as const, subject, violated, value, limit, sentence };
    }),
    ...drift.features.map(({ name, drifted, distance, sentence }) => ({
      ...{ ...at, kind: "drift" as const, subject: name, violated: drifted },
      ...{ value: distance, limit: null, sentence },
    })),
    {
      ...{ ...at, kind: "prediction-drift", subject: null, violated: drift.prediction.drifted },
      ...{ value: drift.prediction.distance, limit: null, sentence: drift.prediction.sentence },
    },
    {
      ...{ ...at, kind: "performance", subject: null, violated: realised.state === "missed" },
      ...{ value: realised.accuracy.value, limit: null, sentence: realised.sentence },
    },
    {
      ...{ ...at, kind: "estimate", subject: null, violated: estimated.state === "below" },
      ...{ value: estimated.value, limit: estimated.limits?.low ?? null },
      sentence: estimated.sentence,
    },
    ...service.objectives.map(({ objective: name, value, limit, state, sentence }) => ({
      ...{ ...at, kind: objective[name], subject: null, violated: state === "missed" },
      ...{ value, limit, sentence },
    })),
  ];
}

/**
 * A report as a verdict, on which the answer (retrain, roll back, …) rests.
 *
 * @param report See {@linkcode WindowReport}.
 * @param deployed The version that was put into service within the window; null where none was.
 * @returns The verdict.
 *
 * @example
 * ```ts ignore
 * const decision = respond({ windows: reports.map((report) => verdictOf(report)), ... });
 * ```
 */
export function verdictOf(report: WindowReport, deployed: string | null = null): RespondWindow {
  const { name, to, rows, quality, drift, realised, estimated } = report;
  const moved = drift.features.filter(({ drifted }) => drifted);
  const { value, band } = estimated, { accuracy } = realised;
  return {
    window: name,
    time: to,
    rows,
    labels: accuracy.total,
    quality: quality.findings.filter(({ violated }) => violated).map(({ sentence }) => sentence),
    drift: {
      violated: moved.length > 0,
      sentence: moved.map(({ sentence }) => sentence).join(" ") || drift.sentence,
    },
    predictionDrift: { violated: drift.prediction.drifted, sentence: drift.prediction.sentence },
    estimated: value === null || band === null ? null : { value, ...band },
    realised: accuracy.value === null ? null : { value: accuracy.value, ...accuracy.interval! },
    deployed,
  };
}
