/** An incident as people read it: its log, its windows, its messages, and the events of its timeline. */

import { type Table, table, type Timeline } from "lib/view/mod.ts";
import type { Incident, IncidentStep } from "./incident_record.ts";

/**
 * The log as a table.
 *
 * @param incident The drill.
 * @returns The table, a row for each event.
 *
 * @example
 * ```ts ignore
 * incidentTable(incident);
 * ```
 */
export function incidentTable({ id, events }: Pick<Incident, "id" | "events">): Table {
  const rows = events.map(({ seconds, window, kind, sentence }) => ({
    seconds,
    window: window || null,
    event: kind,
    sentence,
  }));
  return table(rows, {
    columns: [
      { key: "seconds", digits: 1 },
      { key: "window" },
      { key: "event" },
      { key: "sentence", label: "what happened" },
    ],
    caption: `${id}: ${events.length} lines of its log`,
  });
}

/**
 * What callers met, as a table.
 *
 * @param incident The drill.
 * @returns The table, a row for each window.
 *
 * @example
 * ```ts ignore
 * incidentWindowsTable(incident);
 * ```
 */
export function incidentWindowsTable({ windows }: Pick<Incident, "windows">): Table {
  return table(windows, {
    columns: [
      { key: "window" },
      { key: "phase" },
      { key: "requests" },
      { key: "failed" },
      { key: "slow", label: "too slow" },
      { key: "rows", label: "rows answered" },
      { key: "labelled", label: "with a label" },
      { key: "wrong", label: "of them wrong" },
    ],
    caption: "What callers met, window by window",
  });
}

/**
 * The messages as a table.
 *
 * @param incident The drill.
 * @returns The table, a row for each alert that fired after the injection.
 *
 * @example
 * ```ts ignore
 * incidentMessagesTable(incident);
 * ```
 */
export function incidentMessagesTable({ messages }: Pick<Incident, "messages">): Table {
  return table(messages, {
    columns: [
      { key: "kind" },
      { key: "subject" },
      { key: "severity" },
      { key: "toldAt", label: "told at" },
      { key: "reason", label: "why" },
    ],
    caption: messages.length === 1 ? "1 message" : `${messages.length} messages`,
  });
}

/** What a step is called in pictures. */
const NAMES = { injected: "fault", noticed: "told", mitigated: "mitigated", recovered: "over" };

/**
 * The steps for `timelinePicture`. Seconds run from the injection.
 *
 * @param incident The drill.
 * @returns Four events, null where one has not happened, and three durations.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { incidentTimeline } from "lib/lifecycle/mod.ts";
 *
 * const { events } = incidentTimeline({ events: [], mitigation: null });
 * assert.deepEqual(events.map(({ seconds }) => seconds), [null, null, null, null]);
 * ```
 */
export function incidentTimeline(
  { events, mitigation }: Pick<Incident, "events" | "mitigation">,
): Timeline {
  const done = { "roll-back": "rolled back", "fix-data": "source mended" };
  const names = { ...NAMES, ...(mitigation && { mitigated: done[mitigation] }) };
  const secondsOf = (step: IncidentStep) => events.find(({ kind }) => kind === step)?.seconds;
  const zero = secondsOf("injected");
  const at = (step: IncidentStep) => {
    const seconds = secondsOf(step);
    return seconds === undefined || zero === undefined ? null : seconds - zero;
  };
  const steps = ["injected", "noticed", "mitigated", "recovered"] as const;
  const from = names.injected;
  return {
    events: steps.map((step) => ({ name: names[step], seconds: at(step) })),
    durations: [
      { name: "time to detect", from, to: names.noticed },
      { name: "time to mitigate", from, to: names.mitigated },
      { name: "time to recover", from, to: names.recovered },
    ],
  };
}
