/** Alerts, and what is done about them, as tables. */

import type { Alert, ResponseDecision, TrainingWindowVerdict } from "lib/monitoring/mod.ts";
import { type Table, table } from "lib/view/mod.ts";

/** First digits of a fingerprint: enough to name one of a few alerts. */
const SHORT = 8;

/**
 * Alerts as a table.
 *
 * @param alerts As `listAlerts` gives them.
 * @returns The table, a row for each alert.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { alertsTable } from "lib/lifecycle/mod.ts";
 *
 * assert.match(alertsTable([]).text, /0 alerts, 0 of them open/);
 * ```
 */
export function alertsTable(alerts: readonly Alert[]): Table {
  const rows = alerts.map((alert) => ({
    alert: alert.fingerprint.slice(0, SHORT),
    rule: alert.rule.id,
    subject: alert.subject,
    severity: alert.rule.severity,
    state: alert.silencedUntil === null
      ? alert.state
      : `${alert.state}, silenced until ${alert.silencedUntil}`,
    occurrence: alert.occurrence,
    count: alert.count,
    lastSeen: alert.lastSeen,
    why: alert.transitions.at(-1)?.reason ?? null,
    runbook: alert.rule.runbook,
  }));
  const open = alerts.filter(({ state }) => state === "firing" || state === "acknowledged").length;
  return table(rows, {
    columns: [
      { key: "alert" },
      { key: "rule" },
      { key: "subject" },
      { key: "severity" },
      { key: "state" },
      { key: "occurrence" },
      { key: "count", label: "windows" },
      { key: "lastSeen", label: "last seen" },
      { key: "why" },
      { key: "runbook" },
    ],
    caption: `${alerts.length} alert${alerts.length === 1 ? "" : "s"}, ${open} of them open`,
  });
}

/**
 * The answer to the last windows as a table.
 *
 * @param decision What `respond` says.
 * @returns The table: a row for each reason, the deciding one first; the caption says what to do.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { DEFAULT_RESPOND_POLICY as policy } from "lib/monitoring/mod.ts";
 * import { responseTable } from "lib/lifecycle/mod.ts";
 *
 * const { text } = responseTable({
 *   branch: "roll-back", because: ["The loss begins in window 3."], next: "deno task rollback",
 *   windows: ["window 3"], policy,
 * });
 * assert.match(text, /^roll-back\. Next: deno task rollback/);
 * ```
 */
export function responseTable({ branch, because, next, windows }: ResponseDecision): Table {
  const rows = because.map((reason, i) => ({ reason: i + 1, because: reason }));
  return table(rows, {
    caption: `${branch}. Next: ${next}. Asked on ${windows.length} windows.`,
  });
}

/**
 * The check of a training window as a table.
 *
 * @param verdict What `checkTrainingWindow` says.
 * @returns The table, a row for each check.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { trainingWindowTable } from "lib/lifecycle/mod.ts";
 *
 * const { text } = trainingWindowTable({
 *   decision: "accept", labels: "agree", sentence: "The labels agree with what was known.",
 *   findings: [{ check: "classes", passed: true, value: 0, limit: 0, rows: [], sentence: "All 3 classes are there." }],
 * });
 * assert.match(text, /^accept: The labels agree/);
 * ```
 */
export function trainingWindowTable(
  { decision, sentence, findings }: TrainingWindowVerdict,
): Table {
  const rows = findings.map(({ check, passed, rows, sentence }) => ({
    check,
    result: passed ? "passed" : "refused",
    rows: rows.length,
    why: sentence,
  }));
  return table(rows, { caption: `${decision}: ${sentence}` });
}
