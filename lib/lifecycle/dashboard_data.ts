/** What the dashboard shows, read from where it lies: endpoint, registry, alerts and kept records. */

import {
  type Endpoint,
  getMirrorTraffic,
  listDeployments,
  listEndpoints,
  type Shares,
} from "lib/azure/mod.ts";
import { BadInput, type Clock, redact, systemClock } from "lib/core/mod.ts";
import type { ExperimentDecision, Peeking } from "lib/experiment/mod.ts";
import type { Alert } from "lib/monitoring/mod.ts";
import type {
  Alias,
  AliasTarget,
  GateDecision,
  ModelVersion,
  ProductionChange,
} from "lib/registry/mod.ts";
import { listAlerts } from "./alerts.ts";
import { checkEndpoint, documentsOf } from "./documents.ts";
import type { Incident } from "./incident_record.ts";
import { readRecord, type RecordKind } from "./keep_record.ts";
import { modelOfDeployment } from "./production.ts";
import { activePath, readRollout } from "./rollout_document.ts";
import type { RolloutRecord } from "./rollout_record.ts";
import type { TriedScene } from "./try_scenes.ts";
import type { MonitoringRecord } from "./monitoring_record.ts";
import type { Workspace } from "./workspace.ts";

/** What chapter 04 keeps of the trial of all scenes. */
export interface ScenesRecord {
  /** The scenes, without their windows. */
  readonly tried: readonly Omit<TriedScene, "reports">[];
}

/** What chapter 05 keeps. */
export interface ExperimentRecord {
  /** What was decided. */
  readonly decision: ExperimentDecision;
  /** What looking again and again does to a test that does not allow it. */
  readonly peeking?: Peeking;
  /** The rollout that came with it. */
  readonly rolloutId?: string;
  /** When it was kept, ISO 8601. */
  readonly at: string;
}

/** A deployment, with the share of requests that it answers and is sent copies of. */
export interface DashboardDeployment {
  /** Its name. */
  readonly name: string;
  /** E.g. `Succeeded`. */
  readonly state: string;
  /** Name of the model that it serves. */
  readonly model: string;
  /** Its version. */
  readonly version: string;
  /** Digest of the model's bytes by which it was deployed; null where it does not say. */
  readonly digest: string | null;
  /** Percent of the requests that it answers. */
  readonly share: number;
  /** Percent of the requests that it gets a copy of. */
  readonly mirrored: number;
}

/** Everything that the dashboard shows. Plain data; what is not there is null or empty. */
export interface DashboardData {
  /** When it was read, ISO 8601. */
  readonly at: string;
  /** Where, e.g. `local: mlw-local`. */
  readonly place: string;
  /** The endpoint that was looked at; null where none was chosen. */
  readonly endpointName: string | null;
  /** Name of the model; null where none is known. */
  readonly model: string | null;
  /** The endpoint; null if it is not there. */
  readonly endpoint: Endpoint | null;
  /** Its deployments. */
  readonly deployments: readonly DashboardDeployment[];
  /** Registered versions, the first first. */
  readonly versions: readonly ModelVersion[];
  /** What the aliases point at. */
  readonly aliases: Partial<Record<Alias, AliasTarget>>;
  /** What served when. */
  readonly production: readonly ProductionChange[];
  /** The gate's decisions on the latest versions, by time. */
  readonly gate: readonly GateDecision[];
  /** Alerts that have fired, open ones first; null where nobody can say. */
  readonly alerts: readonly Alert[] | null;
  /** The last monitoring. */
  readonly monitoring: MonitoringRecord | null;
  /** The last trial of scenes. */
  readonly scenes: ScenesRecord | null;
  /** The last A/B test. */
  readonly experiment: ExperimentRecord | null;
  /** The last rollout. */
  readonly rollout: RolloutRecord | null;
  /** The last drill. */
  readonly incident: Incident | null;
  /** One line for each thing that a reader has to know of, e.g. what could not be read. */
  readonly notices: readonly string[];
}

