/** What chapter 04 leaves: a record for the dashboard, a report for people, a summary for scripts. */

import type { Dataset, SceneName } from "lib/data/mod.ts";
import type {
  AlertKind,
  AlertNotification,
  RealisedAccuracy,
  ResponseBranch,
  ResponseDecision,
} from "lib/monitoring/mod.ts";
import {
  driftHeatmap,
  latencyPicture,
  performancePicture,
  reportPage,
  type Table,
  table,
} from "lib/view/mod.ts";
import { responseTable } from "./alert_tables.ts";
import { replaceFile } from "./files.ts";
import { driftOf, performanceOf } from "./report_pictures.ts";
import { fromCheckout } from "./paths.ts";
import type { RetrainDataset } from "./retrain_dataset.ts";
import type { Story } from "./story.ts";
import type { Watch, WindowReport } from "./watch.ts";
import type { Workspace } from "./workspace.ts";

/** The last monitoring of an endpoint. Plain data. */
export interface MonitoringRecord {
  /** When the story played. */
  readonly story: Story;
  /** What really happened to the traffic. */
  readonly scene: SceneName;
  /** The version in use. */
  readonly version: string;
  /** Window by window. */
  readonly reports: readonly WindowReport[];
  /** What is to be done. */
  readonly decision: ResponseDecision;
  /** The dataset for a training; null where none is to be done. */
  readonly retrain: RetrainDataset | null;
  /** Alerts that somebody was told of. */
  readonly told: readonly AlertNotification[];
  /** When it was kept, ISO 8601. */
  readonly at: string;
}

/** The answers that are right for a scene, said before it is played. */
export const EXPECTED_BRANCH: Readonly<Record<SceneName, readonly ResponseBranch[]>> = {
  "none": ["ignore"],
  "gradual-drift": ["retrain", "ignore"],
  "sudden-drift": ["retrain", "ignore"],
  "unit-change": ["fix-data"],
  "broken-sensor": ["fix-data"],
  "prior-shift": ["ignore", "retrain"],
  "concept-drift": ["retrain"],
  "latency-fault": ["ignore"],
  "bad-model": ["roll-back"],
};

/**
 * When a model was last trained on rows of the log.
 *
 * @param workspace Where versions are.
 * @param dataset The first dataset: versions on other rows are of retrainings.
 * @returns ISO 8601; null for never.
 *
 * @example
 * ```ts ignore
 * const last = await lastRetrain(workspace, prepared.dataset);
 * ```
 */
export async function lastRetrain(
  { registry }: Pick<Workspace, "registry">,
  { digest, descriptor }: Pick<Dataset, "digest" | "descriptor">,
): Promise<string | null> {
  const versions = await registry.versions(descriptor.name);
  return versions.findLast(({ datasetDigest }) => datasetDigest !== digest)?.registeredAt ?? null;
}

/** A monitoring in short. Plain data. */
export interface MonitoringSummary {
  /** `drift` if somebody was told of drift; windows and inputs in which it was decided. */
  readonly drift: {
    readonly state: "drift" | "none" | "undecided";
    readonly windows: readonly string[];
    readonly inputs: readonly string[];
  };
  /** The last accuracy by labels, the last estimate (a share), and windows below the floor. */
  readonly performance: {
    readonly realised: RealisedAccuracy["accuracy"] | null;
    readonly estimated: number | null;
    readonly windowsMissed: number;
  };
  /** Kinds of alerts that somebody was told of. */
  readonly alerts: readonly AlertKind[];
  /** What is to be done, and why. */
  readonly response: Pick<ResponseDecision, "branch" | "because" | "next">;
  /** The dataset for a training; null where none is to be done. */
  readonly retrainDataset: Pick<RetrainDataset, "descriptor" | "fresh"> | null;
  /** Window by window, for the summary of a workflow. */
  readonly course: {
    readonly windows: readonly string[];
    /** Distances of each input, in standard deviations, and the windows in which drift was decided. */
    readonly inputs: readonly {
      readonly input: string;
      readonly distances: readonly (number | null)[];
      readonly drifted: number;
    }[];
    /** Accuracy by the labels so far, and as the votes promise; shares, null where there is none. */
    readonly byLabels: readonly (number | null)[];
    readonly byVotes: readonly (number | null)[];
  };
}

/**
 * The record in short, as scripts and the demo's summary want it.
 *
 * @param record See {@linkcode MonitoringRecord}.
 * @returns Drift, performance, their course over the windows, alerts and the answer.
 *
 * @example
 * ```ts ignore
 * await publish(monitoringSummary(record));
 * ```
 */
