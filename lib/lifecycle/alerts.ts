/** The verbs of alerts: windows are taken down, people acknowledge, silence and resolve. */

import { BadInput, type Clock, systemClock } from "lib/core/mod.ts";
import {
  type Alert,
  type AlertEvent,
  type AlertNotification,
  type AlertRule,
  isOpen,
  quietAlert,
  routeSignals,
  type WindowSignal,
} from "lib/monitoring/mod.ts";
import { changeAlert, readAlerts, reduceEvents } from "./alert_documents.ts";
import { alertPaths, type DocumentPlace, documentsOf } from "./documents.ts";
import { told } from "./telemetry.ts";

/** What recording has changed. */
export interface RecordedSignals {
  /** Every alert that the signals belong to, as it is now. */
  readonly alerts: readonly Alert[];
  /** What has to be said, and lies in the outbox. */
  readonly notifications: readonly AlertNotification[];
  /** What was put right in the signals, e.g. windows that came twice. */
  readonly notes: readonly string[];
}

/** Who does it, and by which clock. */
export interface AlertActor {
  /** A person, or a program. */
  readonly actor: string;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
}

/**
 * Takes the signals of windows down in their alerts. Signals that are known already change nothing, so a
 * monitor may tell all windows again each time.
 *
 * @param place Where the alerts are.
 * @param signals In any order.
 * @param options The endpoint, the rules (default: the room's own), since when windows count (default:
 * all), who watches (default `monitor`), the clock.
 * @returns See {@linkcode RecordedSignals}.
 * @throws {BadInput} If the endpoint's name, a rule or a signal is broken.
 * @throws {ConflictError} If others were quicker 20 times in a row.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 * import { recordSignals } from "lib/lifecycle/mod.ts";
 *
 * const place = { store: createMemoryStore() };
 * const signal = {
 *   window: "window 1", time: "2026-01-01T00:00:00Z", kind: "errors" as const, subject: null,
 *   violated: true, value: 0.2, limit: 0.01, sentence: "20 % of the requests failed, limit 1 %",
 * };
 * const first = await recordSignals(place, [signal], { endpoint: "iris" });
 * const again = await recordSignals(place, [signal], { endpoint: "iris" });
 * assert.deepEqual([first.notifications.length, again.notifications.length], [1, 0]);
 * ```
 */
export async function recordSignals(
  place: DocumentPlace,
  signals: readonly WindowSignal[],
  { endpoint, rules, since, actor = "monitor", clock = systemClock }: Partial<AlertActor> & {
    readonly endpoint: string;
    readonly rules?: readonly AlertRule[];
    readonly since?: string;
  },
): Promise<RecordedSignals> {
  const paths = alertPaths(endpoint), store = documentsOf(place);
  const { routed, notes } = routeSignals(signals, { endpoint, ...(rules && { rules }) });
  const at = clock.now().toISOString(), there = new Set(await store.list(paths.alerts));
  // each alert is a document of its own, so they are changed side by side
  const changed = await Promise.all(routed.map(({ fingerprint, rule, subject, signals }) => {
    const events = signals.map((signal): AlertEvent => ({ kind: "window", signal, at, actor }));
    const begin = (found?: Alert) => {
      const alert = found ? { ...found, rule } : quietAlert({ endpoint, rule, subject });
      return { alert: countedFrom(alert, since), events };
    };
    const path = paths.alert(fingerprint);
    // most never have anything to say: their documents begin with the first window that violates
    const isQuiet = !there.has(path) && !signals.some(({ violated }) => violated);
    return isQuiet ? reduceEvents(begin().alert, events) : changeAlert(store, path, begin);
  }));
  const alerts = changed.map(({ alert }) => alert);
  const notifications = changed.flatMap(({ notifications }) => notifications);
  await tellAlerts(place, notifications);
  return { alerts, notifications, notes };
}

/** `alert.fired`, `alert.resolved` and so on, once for each message. */
async function tellAlerts(
  place: DocumentPlace,
  notifications: readonly AlertNotification[],
): Promise<void> {
  for (const { id, endpoint, rule, kind, severity, subject, transition } of notifications) {
    await told(place, `alert.${transition.kind}`, {
      ...{ "alert.id": id, endpoint, rule, kind, severity, subject: subject ?? "" },
      reason: transition.reason,
    });
  }
}

