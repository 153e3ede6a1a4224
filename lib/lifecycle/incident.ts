/** The verb respond, as a drill: a fault is injected, noticed, mended and the mending verified. */

import { systemClock, take } from "lib/core/mod.ts";
import { clearDrill } from "./clear_drill.ts";
import { deliverAlerts } from "./deliver.ts";
import type { Drill, IncidentOptions } from "./drill.ts";
import { play } from "./drill_play.ts";
import { beginIncidentLog } from "./incident_log.ts";
import {
  type Incident,
  type IncidentEvent,
  type IncidentNotes,
  incidentOf,
} from "./incident_record.ts";
import { keepRecord } from "./keep_record.ts";
import { scoreRows } from "./score.ts";
import { closeAlerts } from "./story.ts";
import type { Workspace } from "./workspace.ts";

export type { IncidentOptions } from "./drill.ts";

/**
 * Plays a drill. Callers send windows of rows; from the first ones the usual is learnt; after some quiet
 * ones the fault comes. Each window is read back from the log and judged, and alerts go to the webhook:
 * it is noticed when a message has arrived. What is done then rests on the alerts, on the windows and on
 * who answered in them (`mitigate`); detection and choice know nothing of the fault. It is over when no
 * alert is open. At the end, however it comes, the faulty deployment is gone and what served before
 * serves.
 *
 * Each line of the log is in Blob before the next step (`incidents/ENDPOINT/ID.json`); the record as a
 * whole is kept for the dashboard.
 *
 * @param workspace Where the endpoint is.
 * @param options See {@linkcode IncidentOptions}.
 * @returns The drill; times are those of its log.
 * @throws {OperationError} If the service refuses.
 * @throws {ConflictError} If there is a log of this story, or somebody else writes into it.
 *
 * @example
 * ```ts ignore
 * const fault = chooseFault(seed);
 * const incident = await runIncident(workspace, { live, version, prepared, watch, fault, ...more });
 * ```
 */
export async function runIncident(
  workspace: Workspace,
  options: IncidentOptions,
): Promise<Incident> {
  const { live, version, clock = systemClock, story, webhook, onEvent } = options;
  const endpoint = live.name, id = story.idPrefix, begun = clock.now().getTime();
  await clearDrill(workspace, { endpoint });
  await closeAlerts(workspace, { endpoint, actor: "drill" });
  await deliverAlerts(workspace, { endpoint, webhook }); // what earlier stories have left to say
  const eventOf = (kind: IncidentEvent["kind"], window: number, sentence: string) => {
    const now = clock.now(), seconds = (now.getTime() - begun) / 1000;
    return { kind, at: now.toISOString(), seconds, window, sentence };
  };
  const { deployment } = live, { digest, version: served } = version;
  const first = eventOf("started", 0, `${endpoint} serves version ${served} with ${deployment}.`);
  let notes: IncidentNotes = {
    ...{ id, endpoint, fault: null, servedBefore: { deployment, version: served, digest } },
    ...{ events: [first], windows: [], messages: [], falseAlarms: 0 },
    ...{ mitigation: null, because: [], runbook: null, servedAfter: null },
  };
  const log = await beginIncidentLog(workspace, incidentOf(notes));
  onEvent?.(first);
  const drill: Drill = {
    workspace,
    options,
    has: (kind) => notes.events.some((event) => event.kind === kind),
    notes: () => notes,
    async say(kind, window, sentence, change = {}) {
      const event = eventOf(kind, window, sentence);
      notes = { ...notes, ...change, events: [...notes.events, event] };
      await log.save(incidentOf(notes));
      onEvent?.(event);
    },
  };
  try {
    await play(drill);
  } finally {
    await clearDrill(workspace, { endpoint });
    const servedAfter = await askWhoServes(workspace, options);
    const sentence = `${servedAfter.deployment} serves digest ${servedAfter.digest.slice(0, 12)}.`;
    await drill.say("ended", notes.windows.length, sentence, { servedAfter });
    await keepRecord(workspace, { endpoint, kind: "incident", record: incidentOf(notes) });
  }
  return incidentOf(notes);
}

/** Asks the endpoint, as any caller would. */
async function askWhoServes(
  workspace: Workspace,
  { live, prepared }: IncidentOptions,
): Promise<{ deployment: string; digest: string }> {
  const samples = take(prepared.holdout, [0]), { url } = live;
  const { deployment, digest } = await scoreRows(workspace, {
    url,
    key: await live.key(),
    samples,
  });
  return { deployment, digest };
}
