/** The figures at the head of the dashboard, each with how it stands. */

import { DEFAULT_RESPOND_POLICY, isOpen } from "lib/monitoring/mod.ts";
import { formatPercent, formatSeconds, type ReportState, type ReportTile } from "lib/view/mod.ts";
import { age } from "./dashboard_age.ts";
import type { DashboardData, DashboardDeployment } from "./dashboard_data.ts";
import type { WindowReport } from "./watch.ts";

/** Digits of a digest that name a model among a few. */
export const DIGEST_DIGITS = 12;

/** What stands where nothing has been measured. */
const NOTHING = { value: "–", note: "nothing yet", state: "unknown" } as const;

/** All tiles, in the order in which a person on call asks. */
export function dashboardTiles(data: DashboardData): ReportTile[] {
  return [
    endpointTile(data),
    alertsTile(data),
    answerTile(data),
    versionTile(data),
    trafficTile(data),
    realisedTile(data),
    estimatedTile(data),
    driftTile(data),
    objectiveTile(data, "errorShare", "Error rate"),
    objectiveTile(data, "p95Ms", "Latency, p95"),
    gateTile(data),
    incidentTile(data),
  ];
}

/** E.g. `1 alert`, `2 alerts`. */
function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Deployments that answer requests, the busiest first. */
export function answering({ deployments }: DashboardData): DashboardDeployment[] {
  return deployments.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}

function endpointTile({ endpoint, endpointName }: DashboardData): ReportTile {
  const label = "Endpoint";
  if (endpoint === null) {
    return { label, value: "not there", note: endpointName ?? "none chosen", state: "unknown" };
  }
  const isUp = endpoint.state === "Succeeded", isServing = Object.keys(endpoint.traffic).length > 0;
  return {
    label,
    value: isUp ? (isServing ? "serving" : "no traffic") : endpoint.state,
    note: `${endpoint.name}, ${endpoint.state}`,
    state: isUp ? (isServing ? "ok" : "warning") : "critical",
  };
}

function alertsTile({ alerts }: DashboardData): ReportTile {
  const open = alerts.filter(isOpen);
  const kinds = [...new Set(open.map(({ rule }) => rule.kind))].join(", ");
  const state = open.length === 0
    ? "ok"
    : open.some(({ rule }) => rule.severity === "critical")
    ? "critical"
    : "warning";
  const before = alerts.length === 0 ? "none has ever fired" : `${alerts.length} are over`;
  return {
    label: "Open alerts",
    value: String(open.length),
    note: kinds || before,
    state,
  };
}

/** How pressing an answer is. */
const PRESSING: Readonly<Record<string, ReportState>> = {
  "ignore": "ok",
  "wait-for-labels": "warning",
  "relabel": "warning",
  "retrain": "warning",
  "fix-data": "critical",
  "roll-back": "critical",
};

function answerTile({ monitoring, alerts, at }: DashboardData): ReportTile {
  const label = "What monitoring asks for";
  if (!monitoring) return { label, ...NOTHING };
  const { decision: { branch }, at: keptAt } = monitoring;
  const open = alerts.filter(isOpen).length, isQuiet = branch === "ignore";
  // the answer rests on the latest window, whose labels may not have come; an alert may say more
  const isContradicted = isQuiet && open > 0;
  return {
    label,
    value: isQuiet ? "nothing" : branch.replaceAll("-", " "),
    note: `asked ${age(keptAt, at)}${isContradicted ? `; ${counted(open, "alert")} open` : ""}`,
    state: isContradicted ? "unknown" : PRESSING[branch] ?? "unknown",
  };
}

function versionTile(data: DashboardData): ReportTile {
  const label = "Version in use", [first, ...others] = answering(data), { versions } = data;
  if (!first) return { label, ...NOTHING };
  const registered = versions.find(({ version }) => version === first.version)?.digest;
  const digest = (first.digest ?? "not told").slice(0, DIGEST_DIGITS);
  const isSame = registered !== undefined && registered === first.digest;
  const more = new Set(others.map(({ version }) => version)).difference(new Set([first.version]));
  return {
    label,
    value: [first.version, ...more].join(" and "),
    note: `digest ${digest}${isSame ? ", as registered" : ", not the registered one"}`,
    state: isSame ? "ok" : registered === undefined ? "unknown" : "critical",
  };
}

