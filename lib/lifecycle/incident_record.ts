/** The record of an incident: what it holds, and what is counted from its events. */

import type { AlertKind, AlertNotification, MitigationAction } from "lib/monitoring/mod.ts";
import type { Fault } from "./fault.ts";

/** What can happen in a drill, in this order. */
export type IncidentStep =
  | "started"
  | "injected"
  | "noticed"
  | "mitigated"
  | "recovered"
  | "ended";

/** One line of the drill's log. */
export interface IncidentEvent {
  /**
   * What it is: a step, a window that was looked at, an alert before the fault or after the first one, or
   * a decision that had to wait.
   */
  readonly kind: IncidentStep | "window" | "false-alarm" | "also" | "waited";
  /** When, ISO 8601. */
  readonly at: string;
  /** Seconds since the drill began. */
  readonly seconds: number;
  /** Number of the window, from 1. */
  readonly window: number;
  /** What happened, in one sentence. */
  readonly sentence: string;
}

/** Where a window lies: the usual is learnt, all is well, the fault acts, something was done. */
export type IncidentPhase = "baseline" | "quiet" | "fault" | "mitigated";

/** What callers met in one window. */
export interface IncidentWindow {
  /** Number, from 1. */
  readonly window: number;
  /** Where it lies. */
  readonly phase: IncidentPhase;
  /** Requests sent. */
  readonly requests: number;
  /** Of them without an answer: refused or failed. */
  readonly failed: number;
  /** Of those answered, later than promised. */
  readonly slow: number;
  /** Rows that were answered. */
  readonly rows: number;
  /** Of them with a label. */
  readonly labelled: number;
  /** Of those, answered with another class. */
  readonly wrong: number;
}

/** A message that somebody was sent. */
export interface IncidentAlert extends
  Pick<
    AlertNotification,
    "id" | "kind" | "subject" | "severity" | "runbook"
  > {
  /** Why it fired. */
  readonly reason: string;
  /** When the receiver had taken it, ISO 8601; null where it never did. */
  readonly toldAt: string | null;
}

/** Who served before the drill, and has to serve after it. */
export interface ServedBefore {
  /** The deployment. */
  readonly deployment: string;
  /** Its version. */
  readonly version: string;
  /** Digest of its model. */
  readonly digest: string;
}

/** Requests and rows from the injection until something was done. */
export interface Affected extends
  Pick<
    IncidentWindow,
    "requests" | "failed" | "slow" | "rows" | "labelled" | "wrong"
  > {
  /** Windows. */
  readonly windows: number;
}

/** A drill, from its event log. Plain data. */
export interface Incident {
  /** Its name, unique on the endpoint. */
  readonly id: string;
  /** The endpoint. */
  readonly endpoint: string;
  /** What was injected; null before. */
  readonly fault: Fault | null;
  /** Who served before it. */
  readonly servedBefore: ServedBefore;
  /** Who answered when it was over, by its own word; null while it runs, or where it was killed. */
  readonly servedAfter: Pick<ServedBefore, "deployment" | "digest"> | null;
  /** Its log. */
  readonly events: readonly IncidentEvent[];
  /** What callers met, window by window. */
  readonly windows: readonly IncidentWindow[];
  /** Kinds of the alerts by which it was noticed, each once. */
  readonly alerts: readonly AlertKind[];
  /** The messages behind them. */
  readonly messages: readonly IncidentAlert[];
  /** What was done; null where nothing was. */
  readonly mitigation: Exclude<MitigationAction, "wait"> | null;
  /** Why, the deciding sentence first. */
  readonly because: readonly string[];
  /** The page that applied, from the top of the checkout; null where nothing was noticed. */
  readonly runbook: string | null;
  /** Seconds from injection to the first message, to mitigation, to the end; null where it never came. */
  readonly seconds: {
    readonly toDetect: number | null;
    readonly toMitigate: number | null;
    readonly toRecover: number | null;
  };
  /** Who was affected. */
  readonly affected: Affected;
  /** Alerts that fired before anything was wrong. */
  readonly falseAlarms: number;
}

/** What a drill collects while it runs; the rest is counted from it. */
export type IncidentNotes = Omit<Incident, "alerts" | "seconds" | "affected">;

/**
 * Counts what follows from the events, the windows and the messages.
 *
 * @param notes What was collected so far.
 * @returns The record, as it stands.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { incidentOf } from "lib/lifecycle/mod.ts";
 *
 * const event = (kind: "injected" | "noticed", seconds: number) =>
 *   ({ kind, at: "2026-01-01T00:00:00Z", seconds, window: 6, sentence: "" });
 * const { seconds } = incidentOf({
 *   id: "i", endpoint: "iris-live", fault: null, falseAlarms: 0, mitigation: null, because: [],
 *   servedBefore: { deployment: "blue", version: "1", digest: "0" }, servedAfter: null, runbook: null,
 *   messages: [],
 *   events: [event("injected", 2), event("noticed", 3.5)], windows: [],
 * });
 * assert.deepEqual(seconds, { toDetect: 1.5, toMitigate: null, toRecover: null });
 * ```
 */
export function incidentOf(notes: IncidentNotes): Incident {
  const { events, windows, messages } = notes;
  const met = windows.filter(({ phase }) => phase === "fault");
  const sum = (key: "requests" | "failed" | "slow" | "rows" | "labelled" | "wrong") =>
    met.reduce((total, one) => total + one[key], 0);
  return {
    ...notes,
    alerts: [...new Set(messages.map(({ kind }) => kind))],
    seconds: {
      toDetect: since(events, "noticed"),
      toMitigate: since(events, "mitigated"),
      toRecover: since(events, "recovered"),
    },
    affected: {
      windows: met.length,
      requests: sum("requests"),
      failed: sum("failed"),
      slow: sum("slow"),
      rows: sum("rows"),
      labelled: sum("labelled"),
      wrong: sum("wrong"),
    },
  };
}

function since(events: readonly IncidentEvent[], step: IncidentStep): number | null {
  const [from, to] = ["injected", step].map((kind) => events.find((event) => event.kind === kind));
  return from && to ? to.seconds - from.seconds : null;
}
