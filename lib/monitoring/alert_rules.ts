/** Alert rules: which signals of the windows have to persist, and for how long, before people are called. */

import { BadInput, digestOf } from "lib/core/mod.ts";
import { instant } from "./instant.ts";

/** What an alert can be about. Each kind has a runbook. */
export const ALERT_KINDS = [
  "data-quality",
  "drift",
  "prediction-drift",
  "performance",
  "estimate",
  "latency",
  "errors",
] as const;

/** One of {@linkcode ALERT_KINDS}. */
export type AlertKind = typeof ALERT_KINDS[number];

/** How soon somebody has to look: with the next review, today, now. */
export type Severity = "info" | "warning" | "critical";

/** When an alert fires, when it is over, and what to read then. */
export interface AlertRule {
  /** Name, unique among the rules. */
  readonly id: string;
  /** The signals that it looks at. */
  readonly kind: AlertKind;
  /** How soon somebody has to look. */
  readonly severity: Severity;
  /** Violating windows (N) among the last `of` that it takes; the latest must be one of them. */
  readonly needed: number;
  /** Latest windows (M) that are counted. */
  readonly of: number;
  /** Clean windows in a row (K) after which the alert is resolved. */
  readonly clean: number;
  /** Page to read, from the top of the checkout. */
  readonly runbook: string;
}

/** What one window says about one thing. Whoever measures it makes these. */
export interface WindowSignal {
  /** Name of the window; the same window has the same name each time. */
  readonly window: string;
  /** End of the window, ISO 8601. */
  readonly time: string;
  /** What was looked at. */
  readonly kind: AlertKind;
  /** The feature or class that it is about; null for the window as a whole. */
  readonly subject: string | null;
  /** Whether the limit was broken. */
  readonly violated: boolean;
  /** The number that was compared; null where there is none. */
  readonly value: number | null;
  /** What it was compared with; null where there is none. */
  readonly limit: number | null;
  /** One sentence for people, with the numbers. */
  readonly sentence: string;
}

/** Path of a kind's runbook, from the top of the checkout. */
function runbookOf(kind: AlertKind): string {
  return `notebooks/runbooks/${kind}.md`;
}

function rule(
  kind: AlertKind,
  severity: Severity,
  { needed, of, clean }: Pick<AlertRule, "needed" | "of" | "clean">,
): AlertRule {
  return { id: kind, kind, severity, needed, of, clean, runbook: runbookOf(kind) };
}

/**
 * The rules where nobody gives others. What is broken or loses calls at once; what only looks different
 * has to persist, so that a single window by chance calls nobody.
 */
export const DEFAULT_RULES: readonly AlertRule[] = [
  rule("data-quality", "critical", { needed: 1, of: 1, clean: 2 }),
  rule("drift", "warning", { needed: 2, of: 5, clean: 3 }),
  rule("prediction-drift", "warning", { needed: 2, of: 5, clean: 3 }),
  rule("performance", "critical", { needed: 2, of: 5, clean: 2 }),
  rule("estimate", "warning", { needed: 2, of: 5, clean: 3 }),
  rule("latency", "warning", { needed: 2, of: 3, clean: 2 }),
  rule("errors", "critical", { needed: 1, of: 1, clean: 2 }),
];

/**
 * Refuses rules that could not fire, or of which two share a name.
 *
 * @param rules The rules.
 * @returns The rules.
 * @throws {BadInput} If one breaks its rule; the message names it.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { checkRules, DEFAULT_RULES } from "lib/monitoring/mod.ts";
 *
 * const [first] = DEFAULT_RULES;
 * assert.equal(checkRules(DEFAULT_RULES), DEFAULT_RULES);
 * assert.throws(() => checkRules([{ ...first, needed: 2 }]), /alert rule data-quality needed must be from 1 to 1: got 2/);
 * ```
 */
export function checkRules(rules: readonly AlertRule[]): readonly AlertRule[] {
  const ids = new Set<string>();
  for (const { id, kind, needed, of, clean } of rules) {
    const field = `alert rule ${id}`;
    if (ids.has(id)) throw new BadInput({ field, rule: "must be there once" });
    ids.add(id);
    if (!ALERT_KINDS.includes(kind)) {
      const rule = `must be one of ${ALERT_KINDS.join(", ")}`;
      throw new BadInput({ field: `${field} kind`, rule, value: kind });
    }
    const whole = (name: string, value: number, most: number) => {
      if (Number.isInteger(value) && value >= 1 && value <= most) return;
      throw new BadInput({ field: `${field} ${name}`, rule: `must be from 1 to ${most}`, value });
    };
    whole("of", of, MOST_WINDOWS);
    whole("needed", needed, of);
    whole("clean", clean, MOST_WINDOWS);
  }
  return rules;
}

/** Most windows that a rule may count; an alert remembers somewhat more. */
export const MOST_WINDOWS = 30;

/** Signals in order, and what had to be done for it. */
export interface OrderedSignals {
  /** By time, then by window, kind and subject; each once. */
  readonly signals: readonly WindowSignal[];
  /** What was put right, one sentence each; empty if nothing. */
  readonly notes: readonly string[];
}

