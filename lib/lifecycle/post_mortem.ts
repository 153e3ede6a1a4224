/** A post-mortem made of an incident's record: the facts are filled in, the questions are left to people. */

import {
  formatSeconds,
  reportPage,
  type ReportTile,
  table,
  timelinePicture,
} from "lib/view/mod.ts";
import type { Incident } from "./incident_record.ts";
import {
  incidentMessagesTable,
  incidentTable,
  incidentTimeline,
  incidentWindowsTable,
} from "./incident_tables.ts";

/** What no record knows. */
const QUESTIONS = [
  "Why was it possible? (Ask why again, until the answer can be changed.)",
  "What would have found it earlier?",
  "What would have kept callers from it?",
  "What went well, and where were we lucky?",
];

/** What is usually asked for; who does it, and by when, is for people to say. */
const ACTIONS = ["Keep it from happening again", "Find it earlier", "Make it go away faster"];

/**
 * A post-mortem as a page. It blames nobody: it says what happened, and leaves open why.
 *
 * @param incident The record.
 * @returns An HTML document that needs nothing else.
 * @throws {RangeError} If nothing was injected: there is nothing to look back at.
 *
 * @example
 * ```ts ignore
 * await replaceFile(fromCheckout("out/report/post_mortem.html"), postMortemPage(incident));
 * ```
 */
export function postMortemPage(incident: Incident): string {
  const { id, endpoint, fault, servedBefore, servedAfter, events, because, runbook } = incident;
  if (!fault) throw new RangeError(`Cannot look back at ${id} as nothing was injected`);
  const injected = events.find(({ kind }) => kind === "injected")!;
  const isBack = servedAfter?.digest === servedBefore.digest;
  const actions = ACTIONS.map((action) => ({ action, owner: "", due: "", done: "" }));
  return reportPage({
    title: `Post-mortem: ${fault.name}`,
    meta: `${endpoint}, ${id}. ${injected.at} to ${events.at(-1)!.at}. A drill.`,
    tiles: tilesOf(incident),
    sections: [
      { heading: "What happened", items: [fault.sentence, ...impactOf(incident)] },
      {
        heading: "When",
        lead:
          "Seconds run from the injection to when a message had arrived, traffic or callers were " +
          "back, and the last alert was resolved.",
        items: [timelinePicture(incidentTimeline(incident)), incidentTable(incident)],
      },
      {
        heading: "How it was noticed",
        lead: `${falseAlarms(incident)} came before the fault.`,
        items: [incidentMessagesTable(incident)],
      },
      {
        heading: "What was done, and why",
        lead: runbook
          ? `The page that applied: ${runbook}`
          : "Nothing was noticed, so nothing was done.",
        items: [
          ...because,
          servedAfter
            ? `Served before: ${served(servedBefore)}. Served after: ${served(servedAfter)}, ${
              isBack ? "the same" : "NOT the same"
            }.`
            : "Who serves was not asked: the drill was cut off.",
        ],
      },
      { heading: "What callers met", items: [incidentWindowsTable(incident)] },
      {
        heading: "To be answered by people",
        items: [table(QUESTIONS.map((question) => ({ question, answer: "" })))],
      },
      {
        heading: "Actions",
        lead: "An action has an owner and a day, or it is a wish.",
        items: [table(actions, { caption: `${actions.length} actions without an owner` })],
      },
    ],
  });
}

function served({ deployment, digest }: { deployment: string; digest: string }): string {
  return `${deployment} with digest ${digest.slice(0, 12)}`;
}

function falseAlarms({ falseAlarms: count }: Incident): string {
  return count === 0 ? "No alarm" : count === 1 ? "1 false alarm" : `${count} false alarms`;
}

/** Who was affected, in sentences. */
function impactOf({ affected, mitigation, alerts }: Incident): string[] {
  const { windows, requests, failed, slow, rows, labelled, wrong } = affected;
  const span = `${windows} window${windows === 1 ? "" : "s"}`;
  const until = mitigation ? `It acted in ${span}.` : `It acted in ${span}, and nothing was done.`;
  const by = alerts.length > 0 ? `Alerts: ${alerts.join(", ")}.` : "Nobody noticed it.";
  return [
    `${until} ${by}`,
    `Of ${requests} requests, ${failed} got no answer and ${slow} waited longer than promised. ` +
    `Of ${rows} rows that were answered ${labelled} have a label, and ${wrong} of those answers ` +
    "were wrong.",
  ];
}

function tilesOf(
  { seconds, affected, falseAlarms, servedBefore, servedAfter }: Incident,
): ReportTile[] {
  const time = (label: string, value: number | null): ReportTile => ({
    label,
    value: value === null ? "never" : formatSeconds(value),
    state: value === null ? "critical" : undefined,
  });
  const isBack = servedAfter?.digest === servedBefore.digest;
  return [
    time("Time to detect", seconds.toDetect),
    time("Time to mitigate", seconds.toMitigate),
    time("Time to recover", seconds.toRecover),
    {
      label: "Requests affected",
      value: String(affected.requests),
      note: "until it was mitigated",
    },
    { label: "False alarms before", value: String(falseAlarms) },
    {
      label: "Good version serves",
      value: servedAfter ? (isBack ? "yes" : "no") : "not asked",
      state: servedAfter ? (isBack ? "ok" : "critical") : "unknown",
      note: servedAfter ? "by its own digest" : undefined,
    },
  ];
}
