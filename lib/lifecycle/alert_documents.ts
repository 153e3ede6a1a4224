/**
 * Alerts as documents: each is one, changed compare-and-set, and what has to be said lies in the same
 * document until it is delivered. So two who watch say nothing twice, and one that dies between writing
 * and sending loses nothing.
 */

import { digestOf, type Json } from "lib/core/mod.ts";
import {
  type Alert,
  type AlertEvent,
  type AlertNotification,
  reduceAlert,
} from "lib/monitoring/mod.ts";
import { type DocumentStore, updateDocument } from "lib/registry/mod.ts";
import { alertPaths } from "./documents.ts";

/** An alert's document, at `alerts/ENDPOINT/FINGERPRINT.json`. */
export interface AlertDocument {
  /** The alert. */
  readonly alert: Alert;
  /** Written but not delivered yet, the first first. */
  readonly outbox: readonly AlertNotification[];
}

/** All documents of an endpoint, by fingerprint. */
export async function readAlerts(
  store: DocumentStore,
  endpoint: string,
): Promise<AlertDocument[]> {
  const paths = await store.list(alertPaths(endpoint).alerts);
  const found = await Promise.all(paths.map((path) => store.read(path)));
  return found.flatMap((one) => one ? [one.value as unknown as AlertDocument] : []);
}

/** Takes delivered notifications out of an alert's outbox. */
export async function clearOutbox(
  store: DocumentStore,
  { endpoint, fingerprint }: Pick<Alert, "endpoint" | "fingerprint">,
  delivered: ReadonlySet<string>,
): Promise<void> {
  await updateDocument(store, alertPaths(endpoint).alert(fingerprint), (found) => {
    const { alert, outbox } = found as unknown as AlertDocument;
    return plain({ alert, outbox: outbox.filter(({ id }) => !delivered.has(id)) });
  });
}

/** An alert after a change, and what has to be said about it. */
interface Changed {
  readonly alert: Alert;
  readonly notifications: readonly AlertNotification[];
}

/** An alert after events, one after the other. */
export function reduceEvents(first: Alert, events: readonly AlertEvent[]): Changed {
  const notifications: AlertNotification[] = [];
  let alert = first;
  for (const event of events) {
    const next = reduceAlert(alert, event);
    alert = next.alert;
    notifications.push(...next.notifications);
  }
  return { alert, notifications };
}

/**
 * One change of one document: read, reduce, write over what was read; again after a lost race. Where
 * nothing changes nothing is written.
 */
export async function changeAlert(
  store: DocumentStore,
  path: string,
  begin: (found: Alert | undefined) => { alert: Alert; events: readonly AlertEvent[] },
): Promise<Changed> {
  const step = (found: Json | undefined) => {
    const before = found as unknown as AlertDocument | undefined;
    const { alert, events } = begin(before?.alert);
    return { before, ...reduceEvents(alert, events) };
  };
  const found = await store.read(path) ?? null, now = step(found?.value);
  if (now.before && digestOf(now.before.alert) === digestOf(now.alert)) return now;
  let last = now; // what a lost race has found does not count
  await updateDocument(store, path, (found) => {
    last = step(found);
    return plain({ ...last, outbox: [...last.before?.outbox ?? [], ...last.notifications] });
  }, { found });
  return last;
}

function plain({ alert, outbox }: AlertDocument): Json {
  return JSON.parse(JSON.stringify({ alert, outbox }));
}