/** Of what the dashboard is. */
export interface DashboardChoice {
  /** The endpoint. Default: the only one whose name ends in `-live`. */
  readonly endpoint?: string;
  /** The model. Default: the one that the endpoint serves, or the only one that is registered. */
  readonly model?: string;
}

/** Versions whose gate decisions are read: a dashboard shows the latest. */
const LATEST = 8;

/**
 * Refuses names that can be none.
 *
 * @param choice What was asked for.
 * @returns The same.
 * @throws {BadInput} If a name breaks Azure ML's rule.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkDashboardChoice } from "lib/lifecycle/mod.ts";
 *
 * assert.throws(() => checkDashboardChoice({ endpoint: "../x" }), /endpoint must be .*: got "..\/x"/);
 * ```
 */
export function checkDashboardChoice(choice: DashboardChoice): DashboardChoice {
  const { endpoint, model } = choice;
  if (endpoint !== undefined) checkEndpoint(endpoint);
  if (model !== undefined && !/^[a-zA-Z0-9][\w.-]{0,254}$/.test(model)) {
    const rule = "must be 1 to 255 letters, digits, -, . or _ and begin with a letter or digit";
    throw new BadInput({ field: "model", rule, value: model });
  }
  return choice;
}

/**
 * Which endpoint a dashboard is of.
 *
 * @param names Endpoints that there are.
 * @param wanted The one that was asked for, if any.
 * @returns Its name, null where none can be chosen; and a line that says why, where there is need.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { chooseEndpoint } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(chooseEndpoint(["iris-demo", "iris-live"]), { name: "iris-live", notice: null });
 * assert.match(chooseEndpoint(["iris-demo"]).notice!, /There is: iris-demo/);
 * ```
 */
export function chooseEndpoint(
  names: readonly string[],
  wanted?: string,
): { readonly name: string | null; readonly notice: string | null } {
  const there = names.length > 0
    ? `There ${names.length === 1 ? "is" : "are"}: ${names.toSorted().join(", ")}.`
    : "There is no endpoint yet: deno task deploy makes one.";
  if (wanted !== undefined) {
    const notice = names.includes(wanted) ? null : `Endpoint ${wanted} is not there. ${there}`;
    return { name: wanted, notice };
  }
  const live = names.filter((name) => name.endsWith("-live"));
  if (live.length === 1) return { name: live[0], notice: null };
  if (names.length === 0) return { name: null, notice: there };
  const why = live.length === 0
    ? "No endpoint's name ends in -live"
    : `${live.length} endpoints have a name that ends in -live`;
  return { name: null, notice: `${why}: choose one by --endpoint NAME. ${there}` };
}

/**
 * Reads what the dashboard shows. What is missing is null, what cannot be read is a notice: a page
 * with a hole is better than none.
 *
 * @param workspace Where to read.
 * @param choice See {@linkcode DashboardChoice}.
 * @param options The clock. Default: the machine's.
 * @returns See {@linkcode DashboardData}.
 * @throws {BadInput} If a name can be none.
 * @throws {Error} If the service cannot be reached at all.
 *
 * @example
 * ```ts ignore
 * const data = await readDashboard(workspace, { endpoint: "iris-live" });
 * ```
 */
