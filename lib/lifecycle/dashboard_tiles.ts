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

/** A tile without its name. */
type Tile = Omit<ReportTile, "label">;

/** What each tile is called, and what makes the rest of it. */
type Maker = readonly [label: string, make: (data: DashboardData) => Tile];

const MAKERS: readonly Maker[] = [
  ["Endpoint", endpointTile],
  ["Open alerts", alertsTile],
  ["What monitoring asks for", answerTile],
  ["Version in use", versionTile],
  ["Traffic", trafficTile],
  ["Realised accuracy", realisedTile],
  ["Estimated accuracy", estimatedTile],
  ["Drift", driftTile],
  ["Error rate", (data) => objectiveTile(data, "errorShare")],
  ["Latency, p95", (data) => objectiveTile(data, "p95Ms")],
  ["Last gate", gateTile],
  ["Last drill: time to mitigate", incidentTile],
];

/** All tiles, in the order in which a person on call asks. A broken record costs its own tiles. */
export function dashboardTiles(data: DashboardData): ReportTile[] {
  return MAKERS.map(([label, make]) => {
    try {
      return { label, ...make(data) };
    } catch {
      return { label, ...NOTHING, note: "cannot be shown" }; // the section says why
    }
  });
}

/** E.g. `1 alert`, `2 alerts`. */
function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? "" : "s"}`;
}

/** Deployments that answer requests, the busiest first. */
export function answering({ deployments }: DashboardData): DashboardDeployment[] {
  return deployments.filter(({ share }) => share > 0).sort((a, b) => b.share - a.share);
}

function endpointTile({ endpoint, endpointName }: DashboardData): Tile {
  if (endpoint === null) {
    return { value: "not there", note: endpointName ?? "none chosen", state: "unknown" };
  }
  const isUp = endpoint.state === "Succeeded", isServing = Object.keys(endpoint.traffic).length > 0;
  return {
    value: isUp ? (isServing ? "serving" : "no traffic") : endpoint.state,
    note: `${endpoint.name}, ${endpoint.state}`,
    state: isUp ? (isServing ? "ok" : "warning") : "critical",
  };
}

function alertsTile({ alerts }: DashboardData): Tile {
  if (alerts === null) return NOTHING;
  const open = alerts.filter(isOpen);
  const kinds = [...new Set(open.map(({ rule }) => rule.kind))].join(", ");
  const state = open.length === 0
    ? "ok"
    : open.some(({ rule }) => rule.severity === "critical")
    ? "critical"
    : "warning";
  const before = alerts.length === 0 ? "none has ever fired" : `${alerts.length} are over`;
  return {
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

function answerTile({ monitoring, alerts, at }: DashboardData): Tile {
  if (!monitoring) return NOTHING;
  const { decision: { branch }, at: keptAt } = monitoring;
  const open = (alerts ?? []).filter(isOpen).length, isQuiet = branch === "ignore";
  // the answer rests on the latest window, whose labels may not have come; an alert may say more
  const isContradicted = isQuiet && open > 0;
  return {
    value: isQuiet ? "nothing" : branch.replaceAll("-", " "),
    note: `asked ${age(keptAt, at)}${isContradicted ? `; ${counted(open, "alert")} open` : ""}`,
    state: isContradicted ? "unknown" : PRESSING[branch] ?? "unknown",
  };
}

function versionTile(data: DashboardData): Tile {
  const [first, ...others] = answering(data), { versions } = data;
  if (!first) return NOTHING;
  const registered = versions.find(({ version }) => version === first.version)?.digest;
  const digest = (first.digest ?? "not told").slice(0, DIGEST_DIGITS);
  const isSame = registered !== undefined && registered === first.digest;
  const more = new Set(others.map(({ version }) => version)).difference(new Set([first.version]));
  return {
    value: [first.version, ...more].join(" and "),
    note: `digest ${digest}${isSame ? ", as registered" : ", not the registered one"}`,
    state: isSame ? "ok" : registered === undefined ? "unknown" : "critical",
  };
}

function trafficTile(data: DashboardData): Tile {
  const shares = Object.entries(data.endpoint?.traffic ?? {})
    .sort(([, a], [, b]) => b - a).map(([name, share]) => `${name} ${share} %`);
  const copies = data.deployments.filter(({ mirrored }) => mirrored > 0)
    .map(({ name, mirrored }) => `${mirrored} % copied to ${name}`);
  const idle = data.deployments.filter(({ share, mirrored }) => share + mirrored === 0)
    .map(({ name }) => name);
  if (shares.length === 0) return { ...NOTHING, note: "nobody answers" };
  const note = [...copies, ...(idle.length > 0 ? [`${idle.join(", ")} without any`] : [])];
  return {
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

function realisedTile({ monitoring }: DashboardData): Tile {
  const { minLabels } = monitoring?.decision?.policy ?? DEFAULT_RESPOND_POLICY;
  const last = monitoring?.reports.findLast(({ realised }) => realised.accuracy.total >= minLabels);
  if (!last) {
    const note = monitoring ? `no window has ${minLabels} labels` : NOTHING.note;
    return { ...NOTHING, note };
  }
  const { accuracy, state, sentence } = last.realised;
  return {
    value: formatPercent(accuracy.value!),
    note: `${last.name}: ${sentence}`,
    state: KEPT[state],
  };
}

function estimatedTile(data: DashboardData): Tile {
  const last = lastReport(data);
  if (!last || last.estimated.value === null) return NOTHING;
  const { value, limits, state, sentence } = last.estimated;
  const note = state === "undecided" || limits === null
    ? sentence.split(". ")[0] // the section has it all
    : `without labels; usual ${formatPercent(limits.low)} to ${formatPercent(limits.high)}`;
  const states = { within: "ok", above: "ok", below: "warning", undecided: "unknown" } as const;
  return {
    value: formatPercent(value),
    note: `${last.name}: ${note}`,
    state: states[state],
  };
}

function driftTile(data: DashboardData): Tile {
  const last = lastReport(data);
  if (!last) return NOTHING;
  const { features, prediction, state } = last.drift;
  const moved = features.filter(({ drifted }) => drifted).length;
  const parts = [
    ...(moved > 0 ? [`${moved} of ${features.length} inputs`] : []),
    ...(prediction.drifted ? ["predictions"] : []),
  ];
  return {
    value: parts.join(", ") || state,
    note: `in ${last.name}, ${last.rows} rows`,
    state: { none: "ok", drift: "warning", undecided: "unknown" }[state] as ReportState,
  };
}

function objectiveTile(
  data: DashboardData,
  objective: "errorShare" | "p95Ms",
): Tile {
  const last = lastReport(data);
  const found = last?.service.objectives.find((one) => one.objective === objective);
  if (!found || found.value === null) return NOTHING;
  const write = (value: number) =>
    objective === "p95Ms" ? `${Number(value.toPrecision(3))} ms` : formatPercent(value);
  const allowed = `${objective === "p95Ms" ? "promised" : "allowed"} ${write(found.limit)}`;
  return {
    value: write(found.value),
    note: `${allowed}; ${last!.name}, ${last!.service.requests} requests`,
    state: found.state === "missed" ? "critical" : KEPT[found.state],
  };
}

function gateTile({ gate, at }: DashboardData): Tile {
  const last = gate.at(-1);
  if (!last) return { ...NOTHING };
  return {
    value: last.passed ? "passed" : "refused",
    note: `version ${last.version}, ${age(last.at, at)}`,
    state: last.passed ? "ok" : "warning",
  };
}

function incidentTile({ incident }: DashboardData): Tile {
  if (!incident) return NOTHING;
  const { seconds: { toMitigate, toRecover }, fault } = incident;
  return {
    value: toMitigate === null ? "never" : formatSeconds(toMitigate),
    note: `${fault?.name ?? "no fault"}; ${toRecover === null ? "not recovered" : "recovered"}`,
    state: toMitigate === null ? "critical" : toRecover === null ? "warning" : "ok",
  };
}
