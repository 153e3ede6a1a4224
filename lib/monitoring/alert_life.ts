/**
 * The life of an alert, as a reducer: an alert and an event give the alert afterwards and what has to be
 * said. There is no clock in here: each event brings its time.
 *
 * ```text
 * quiet ──fired──► firing ──acknowledged──► acknowledged
 *                    └──────────resolved─────────┴──► resolved ──fired──► firing (next occurrence)
 * ```
 * Silence lies across: in it the alert goes on living, and nothing is said before it ends.
 */

import { BadInput, digestOf } from "lib/core/mod.ts";
import {
  type Alert,
  type AlertEvent,
  type AlertNotification,
  type AlertState,
  type AlertStep,
  type AlertTransition,
  isOpen,
  KEPT_TRANSITIONS,
  KEPT_WINDOWS,
  type SeenWindow,
  type TransitionKind,
} from "./alert_records.ts";
import { instant } from "./instant.ts";

/**
 * One step of an alert's life.
 *
 * A window fires the alert if it and enough of the others violate ({@linkcode AlertRule}); in an open
 * alert it is counted and nothing is said; after enough clean ones the alert is resolved, and those
 * windows count for no later occurrence. A window that is known already, with the same numbers, changes
 * nothing; with other numbers it takes the place of the old one. A window from before everything that is
 * remembered is passed over. A kind without a signal in a window is neither violated nor clean there.
 *
 * @param alert The alert; it stays as it is.
 * @param event What happens. Its `at` also ends a silence that is over.
 * @returns See {@linkcode AlertStep}. Each change outside of silence is one notification.
 * @throws {BadInput} If a time is no instant, a silence ends before it begins, or an alert that is not
 * open is acknowledged or resolved.
 *
 * @example Two of five windows call, a third one says nothing more
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_RULES, quietAlert, reduceAlert } from "lib/monitoring/mod.ts";
 *
 * const rule = DEFAULT_RULES.find(({ id }) => id === "drift")!;
 * let alert = quietAlert({ endpoint: "iris", rule, subject: "petal_length" });
 * const said = [1, 2, 3].map((n) => {
 *   const time = `2026-01-0${n}T00:00:00Z`;
 *   const signal = {
 *     window: `window ${n}`, time, kind: rule.kind, subject: "petal_length",
 *     violated: true, value: 0.001, limit: 0.05, sentence: "p = 0.001, limit 0.05",
 *   };
 *   const step = reduceAlert(alert, { kind: "window", signal, at: time, actor: "monitor" });
 *   alert = step.alert;
 *   return step.notifications.map(({ transition }) => transition.kind);
 * });
 * assert.deepEqual(said, [[], ["fired"], []]);
 * assert.deepEqual([alert.state, alert.count, alert.lastSeen], ["firing", 3, "2026-01-03T00:00:00Z"]);
 * ```
 */
export function reduceAlert(alert: Alert, event: AlertEvent): AlertStep {
  const at = instant(event.at, "alert event at");
  const before = endSilence(alert, event.at, at);
  const after = apply(before, event, at);
  const first = alert.transitions.at(-1)?.number ?? 0;
  const notifications = after.transitions
    .filter(({ number, notify }) => number > first && notify)
    .map((transition) => notification(after, transition));
  return { alert: after, notifications };
}

function apply(alert: Alert, event: AlertEvent, at: number): Alert {
  switch (event.kind) {
    case "window":
      return seeWindow(alert, event);
    case "silence": {
      if (!(instant(event.until, "silence until") > at)) {
        throw new BadInput({
          field: "silence until",
          rule: `must be after ${event.at}`,
          value: event.until,
        });
      }
      if (alert.silencedUntil === event.until) return alert;
      const said = { ...event, reason: `Silenced until ${event.until}: ${event.reason}` };
      return { ...change(alert, "silenced", alert.state, said, true), silencedUntil: event.until };
    }
    case "acknowledge":
      mustBeOpen(alert, event.kind);
      return alert.state === "acknowledged"
        ? alert
        : change(alert, "acknowledged", "acknowledged", event);
    case "resolve":
      mustBeOpen(alert, event.kind);
      return resolved(alert, event);
  }
}

function mustBeOpen(alert: Alert, verb: string): void {
  if (isOpen(alert)) return;
  throw new BadInput({
    field: `alert ${alert.rule.id}${alert.subject === null ? "" : ` of ${alert.subject}`}`,
    rule: `must be open to ${verb} it`,
    value: alert.state,
  });
}