function trafficTile(data: DashboardData): ReportTile {
  const shares = answering(data).map(({ name, share }) => `${name} ${share} %`);
  const copies = data.deployments.filter(({ mirrored }) => mirrored > 0)
    .map(({ name, mirrored }) => `${mirrored} % copied to ${name}`);
  const idle = data.deployments.filter(({ share, mirrored }) => share + mirrored === 0)
    .map(({ name }) => name);
  if (shares.length === 0) return { label: "Traffic", ...NOTHING, note: "nobody answers" };
  const note = [...copies, ...(idle.length > 0 ? [`${idle.join(", ")} without any`] : [])];
  return {
    label: "Traffic",
    value: shares.join(", "),
    note: note.join("; ") || "one deployment",
  };
}

function lastReport({ monitoring }: DashboardData): WindowReport | undefined {
  return monitoring?.reports.at(-1);
}

const KEPT: Readonly<Record<string, ReportState>> = {
  kept: "ok",
  missed: "critical",
  undecided: "unknown",
};

function realisedTile({ monitoring }: DashboardData): ReportTile {
  const label = "Realised accuracy";
  const { minLabels } = monitoring?.decision?.policy ?? DEFAULT_RESPOND_POLICY;
  const last = monitoring?.reports.findLast(({ realised }) => realised.accuracy.total >= minLabels);
  if (!last) {
    const note = monitoring ? `no window has ${minLabels} labels` : NOTHING.note;
    return { label, ...NOTHING, note };
  }
  const { accuracy, state, sentence } = last.realised;
  return {
    label,
    value: formatPercent(accuracy.value!),
    note: `${last.name}: ${sentence}`,
    state: KEPT[state],
  };
}

function estimatedTile(data: DashboardData): ReportTile {
  const label = "Estimated accuracy", last = lastReport(data);
  if (!last || last.estimated.value === null) return { label, ...NOTHING };
  const { value, limits, state, sentence } = last.estimated;
  const note = state === "undecided" || limits === null
    ? sentence.split(". ")[0] // the section has it all
    : `without labels; usual ${formatPercent(limits.low)} to ${formatPercent(limits.high)}`;
  const states = { within: "ok", above: "ok", below: "warning", undecided: "unknown" } as const;
  return {
    label,
    value: formatPercent(value),
    note: `${last.name}: ${note}`,
    state: states[state],
  };
}

function driftTile(data: DashboardData): ReportTile {
  const label = "Drift", last = lastReport(data);
  if (!last) return { label, ...NOTHING };
  const { features, prediction, state } = last.drift;
  const moved = features.filter(({ drifted }) => drifted).length;
  const parts = [
    ...(moved > 0 ? [`${moved} of ${features.length} inputs`] : []),
    ...(prediction.drifted ? ["predictions"] : []),
  ];
  return {
    label,
    value: parts.join(", ") || state,
    note: `in ${last.name}, ${last.rows} rows`,
    state: { none: "ok", drift: "warning", undecided: "unknown" }[state] as ReportState,
  };
}

function objectiveTile(
  data: DashboardData,
  objective: "errorShare" | "p95Ms",
  label: string,
): ReportTile {
  const last = lastReport(data);
  const found = last?.service.objectives.find((one) => one.objective === objective);
  if (!found || found.value === null) return { label, ...NOTHING };
  const write = (value: number) =>
    objective === "p95Ms" ? `${Number(value.toPrecision(3))} ms` : formatPercent(value);
  const allowed = `${objective === "p95Ms" ? "promised" : "allowed"} ${write(found.limit)}`;
  return {
    label,
    value: write(found.value),
    note: `${allowed}; ${last!.name}, ${last!.service.requests} requests`,
    state: found.state === "missed" ? "critical" : KEPT[found.state],
  };
}

function gateTile({ gate, at }: DashboardData): ReportTile {
  const last = gate.at(-1);
  if (!last) return { label: "Last gate", ...NOTHING };
  return {
    label: "Last gate",
    value: last.passed ? "passed" : "refused",
    note: `version ${last.version}, ${age(last.at, at)}`,
    state: last.passed ? "ok" : "warning",
  };
}

function incidentTile({ incident }: DashboardData): ReportTile {
  const label = "Last drill: time to mitigate";
  if (!incident) return { label, ...NOTHING };
  const { seconds: { toMitigate, toRecover }, fault } = incident;
  return {
    label,
    value: toMitigate === null ? "never" : formatSeconds(toMitigate),
    note: `${fault.name}; ${toRecover === null ? "not recovered" : "recovered"}`,
    state: toMitigate === null ? "critical" : toRecover === null ? "warning" : "ok",
  };
}