/** Windows that end by an instant no longer count; what is open stays as it is. */
function countedFrom(alert: Alert, since: string | undefined): Alert {
  const isLater = since !== undefined &&
    (alert.since === null || Date.parse(alert.since) < Date.parse(since));
  return isLater && !isOpen(alert) ? { ...alert, since } : alert;
}

/** Which alert, who, and why. */
export interface AlertDeed extends AlertActor {
  /** The endpoint. */
  readonly endpoint: string;
  /** The alert, or the first digits of its fingerprint that name no other. */
  readonly fingerprint: string;
  /** One sentence. */
  readonly reason: string;
}

/**
 * Says that somebody looks after an alert.
 *
 * @param place Where the alerts are.
 * @param deed See {@linkcode AlertDeed}.
 * @returns The alert.
 * @throws {BadInput} If there is no such alert, or it is not open.
 *
 * @example
 * ```ts ignore
 * await acknowledge(workspace, { endpoint: "iris", fingerprint, actor: "ada", reason: "I look" });
 * ```
 */
export async function acknowledge(place: DocumentPlace, deed: AlertDeed): Promise<Alert> {
  return await act(place, deed, (said) => ({ kind: "acknowledge", ...said }));
}

/**
 * Says that an alert is over, before its windows do.
 *
 * @param place Where the alerts are.
 * @param deed See {@linkcode AlertDeed}.
 * @returns The alert.
 * @throws {BadInput} If there is no such alert, or it is not open.
 *
 * @example
 * ```ts ignore
 * await resolveAlert(workspace, { endpoint: "iris", fingerprint, actor: "ada", reason: "rolled back" });
 * ```
 */
export async function resolveAlert(place: DocumentPlace, deed: AlertDeed): Promise<Alert> {
  return await act(place, deed, (said) => ({ kind: "resolve", ...said }));
}

/**
 * Keeps an alert quiet until a time. It goes on living; what still fires is told then.
 *
 * @param place Where the alerts are.
 * @param deed See {@linkcode AlertDeed}; `until` in ISO 8601.
 * @returns The alert.
 * @throws {BadInput} If there is no such alert, or `until` is no time to come.
 *
 * @example
 * ```ts ignore
 * await silence(workspace, { endpoint: "iris", fingerprint, until: "2026-01-02T08:00:00Z", actor: "ada", reason: "known" });
 * ```
 */
export async function silence(
  place: DocumentPlace,
  { until, ...deed }: AlertDeed & { readonly until: string },
): Promise<Alert> {
  return await act(place, deed, (said) => ({ kind: "silence", until, ...said }));
}

/**
 * The alerts of an endpoint.
 *
 * @param place Where they are.
 * @param options The endpoint; `all` brings those that only had violating windows, too.
 * @returns Alerts that have fired, open ones first, then by the last violating window, latest first.
 * @throws {BadInput} If the endpoint's name is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 * import { listAlerts } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(await listAlerts({ store: createMemoryStore() }, { endpoint: "iris" }), []);
 * ```
 */
export async function listAlerts(
  place: DocumentPlace,
  { endpoint, all = false }: { readonly endpoint: string; readonly all?: boolean },
): Promise<Alert[]> {
  const documents = await readAlerts(documentsOf(place), endpoint);
  const rank = ({ state }: Alert) => ["firing", "acknowledged", "resolved", "quiet"].indexOf(state);
  const seen = ({ lastSeen }: Alert) => lastSeen === null ? 0 : Date.parse(lastSeen);
  return documents
    .map(({ alert }) => alert)
    .filter(({ occurrence }) => all || occurrence > 0)
    .sort((a, b) => rank(a) - rank(b) || seen(b) - seen(a));
}

async function act(
  place: DocumentPlace,
  { endpoint, fingerprint, actor, reason, clock = systemClock }: AlertDeed,
  event: (said: { at: string; actor: string; reason: string }) => AlertEvent,
): Promise<Alert> {
  const store = documentsOf(place), paths = alertPaths(endpoint);
  const all = await store.list(paths.alerts);
  const path = all.filter((one) => one.startsWith(paths.alerts + fingerprint));
  if (path.length !== 1 || fingerprint === "") {
    const rule = `must name one alert of ${endpoint}, and names ${path.length}`;
    throw new BadInput({ field: "alert", rule, value: fingerprint });
  }
  const events = [event({ at: clock.now().toISOString(), actor, reason })];
  const { alert, notifications } = await changeAlert(
    store,
    path[0],
    (found) => ({ alert: found!, events }),
  );
  await tellAlerts(place, notifications);
  return alert;
}