/** What was held back must not be lost: an alert that still fires is told when its silence is over. */
function endSilence(alert: Alert, text: string, at: number): Alert {
  const { silencedUntil } = alert;
  if (silencedUntil === null || at < Date.parse(silencedUntil)) return alert;
  const now = isOpen(alert) ? `the alert is ${alert.state}` : "the alert is not open";
  const said = {
    at: text,
    actor: "silence",
    reason: `Silence until ${silencedUntil} is over; ${now}.`,
  };
  return change({ ...alert, silencedUntil: null }, "silence-ended", alert.state, said);
}

type WindowEvent = Extract<AlertEvent, { kind: "window" }>;

function seeWindow(alert: Alert, event: WindowEvent): Alert {
  const { signal } = event, { windows: known } = alert;
  const { window, time, violated, value, limit, sentence } = signal;
  const seen: SeenWindow = { window, time, violated, value, limit, sentence };
  const end = instant(time, `signal of ${window} time`);
  const old = known.find((one) => one.window === window);
  if (old && digestOf(old) === digestOf(seen)) return alert;
  const isTooOld = known.length >= KEPT_WINDOWS && end <= Date.parse(known[0].time);
  if (!old && isTooOld) return alert;
  const windows = [...known.filter((one) => one !== old), seen]
    .sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.window < b.window ? -1 : 1))
    .slice(-KEPT_WINDOWS);
  const next = { ...alert, windows };
  return isOpen(alert) ? goOn(next, event) : maybeFire(next, event);
}

/** Windows that belong to no earlier occurrence. */
function fresh({ windows, since }: Alert): readonly SeenWindow[] {
  return since === null
    ? windows
    : windows.filter(({ time }) => Date.parse(time) > Date.parse(since));
}

function maybeFire(alert: Alert, event: WindowEvent): Alert {
  const { needed, of } = alert.rule, counted = fresh(alert).slice(-of);
  const bad = counted.filter(({ violated }) => violated), latest = counted.at(-1);
  if (!latest?.violated || bad.length < needed) return alert;
  const reason =
    `${bad.length} of the last ${counted.length} windows violate, ${needed} of ${of} ` +
    `are needed: ${latest.sentence}`;
  const begun = {
    ...alert,
    occurrence: alert.occurrence + 1,
    count: bad.length,
    firstSeen: bad[0].time,
    lastSeen: latest.time,
  };
  return change(begun, "fired", "firing", { ...event, reason });
}

function goOn(alert: Alert, event: WindowEvent): Alert {
  const { clean } = alert.rule, tail = fresh(alert).slice(-clean);
  const begin = Date.parse(alert.firstSeen!);
  const bad = fresh(alert).filter(({ time, violated }) => violated && Date.parse(time) >= begin);
  const counted = {
    ...alert,
    // what has fallen out of memory stays counted
    count: alert.windows.length < KEPT_WINDOWS ? bad.length : Math.max(alert.count, bad.length),
    lastSeen: bad.at(-1)?.time ?? alert.lastSeen,
  };
  if (tail.length < clean || tail.some(({ violated }) => violated)) return counted;
  const reason = `${clean} clean windows in a row: ${tail.at(-1)!.sentence}`;
  return resolved(counted, { ...event, reason });
}

function resolved(alert: Alert, said: Said): Alert {
  const since = alert.windows.at(-1)?.time ?? alert.since;
  return { ...change(alert, "resolved", "resolved", said), since };
}

interface Said {
  readonly at: string;
  readonly actor: string;
  readonly reason: string;
}

function change(
  alert: Alert,
  kind: TransitionKind,
  to: AlertState,
  { at, actor, reason }: Said,
  notify = alert.silencedUntil === null,
): Alert {
  const { state: from, occurrence } = alert;
  const number = (alert.transitions.at(-1)?.number ?? 0) + 1;
  const transition = { number, kind, from, to, occurrence, at, actor, reason, notify };
  return {
    ...alert,
    state: to,
    transitions: [...alert.transitions, transition].slice(-KEPT_TRANSITIONS),
  };
}

function notification(alert: Alert, transition: AlertTransition): AlertNotification {
  const { fingerprint, endpoint, subject, rule } = alert;
  return {
    id: digestOf({ fingerprint, number: transition.number, kind: transition.kind }),
    ...{ fingerprint, endpoint, rule: rule.id, kind: rule.kind, severity: rule.severity },
    ...{ subject, runbook: rule.runbook, transition },
  };
}