/**
 * Brings signals into the order of time and drops what came twice. Where two differ about the same thing,
 * the last one given counts: a window is measured again when its labels have come.
 *
 * @param signals In any order.
 * @returns See {@linkcode OrderedSignals}.
 * @throws {BadInput} If a time is no instant, a number is none, or a window has two times.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { orderSignals } from "lib/monitoring/mod.ts";
 *
 * const signal = (n: number) => ({
 *   window: `window ${n}`, time: `2026-01-0${n}T00:00:00Z`, kind: "drift" as const, subject: null,
 *   violated: false, value: 0.2, limit: 0.05, sentence: "p = 0.2",
 * });
 * const { signals, notes } = orderSignals([signal(2), signal(1), signal(2)]);
 * assert.deepEqual(signals.map(({ window }) => window), ["window 1", "window 2"]);
 * assert.deepEqual(notes, ["1 signal came twice and was counted once.", "1 signal came late and was put in its place by time."]);
 * ```
 */
export function orderSignals(signals: readonly WindowSignal[]): OrderedSignals {
  const times = new Map<string, number>(), last = new Map<string, WindowSignal>();
  let twice = 0, changed = 0, late = 0, newest = -Infinity;
  for (const signal of signals) {
    const at = instant(signal.time, `signal of ${signal.window} time`), key = keyOf(signal);
    for (const name of ["value", "limit"] as const) {
      const value = signal[name];
      if (value !== null && !Number.isFinite(value)) {
        throw new BadInput({
          field: `signal of ${signal.window} ${name}`,
          rule: "must be a number or null",
          value,
        });
      }
    }
    if ((times.get(signal.window) ?? at) !== at) {
      const field = `signal of ${signal.window} time`;
      throw new BadInput({ field, rule: "must be the same for a window", value: signal.time });
    }
    times.set(signal.window, at);
    const before = last.get(key);
    if (before && digestOf(before) === digestOf(signal)) twice++;
    else if (before) changed++;
    else if (at < newest) late++;
    newest = Math.max(newest, at);
    last.set(key, signal);
  }
  const place = (one: WindowSignal) => times.get(one.window)!;
  const ordered = [...last.entries()]
    .sort(([a, x], [b, y]) => place(x) - place(y) || (a < b ? -1 : 1))
    .map(([, signal]) => signal);
  const count = (n: number, said: string) =>
    n === 0 ? [] : [`${n} signal${n === 1 ? "" : "s"} ${said}`];
  return {
    signals: ordered,
    notes: [
      ...count(twice, `came twice and ${twice === 1 ? "was" : "were"} counted once.`),
      ...count(changed, "came again with other numbers; the last one counts."),
      ...count(late, `came late and ${late === 1 ? "was" : "were"} put in its place by time.`),
    ],
  };
}

function keyOf({ window, kind, subject }: WindowSignal): string {
  return JSON.stringify([window, kind, subject]);
}

/**
 * The name of an alert: what is called the same is the same alert.
 *
 * @param of Endpoint (or model), id of the rule, and the subject.
 * @returns 64 hexadecimal digits.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alertFingerprint } from "lib/monitoring/mod.ts";
 *
 * const one = alertFingerprint({ endpoint: "iris", rule: "drift", subject: "petal_length" });
 * assert.equal(one, alertFingerprint({ subject: "petal_length", rule: "drift", endpoint: "iris" }));
 * assert.notEqual(one, alertFingerprint({ endpoint: "iris", rule: "drift", subject: null }));
 * ```
 */
export function alertFingerprint(
  { endpoint, rule, subject }: {
    readonly endpoint: string;
    readonly rule: string;
    readonly subject: string | null;
  },
): string {
  return digestOf({ endpoint, rule, subject });
}

/** Signals that belong to one alert. */
export interface RoutedSignals {
  /** Name of the alert. */
  readonly fingerprint: string;
  /** The rule that looks at them. */
  readonly rule: AlertRule;
  /** What they are about. */
  readonly subject: string | null;
  /** By time, one for each window. */
  readonly signals: readonly WindowSignal[];
}

/**
 * Sorts signals by the alert that they belong to: each rule sees the signals of its kind, each subject
 * on its own. A kind for which there is no rule calls nobody.
 *
 * @param signals In any order.
 * @param options The endpoint (or model), and the rules. Default {@linkcode DEFAULT_RULES}.
 * @returns One entry for each fingerprint, in the order of the rules, then of the first signal; and what
 * was put right, see {@linkcode orderSignals}.
 * @throws {BadInput} If a rule or a signal is broken.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { routeSignals } from "lib/monitoring/mod.ts";
 *
 * const signal = {
 *   window: "window 1", time: "2026-01-01T00:00:00Z", kind: "drift" as const, subject: "petal_length",
 *   violated: true, value: 0.001, limit: 0.05, sentence: "p = 0.001",
 * };
 * const { routed } = routeSignals([signal, signal], { endpoint: "iris" });
 * assert.deepEqual(routed.map(({ rule, signals }) => [rule.id, signals.length]), [["drift", 1]]);
 * ```
 */
export function routeSignals(
  signals: readonly WindowSignal[],
  { endpoint, rules = DEFAULT_RULES }: {
    readonly endpoint: string;
    readonly rules?: readonly AlertRule[];
  },
): { readonly routed: readonly RoutedSignals[]; readonly notes: readonly string[] } {
  checkRules(rules);
  const { signals: ordered, notes } = orderSignals(signals);
  const routed = rules.flatMap((rule) => {
    const ours = ordered.filter(({ kind }) => kind === rule.kind);
    return [...new Set(ours.map(({ subject }) => subject))].map((subject) => ({
      fingerprint: alertFingerprint({ endpoint, rule: rule.id, subject }),
      rule,
      subject,
      signals: ours.filter((signal) => signal.subject === subject),
    }));
  });
  return { routed, notes };
}
