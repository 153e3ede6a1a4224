/** The dashboard's sections, in the order in which a person on call needs them. */

import { type Alert, isOpen } from "lib/monitoring/mod.ts";
import {
  confidencePicture,
  driftHeatmap,
  eprocessPicture,
  formatPercent,
  formatSeconds,
  latencyPicture,
  peekingPicture,
  performancePicture,
  type ReportSection,
  rolloutPicture,
  type Table,
  table,
  timelinePicture,
} from "lib/view/mod.ts";
import { responseTable } from "./alert_tables.ts";
import { age, instant } from "./dashboard_age.ts";
import type { DashboardData } from "./dashboard_data.ts";
import { DIGEST_DIGITS } from "./dashboard_tiles.ts";
import { experimentTable, rolloutTable } from "./experiment_tables.ts";
import { driftOf, latencyOf, performanceOf } from "./report_pictures.ts";

/** Rows of a table, and windows of a picture: the latest ones. */
const LATEST = 8, MOST_WINDOWS = 60;

/** A section's heading, and what makes its content. */
type Maker = readonly [heading: string, make: (data: DashboardData) => Omit<Section, "heading">];
type Section = ReportSection;

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

function whatToDo({ monitoring, deployments, at }: DashboardData): Omit<Section, "heading"> {
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

function alerts({ alerts, at }: DashboardData): Omit<Section, "heading"> {
  if (alerts.length === 0) return { lead: "No alert has ever fired here.", items: [] };
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

function accuracy({ monitoring }: DashboardData): Omit<Section, "heading"> {
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

function drift({ monitoring }: DashboardData): Omit<Section, "heading"> {
  const reports = monitoring?.reports.slice(-MOST_WINDOWS) ?? [];
  if (reports.length === 0) return { items: [] };
  const { sentence, prediction, level } = reports.at(-1)!.drift;
  return {
    lead: "How far each input has moved from what is usual; a diamond where it was decided that " +
      `it has. By chance there is one in ${formatPercent(level)} of the windows without drift.`,
    items: [driftHeatmap(driftOf(reports)), `${sentence} ${prediction.sentence}`],
  };
}

function service({ monitoring }: DashboardData): Omit<Section, "heading"> {
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

function versions(
  { deployments, versions, aliases, production, at }: DashboardData,
): Omit<Section, "heading"> {
  const standing = table(
    deployments.map(({ name, state, version, digest, share, mirrored }) => ({
      ...{ deployment: name, share, mirrored, version },
      ...{ digest: digest?.slice(0, DIGEST_DIGITS), state },
    })),
    {
      columns: [
        { key: "deployment" },
        { key: "share", label: "answers", unit: "%", digits: 0 },
        { key: "mirrored", label: "gets copies of", unit: "%", digits: 0 },
        { key: "version" },
        { key: "digest" },
        { key: "state" },
      ],
      caption: "Deployments",
    },
  );
  const inProduction = production.at(-1)?.to;
  const registered = table(
    versions.slice(-LATEST).reverse().map(({ version, digest, metrics, ...of }) => ({
      version,
      is: [
        ...(version === inProduction ? ["production"] : []),
        ...Object.entries(aliases).filter(([, to]) => to?.version === version).map(([a]) => a),
      ].join(", "),
      accuracy: metrics.accuracy === undefined ? null : 100 * metrics.accuracy,
      ...{ digest: digest.slice(0, DIGEST_DIGITS), rows: of.datasetDigest.slice(0, DIGEST_DIGITS) },
      ...{ commit: of.commit.slice(0, DIGEST_DIGITS), registered: age(of.registeredAt, at) },
    })),
    {
      columns: [
        { key: "version" },
        { key: "is", label: "is" },
        { key: "accuracy", label: "accuracy on the holdout", unit: "%", digits: 1 },
        { key: "digest", label: "digest" },
        { key: "rows", label: "digest of its rows" },
        { key: "commit" },
        { key: "registered" },
      ],
      caption: versions.length > LATEST
        ? `Versions, the last ${LATEST} of ${versions.length}`
        : "Versions, the latest first",
    },
  );
  return {
    lead: "Who answers now, and which versions there are. The digest of what is deployed must be " +
      "that of the registered version.",
    items: [
      ...(deployments.length > 0 ? [standing] : []),
      ...(versions.length > 0 ? [registered] : []),
    ],
  };
}

function rollout({ rollout }: DashboardData): Omit<Section, "heading"> {
  if (!rollout) return { items: [] };
  const wasTaken = rollout.history.some(({ takenAt }) => takenAt !== null);
  return {
    lead:
      "The steps by which a new deployment came to its share of the traffic, and why each ended.",
    items: [...(wasTaken ? [rolloutPicture(rollout)] : []), rolloutTable(rollout)],
  };
}

function experiment({ experiment, at }: DashboardData): Omit<Section, "heading"> {
  if (!experiment) return { items: [] };
  const { decision, peeking, at: keptAt } = experiment, { looks, plan } = decision;
  const { alpha, margin } = plan;
  return {
    lead: `A against B, decided ${age(keptAt, at)}: evidence that may be looked at any time, and ` +
      "the difference of accuracy that is still possible.",
    items: [
      ...(looks.length > 0
        ? [
          eprocessPicture([{ name: "B", looks }], { alpha }),
          confidencePicture(looks, { alpha, margin }),
        ]
        : []),
      experimentTable(decision, { most: LATEST }),
      ...(peeking ? [peekingPicture(peeking)] : []),
    ],
  };
}

function decisions({ gate, production }: DashboardData): Omit<Section, "heading"> {
  const verdicts = table(
    gate.slice(-LATEST).reverse().map((
      { at, version, against, passed, evidence, reasons, by },
    ) => ({
      at: instant(at),
      ...{ version, against, decision: passed ? "passed" : "refused" },
      why: (evidence as { sentence?: string } | null)?.sentence ?? reasons.join(" "),
      by,
    })),
    {
      columns: [
        { key: "at" },
        { key: "version", align: "left" },
        { key: "against", align: "left" },
        { key: "decision" },
        { key: "why" },
        { key: "by" },
      ],
      caption: "The gate, the latest first",
    },
  );
  const changes = table(
    production.slice(-LATEST).reverse().map(({ at, from, to, reason, by, decision }) => ({
      ...{ at: instant(at), from, to, why: reason, by, gate: decision },
    })),
    {
      columns: [
        { key: "at" },
        { key: "from", align: "left" },
        { key: "to", align: "left" },
        { key: "why" },
        { key: "by" },
        { key: "gate", label: "decision of the gate", align: "left" },
      ],
      caption: "What was in production, the latest change first",
    },
  );
  return {
    lead: "Who let which version pass, and what put it into production or took it out.",
    items: [...(gate.length > 0 ? [verdicts] : []), ...(production.length > 0 ? [changes] : [])],
  };
}

/** The drill's steps as the picture calls them. */
const STEPS = [
  ["injected", "fault injected"],
  ["noticed", "noticed"],
  ["mitigated", "mitigated"],
  ["recovered", "recovered"],
] as const;

function incident({ incident }: DashboardData): Omit<Section, "heading"> {
  if (!incident) return { items: [] };
  const { events, fault, alerts, mitigation, falseAlarms } = incident;
  const steps = STEPS.map(([kind, name]) => ({
    name,
    seconds: events.find((event) => event.kind === kind)?.seconds ?? null,
  }));
  const durations = [
    { name: "time to detect", from: "fault injected", to: "noticed" },
    { name: "time to mitigate", from: "fault injected", to: "mitigated" },
    { name: "time to recover", from: "fault injected", to: "recovered" },
  ];
  const log = table(
    events.map(({ seconds, window, kind, sentence }) => ({
      at: formatSeconds(seconds),
      ...{ window, step: kind === "window" ? "" : kind, what: sentence },
    })),
    { caption: "The drill's log" },
  );
  return {
    lead: `${fault.sentence} Noticed by: ${alerts.join(", ") || "nothing"}. ` +
      `Done: ${mitigation?.replaceAll("-", " ") ?? "nothing"}. ` +
      `${falseAlarms} alert${falseAlarms === 1 ? "" : "s"} fired before anything was wrong.`,
    items: [
      ...(steps.some(({ seconds }) => seconds !== null)
        ? [timelinePicture({ events: steps, durations })]
        : []),
      log,
    ],
  };
}

function scenes({ scenes }: DashboardData): Omit<Section, "heading"> {
  if (!scenes || scenes.tried.length === 0) return { items: [] };
  const { tried } = scenes, met = tried.filter(({ asExpected }) => asExpected).length;
  const rows = tried.map(({ scene, sentence, fired, asExpected }) => ({
    ...{ scene, sentence },
    noticed: fired.map(({ kind, window }) => `${kind} (${window})`).join(", ") || "nothing",
    asExpected: asExpected ? "yes" : "no",
  }));
  return {
    lead: `What the monitor noticed of each scene: ${met} of ${tried.length} as expected.`,
    items: [table(rows, {
      columns: [
        { key: "scene" },
        { key: "sentence", label: "what happens" },
        { key: "noticed" },
        { key: "asExpected", label: "as expected" },
      ],
    })],
  };
}