export async function readDashboard(
  workspace: Pick<Workspace, "azure" | "registry">,
  choice: DashboardChoice = {},
  { clock = systemClock }: { readonly clock?: Clock } = {},
): Promise<DashboardData> {
  checkDashboardChoice(choice);
  const { azure, registry } = workspace, { target } = azure, store = documentsOf(workspace);
  const endpoints = await listEndpoints(azure); // whoever cannot be asked this cannot be asked
  const chosen = chooseEndpoint(endpoints.map(({ name }) => name), choice.endpoint);
  const notices = chosen.notice === null ? [] : [chosen.notice];
  const read = async <T>(what: string, from: () => Promise<T>, missing: T): Promise<T> => {
    try {
      return await from();
    } catch (error) {
      const [line] = String(redact((error as Error).message)).split("\n");
      notices.push(`${what} cannot be read: ${line}`);
      return missing;
    }
  };
  const name = chosen.name, endpoint = endpoints.find((one) => one.name === name) ?? null;
  const deployments = endpoint === null
    ? []
    : await read("The deployments", () => deploymentsOf(azure, endpoint), []);
  const model = choice.model ?? modelServed(endpoint, deployments) ??
    await read("The models", () => onlyModel(store), null);
  const ofEndpoint = <T>(what: string, from: (name: string) => Promise<T>, missing: T) =>
    name === null ? Promise.resolve(missing) : read(what, () => from(name), missing);
  const ofModel = <T>(what: string, from: (name: string) => Promise<T>, missing: T) =>
    model === null ? Promise.resolve(missing) : read(what, () => from(model), missing);
  const kept = <T>(kind: RecordKind) =>
    ofEndpoint<T | null>(
      `The record of the last ${kind}`,
      async (endpoint) => await readRecord<T>(workspace, { endpoint, kind }) ?? null,
      null,
    );
  const [versions, aliases, production, alerts, monitoring, scenes, experiment, incident] =
    await Promise.all([
      ofModel("The versions", (name) => registry.versions(name), []),
      ofModel("The aliases", (name) => registry.aliases(name), {}),
      ofModel("Production's history", (name) => registry.productionHistory(name), []),
      ofEndpoint<Alert[] | null>(
        "The alerts",
        (endpoint) => listAlerts(workspace, { endpoint }),
        null,
      ),
      kept<MonitoringRecord>("monitoring"),
      kept<ScenesRecord>("scenes"),
      kept<ExperimentRecord>("experiment"),
      kept<Incident>("incident"),
    ]);
  const [gate, rollout] = await Promise.all([
    ofModel("The gate's decisions", async (name) => {
      const latest = versions.slice(-LATEST);
      const all = await Promise.all(latest.map(({ version }) => registry.decisions(name, version)));
      return all.flat().sort((a, b) => Date.parse(a.at) - Date.parse(b.at));
    }, []),
    ofEndpoint("The rollout", async (endpoint) => {
      const active = (await store.read(activePath(endpoint)))?.value as { id?: string } | undefined;
      const id = experiment?.rolloutId ?? active?.id;
      return id === undefined ? null : await readRollout(store, { endpoint, id }) ?? null;
    }, null),
  ]);
  return {
    ...{ at: clock.now().toISOString(), place: `${target.kind}: ${target.workspace}` },
    ...{ endpointName: name, model, endpoint, deployments, versions, aliases, production, gate },
    ...{ alerts, monitoring, scenes, experiment, rollout, incident, notices },
  };
}

async function deploymentsOf(
  azure: Workspace["azure"],
  { name, traffic }: Endpoint,
): Promise<DashboardDeployment[]> {
  const [all, mirror] = await Promise.all([
    listDeployments(azure, name),
    getMirrorTraffic(azure, name),
  ]);
  return all.map((one) => {
    const { name: model, version } = modelOfDeployment(one);
    const share = shareOf(traffic, one.name), mirrored = shareOf(mirror, one.name);
    const { name, state, tags } = one;
    return { name, state, version, model, digest: tags.digest ?? null, share, mirrored };
  });
}

/** The service keeps the case of names, and does not tell names by it. */
function shareOf(shares: Shares, name: string): number {
  const found = Object.entries(shares).find(([key]) => key.toLowerCase() === name.toLowerCase());
  return found?.[1] ?? 0;
}

/** The model behind most of the requests; else the one that the endpoint was made for. */
function modelServed(
  endpoint: Endpoint | null,
  deployments: readonly DashboardDeployment[],
): string | null {
  const [first] = deployments.toSorted((a, b) => b.share - a.share);
  return first?.model || endpoint?.tags.model || null;
}

/** The registered model, where there is one and no other. */
async function onlyModel(store: ReturnType<typeof documentsOf>): Promise<string | null> {
  const names = new Set((await store.list("models/")).map((path) => path.split("/")[1]));
  return names.size === 1 ? [...names][0] : null;
}
