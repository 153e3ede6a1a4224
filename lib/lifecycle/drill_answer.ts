/** What follows from a window of a drill: people are told, and what is to be done is done. */

import { systemClock } from "lib/core/mod.ts";
import {
  isOpen,
  mitigate,
  type Mitigation,
  respond,
  type RespondWindow,
  type WindowSignal,
} from "lib/monitoring/mod.ts";
import { type RecordedSignals, recordSignals } from "./alerts.ts";
import { deliverAlerts } from "./deliver.ts";
import type { Drill } from "./drill.ts";
import type { IncidentAlert } from "./incident_record.ts";
import { rollback, rollbackSentence } from "./rollback.ts";

/** Tells people, and does what is to be done. */
export async function answer(
  drill: Drill,
  { at, signals, verdicts, expected }: {
    readonly at: number;
    readonly signals: readonly WindowSignal[];
    readonly verdicts: readonly RespondWindow[];
    readonly expected: number;
  },
): Promise<void> {
  const { workspace, options: { live, clock, story }, has, notes, say } = drill;
  const endpoint = live.name;
  const recorded = await recordSignals(workspace, signals, { endpoint, clock, since: story.begin });
  const fired = await tell(drill, recorded);
  if (!has("injected")) {
    if (fired.length === 0) return;
    const sentence = `A false alarm: ${fired[0].reason}`;
    return await say("false-alarm", at, sentence, {
      falseAlarms: notes().falseAlarms + fired.length,
    });
  }
  const messages = [...notes().messages, ...fired], told = messages.filter((one) => one.toldAt);
  if (!has("noticed") && told.length > 0) {
    const kinds = [...new Set(told.map(({ kind }) => kind))].join(", ");
    await say("noticed", at, `${kinds}: ${told[0].reason}`, { messages });
  } else if (fired.length > 0) {
    await say("also", at, `${fired.map(({ kind }) => kind).join(", ")}: ${fired[0].reason}`, {
      messages,
    });
  }
  const open = recorded.alerts.filter(isOpen);
  if (has("mitigated")) {
    if (open.length > 0) return;
    return await say("recovered", at, "Every alert is resolved by clean windows.");
  }
  if (!has("noticed") || open.length === 0) return;
  const decision = respond({
    ...{ windows: verdicts, expected, lastRetrain: null, now: verdicts.at(-1)!.time },
    labelledRows: verdicts.reduce((sum, { labels }) => sum + labels, 0),
  });
  const alerts = [...new Set(open.map(({ rule }) => rule.kind))];
  await act(drill, { at, chosen: mitigate({ alerts, decision, windows: verdicts }) });
}

/** Sends what lies in the outboxes, and says of each alert that has just fired whether it arrived. */
async function tell(
  { workspace, options: { live, webhook, clock = systemClock } }: Drill,
  { notifications }: RecordedSignals,
): Promise<IncidentAlert[]> {
  if (notifications.length === 0) return [];
  const deliveries = await deliverAlerts(workspace, { endpoint: live.name, webhook });
  const arrived = new Set(deliveries.flatMap(({ id, delivered }) => delivered ? [id] : []));
  const at = clock.now().toISOString();
  return notifications.filter(({ transition }) => transition.kind === "fired")
    .map(({ id, kind, subject, severity, runbook, transition: { reason } }) => ({
      ...{ id, kind, subject, severity, runbook, reason, toldAt: arrived.has(id) ? at : null },
    }));
}

/** Does what was chosen. */
async function act(
  { workspace, options: { live }, say }: Drill,
  { at, chosen: { action, kind, because } }: { readonly at: number; readonly chosen: Mitigation },
): Promise<void> {
  const runbook = `notebooks/runbooks/${kind}.md`;
  if (action === "wait") return await say("waited", at, because[0], { because, runbook });
  const done = { mitigation: action, because, runbook };
  if (action === "fix-data") {
    return await say("mitigated", at, "The callers have taken their release back.", done);
  }
  const back = await rollback(workspace, {
    ...{ endpoint: live.name, to: live.deployment, reason: `incident drill: ${because[0]}` },
  });
  if (!back.verified) return await say("waited", at, rollbackSentence(back), { because, runbook });
  await say("mitigated", at, `${rollbackSentence(back)}.`, done);
}
