/** The dashboard's sections, in the order in which a person on call needs them. */

import { type Alert, isOpen } from "lib/monitoring/mod.ts";
import {
  driftHeatmap,
  formatPercent,
  latencyPicture,
  performancePicture,
  type ReportSection,
  type Table,
  table,
} from "lib/view/mod.ts";
import { responseTable } from "./alert_tables.ts";
import { age } from "./dashboard_age.ts";
import type { DashboardData } from "./dashboard_data.ts";
import { decisions, experiment, incident, rollout, scenes, versions } from "./dashboard_history.ts";
import { driftOf, latencyOf, performanceOf } from "./report_pictures.ts";

/** Rows of a table, and windows of a picture: the latest ones. */
const LATEST = 8, MOST_WINDOWS = 60;

/** A section's heading, and what makes its content. */
type Maker = readonly [heading: string, make: (data: DashboardData) => Content];
type Content = Omit<ReportSection, "heading">;

const MAKERS: readonly Maker[] = [
  ["What to do", whatToDo],
  ["Alerts", alerts],
  ["Accuracy", accuracy],
  ["Drift", drift],
  ["Latency and errors", service],
  ["Traffic and versions", versions],
  ["Rollout", rollout],
  ["Experiment", experiment],
  ["Decisions", decisions],
  ["Last drill", incident],
  ["Scenes that were tried", scenes],
];

/** All sections. A record that cannot be shown costs its own section and no other. */
export function dashboardSections(data: DashboardData): ReportSection[] {
  return MAKERS.map(([heading, make]) => {
    try {
      return { heading, ...make(data) };
    } catch (error) {
      // records are written by notebooks of any age
      return { heading, items: [`Cannot be shown: ${(error as Error).message}`] };
    }
  });
}

function whatToDo({ monitoring, deployments, at }: DashboardData): Content {
  if (!monitoring) return { items: [] };
  const { decision, scene, version, at: keptAt, reports } = monitoring;
  const inUse = deployments.filter(({ share }) => share > 0).map(({ version }) => version);
  const isOld = inUse.length > 0 && !inUse.includes(version);
  const lead =
    `What the last monitoring asks for and why, the deciding reason first. It looked at ` +
    `${reports.length} windows of version ${version} (traffic: ${scene}), ${age(keptAt, at)}.`;
  const warning = `The figures of accuracy, drift and latency are of version ${version}; ` +
    `in use is version ${inUse.join(" and ")}.`;
  return { lead, items: [...(isOld ? [warning] : []), responseTable(decision)] };
}

function alerts({ alerts, at }: DashboardData): Content {
  if (alerts === null || alerts.length === 0) return { items: [] };
  const open = alerts.filter(isOpen).sort((a, b) => pressing(a) - pressing(b)),
    closed = alerts.length - open.length;
  const lead = open.length === 0
    ? "Nothing is open. Below are those that are over."
    : "Open ones first, the critical before the others: why they fire, and the runbook that says what to do.";
  const shown = [...open, ...alerts.filter((alert) => !isOpen(alert)).slice(0, LATEST)];
  const rest = open.length + LATEST < alerts.length
    ? [`Of ${closed} that are over the last ${LATEST} are shown.`]
    : [];
  return { lead, items: [onCallTable(shown, at), ...rest] };
}

function pressing({ rule }: Alert): number {
  return ["critical", "warning", "info"].indexOf(rule.severity);
}

/** Fewer columns than `alertsTable` has, so that why and what to do are seen without scrolling. */
function onCallTable(alerts: readonly Alert[], at: string): Table {
  const rows = alerts.map(({ fingerprint, rule, subject, state, silencedUntil, ...alert }) => ({
    about: subject === null ? rule.kind : `${rule.kind}: ${subject}`,
    severity: rule.severity,
    state: silencedUntil !== null && silencedUntil > at ? `${state}, silenced` : state,
    why: alert.transitions.at(-1)?.reason ?? "",
    runbook: rule.runbook.split("/").at(-1)!,
    id: fingerprint.slice(0, 8),
  }));
  return table(rows, {
    columns: [
      { key: "about" },
      { key: "why", label: "last change, why" }, // early: a phone shows the first two
      { key: "severity" },
      { key: "state" },
      { key: "runbook" },
      { key: "id", label: "alert" },
    ],
    caption: "Runbooks are in notebooks/runbooks",
  });
}

function accuracy({ monitoring }: DashboardData): Content {
  const reports = monitoring?.reports.slice(-MOST_WINDOWS) ?? [];
  if (reports.length === 0) return { items: [] };
  const { name, realised, estimated } = reports.at(-1)!;
  return {
    lead: "Labels (squares) against the estimate without labels (circles). Where labels fall and " +
      "the estimate does not, the relation of inputs to classes has changed.",
    items: [
      performancePicture(performanceOf(reports)),
      `Labels of ${name}. ${realised.sentence}`,
      `Estimate of ${name}. ${estimated.sentence}`,
    ],
  };
}

function drift({ monitoring }: DashboardData): Content {
  const reports = monitoring?.reports.slice(-MOST_WINDOWS) ?? [];
  if (reports.length === 0) return { items: [] };
  const { sentence, prediction, level } = reports.at(-1)!.drift;
  return {
    lead: "How far each input has moved from what is usual; a diamond where it was decided that " +
      `it has. By chance there is one in ${formatPercent(level)} of the windows without drift.`,
    items: [driftHeatmap(driftOf(reports)), `${sentence} ${prediction.sentence}`],
  };
}

function service({ monitoring }: DashboardData): Content {
  const reports = monitoring?.reports.slice(-MOST_WINDOWS) ?? [];
  if (reports.length === 0) return { items: [] };
  const { windows, objectiveMs } = latencyOf(reports);
  const errors = table(
    reports.filter(({ service }) => service.errors.count > 0).map(({ name, service }) => ({
      window: name,
      requests: service.requests,
      failed: service.errors.count,
      share: 100 * (service.errors.share ?? 0),
      ...{ caller: service.errors.client, model: service.errors.model },
      service: service.errors.server,
    })),
    {
      columns: [
        { key: "window" },
        { key: "requests", digits: 0 },
        { key: "failed", digits: 0 },
        { key: "share", unit: "%", digits: 1 },
        { key: "caller", label: "the caller's (4xx)", digits: 0 },
        { key: "model", label: "the model's (424)", digits: 0 },
        { key: "service", label: "the service's (5xx)", digits: 0 },
      ],
      caption: "Windows in which requests failed",
    },
  );
  const anyFailed = reports.some(({ service }) => service.errors.count > 0);
  const requests = reports.reduce((sum, { service }) => sum + service.requests, 0);
  return {
    lead: "As callers saw it: how long answers took against what was promised, and which failed.",
    items: [
      latencyPicture(windows, objectiveMs === undefined ? {} : { objectiveMs }),
      anyFailed ? errors : `None of ${requests} requests failed.`,
    ],
  };
}