export function monitoringSummary(
  { reports, decision, retrain, told }: MonitoringRecord,
): MonitoringSummary {
  const drifted = reports.filter(({ drift }) => drift.state === "drift");
  const undecided = reports.every(({ drift }) => drift.state === "undecided");
  const inputs = new Set(
    drifted.flatMap(({ drift }) =>
      drift.features.filter(({ drifted }) => drifted).map(({ name }) => name)
    ),
  );
  const alertKinds = [...new Set(told.map(({ kind }) => kind))];
  const isDrift = alertKinds.includes("drift") || alertKinds.includes("prediction-drift");
  const labelled = reports.filter(({ realised }) => realised.accuracy.value !== null);
  return {
    drift: {
      state: isDrift ? "drift" : undecided ? "undecided" : "none",
      windows: drifted.map(({ name }) => name),
      inputs: [...inputs],
    },
    performance: {
      realised: labelled.at(-1)?.realised.accuracy ?? null,
      estimated: reports.at(-1)?.estimated.value ?? null,
      windowsMissed: reports.filter(({ realised }) => realised.state === "missed").length,
    },
    course: {
      windows: reports.map(({ name }) => name),
      inputs: driftOf(reports).features.map(({ name, cells }) => ({
        input: name,
        distances: cells.map(({ distance }) => distance),
        drifted: cells.filter(({ drift }) => drift).length,
      })),
      byLabels: reports.map(({ realised }) => realised.accuracy.value),
      byVotes: reports.map(({ estimated }) => estimated.value),
    },
    alerts: alertKinds,
    response: { branch: decision.branch, because: decision.because, next: decision.next },
    retrainDataset: retrain && { descriptor: retrain.descriptor, fresh: retrain.fresh },
  };
}

/**
 * Writes the report: `out/report/index.html`.
 *
 * @param record The record, a title, and what windows were held against.
 * @returns The page's path.
 *
 * @example
 * ```ts ignore
 * await writeMonitoringReport({ ...record, title: "iris in use", watch });
 * ```
 */
export async function writeMonitoringReport(
  { title, watch, ...record }: MonitoringRecord & {
    readonly title: string;
    readonly watch: Pick<Watch, "floor" | "objectives">;
  },
): Promise<string> {
  const { reports, decision, told, version, story } = record;
  const path = fromCheckout("out/report/index.html"), { objectives } = watch;
  const last = reports.findLast(({ realised }) => realised.accuracy.value !== null)?.realised;
  const missed = last?.state === "missed",
    percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const page = reportPage({
    title: `${title}: monitoring report`,
    meta: `version ${version}, ${reports.length} windows from ${story.begin}`,
    tiles: [
      { label: "answer", value: decision.branch, note: decision.because[0] },
      {
        label: "accuracy by labels",
        value: last?.accuracy.value == null ? "unknown" : percent(last.accuracy.value),
        note: `floor ${percent(watch.floor)}, ${last?.window ?? "no window"}`,
        state: last === undefined ? "unknown" : missed ? "critical" : "ok",
      },
      {
        label: "alerts",
        value: String(told.length),
        note: [...new Set(told.map(({ kind }) => kind))].join(", ") || "nobody was told anything",
        state: told.length > 0 ? "warning" : "ok",
      },
    ],
    sections: reports.length === 0 ? [] : [
      {
        heading: "Have the inputs moved?",
        items: [driftHeatmap(driftOf(reports), { label: "distance (standard deviations)" })],
      },
      {
        heading: "Is the model still right?",
        items: [performancePicture(performanceOf(reports))],
      },
      {
        heading: "Do callers wait?",
        items: [
          latencyPicture(reports.map(({ name, service }) => ({ name, latency: service.latency })), {
            objectiveMs: objectives.p95Ms,
          }),
        ],
      },
      { heading: "Are the data sound?", items: [qualityTable(reports)] },
      { heading: "What is to be done?", items: [responseTable(decision)] },
    ],
  });
  await replaceFile(path, page);
  return path;
}

/**
 * Broken rules of data quality.
 *
 * @param reports Window by window.
 * @returns The table, a row for each broken rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { qualityTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(qualityTable([]).text, /no rule broken in 0 windows/);
 * ```
 */
export function qualityTable(reports: readonly WindowReport[]): Table {
  const rows = reports.flatMap(({ name, quality }) =>
    quality.findings.filter(({ violated }) => violated)
      .map(({ feature, rule, sentence }) => ({ window: name, input: feature, rule, sentence }))
  );
  const found = rows.length === 0 ? "no rule broken" : `${rows.length} rules broken`;
  return table(rows, { caption: `Data quality: ${found} in ${reports.length} windows` });
}
