/** An alert, what can happen to it, and what people are told: plain records. */

import {
  alertFingerprint,
  type AlertRule,
  checkRules,
  MOST_WINDOWS,
  type WindowSignal,
} from "./alert_rules.ts";

/** Where an alert stands. `quiet`: it has never fired. */
export type AlertState = "quiet" | "firing" | "acknowledged" | "resolved";

/** What happens to an alert. */
export type TransitionKind = "fired" | "acknowledged" | "resolved" | "silenced" | "silence-ended";

/** One change in an alert's life. */
export interface AlertTransition {
  /** 1 for the first of an alert. */
  readonly number: number;
  /** What happened. */
  readonly kind: TransitionKind;
  /** Where it stood. */
  readonly from: AlertState;
  /** Where it stands now. */
  readonly to: AlertState;
  /** Which firing it belongs to; 0 before the first. */
  readonly occurrence: number;
  /** When, ISO 8601. */
  readonly at: string;
  /** Who: a person, or the program that watches. */
  readonly actor: string;
  /** Why, in one sentence. */
  readonly reason: string;
  /** Whether people are told; false in silence. */
  readonly notify: boolean;
}

/** What an alert remembers of a window. */
export type SeenWindow = Pick<
  WindowSignal,
  "window" | "time" | "violated" | "value" | "limit" | "sentence"
>;

/** An alert: one for each fingerprint, for all its occurrences. JSON-safe. */
export interface Alert {
  /** Digest of endpoint, rule and subject. */
  readonly fingerprint: string;
  /** The endpoint (or model) that it is about. */
  readonly endpoint: string;
  /** Its rule, as it was at the last event. */
  readonly rule: AlertRule;
  /** Feature or class; null for the whole. */
  readonly subject: string | null;
  /** Where it stands. */
  readonly state: AlertState;
  /** How often it has fired. */
  readonly occurrence: number;
  /** Violating windows of the present (or last) occurrence. */
  readonly count: number;
  /** End of the first violating window of the occurrence; null before the first. */
  readonly firstSeen: string | null;
  /** End of the last violating window of the occurrence; null before the first. */
  readonly lastSeen: string | null;
  /** Windows up to this instant count no more, since the alert was resolved over them. */
  readonly since: string | null;
  /** Nothing is said before this instant; null if it is not silenced. */
  readonly silencedUntil: string | null;
  /** The latest windows, by time. */
  readonly windows: readonly SeenWindow[];
  /** Its life, the first change first; the oldest are dropped beyond {@linkcode KEPT_TRANSITIONS}. */
  readonly transitions: readonly AlertTransition[];
}

/** Windows that an alert remembers: those that a rule may count, and as many that may come late. */
export const KEPT_WINDOWS = 2 * MOST_WINDOWS;

/** Changes that an alert remembers. */
export const KEPT_TRANSITIONS = 200;

/** What can happen. */
export type AlertEvent =
  | {
    readonly kind: "window";
    readonly signal: WindowSignal;
    readonly at: string;
    readonly actor: string;
  }
  | {
    readonly kind: "acknowledge" | "resolve";
    readonly at: string;
    readonly actor: string;
    readonly reason: string;
  }
  | {
    readonly kind: "silence";
    /** End of the silence, ISO 8601. */
    readonly until: string;
    readonly at: string;
    readonly actor: string;
    readonly reason: string;
  };

/** What people are told. */
export interface AlertNotification {
  /** Names the message: the same change has the same id, so a receiver can drop what comes twice. */
  readonly id: string;
  /** Digest of endpoint, rule and subject. */
  readonly fingerprint: string;
  /** The endpoint (or model). */
  readonly endpoint: string;
  /** Id of the rule. */
  readonly rule: string;
  /** What it is about. */
  readonly kind: AlertRule["kind"];
  /** How soon somebody has to look. */
  readonly severity: AlertRule["severity"];
  /** Feature or class; null for the whole. */
  readonly subject: string | null;
  /** Page to read. */
  readonly runbook: string;
  /** The change. */
  readonly transition: AlertTransition;
}

/** An alert after an event. */
export interface AlertStep {
  /** The alert. The same object as before if nothing has changed. */
  readonly alert: Alert;
  /** To be sent, in this order. */
  readonly notifications: readonly AlertNotification[];
}

/**
 * An alert before its first window.
 *
 * @param of Endpoint (or model), rule, and subject.
 * @returns The alert, quiet.
 * @throws {BadInput} If the rule could not fire.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_RULES, quietAlert } from "lib/monitoring/mod.ts";
 *
 * assert.equal(quietAlert({ endpoint: "iris", rule: DEFAULT_RULES[0], subject: null }).state, "quiet");
 * ```
 */
export function quietAlert(
  { endpoint, rule, subject }: Pick<Alert, "endpoint" | "rule" | "subject">,
): Alert {
  checkRules([rule]);
  return {
    fingerprint: alertFingerprint({ endpoint, rule: rule.id, subject }),
    ...{ endpoint, rule, subject, state: "quiet", occurrence: 0, count: 0 },
    ...{ firstSeen: null, lastSeen: null, since: null, silencedUntil: null },
    ...{ windows: [], transitions: [] },
  };
}

/**
 * Whether somebody still has to look after it.
 *
 * @param alert The alert.
 * @returns True for firing and acknowledged.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_RULES, isOpen, quietAlert } from "lib/monitoring/mod.ts";
 *
 * assert.equal(isOpen(quietAlert({ endpoint: "iris", rule: DEFAULT_RULES[0], subject: null })), false);
 * ```
 */
export function isOpen({ state }: Pick<Alert, "state">): boolean {
  return state === "firing" || state === "acknowledged";
}
