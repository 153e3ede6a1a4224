/** Emptying the outboxes: what is delivered leaves them, what nobody takes becomes a dead letter. */

import { systemClock } from "lib/core/mod.ts";
import type { AlertNotification } from "lib/monitoring/mod.ts";
import { type DocumentStore, updateDocument } from "lib/registry/mod.ts";
import { clearOutbox, readAlerts } from "./alert_documents.ts";
import { alertPaths, type DocumentPlace, documentsOf } from "./documents.ts";
import { type Delivery, type DeliveryAttempt, sendWebhook, type Webhook } from "./webhook.ts";

/** A message that nobody took, at `alerts/dead-letters/ENDPOINT/ID.json`. */
export interface DeadLetter {
  /** What was to be said. */
  readonly notification: AlertNotification;
  /** Origin of the receiver (no path, no query: they may be secret). */
  readonly receiver: string;
  /** Every try so far. */
  readonly attempts: readonly DeliveryAttempt[];
  /** When it was delivered after all, ISO 8601; null while it was not. */
  readonly deliveredAt: string | null;
}

/**
 * Sends what lies in the outboxes of an endpoint. A message leaves its outbox only when it is delivered
 * or kept as a dead letter, so whoever calls again after a crash sends the rest.
 *
 * @param place Where the alerts are.
 * @param options The endpoint and the webhook.
 * @returns One delivery for each message.
 * @throws {BadInput} If the endpoint's name, the webhook's URL or its secret is none; nothing is lost.
 *
 * @example
 * ```ts ignore
 * await recordSignals(workspace, signals, { endpoint });
 * const deliveries = await deliverAlerts(workspace, { endpoint, webhook });
 * ```
 */
export async function deliverAlerts(
  place: DocumentPlace,
  { endpoint, webhook }: { readonly endpoint: string; readonly webhook: Webhook },
): Promise<Delivery[]> {
  const store = documentsOf(place), deliveries: Delivery[] = [];
  for (const { alert, outbox } of await readAlerts(store, endpoint)) {
    for (const notification of outbox) {
      const delivery = await sendWebhook(notification, webhook);
      deliveries.push(delivery);
      if (!delivery.delivered) await keep(store, { endpoint, notification, delivery, webhook });
      await clearOutbox(store, alert, new Set([notification.id]));
    }
  }
  return deliveries;
}

/**
 * Sends the dead letters of an endpoint again.
 *
 * @param place Where they are.
 * @param options The endpoint and the webhook.
 * @returns One delivery for each letter that was still dead.
 * @throws {BadInput} As {@linkcode deliverAlerts}.
 *
 * @example
 * ```ts ignore
 * const deliveries = await redeliver(workspace, { endpoint, webhook });
 * ```
 */
export async function redeliver(
  place: DocumentPlace,
  { endpoint, webhook }: { readonly endpoint: string; readonly webhook: Webhook },
): Promise<Delivery[]> {
  const store = documentsOf(place), deliveries: Delivery[] = [];
  for (const { notification } of await listDeadLetters(place, { endpoint })) {
    const delivery = await sendWebhook(notification, webhook);
    deliveries.push(delivery);
    await keep(store, { endpoint, notification, delivery, webhook });
  }
  return deliveries;
}

/**
 * The messages that nobody has taken yet.
 *
 * @param place Where they are.
 * @param options The endpoint.
 * @returns The dead letters, by id.
 * @throws {BadInput} If the endpoint's name is none.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMemoryStore } from "lib/registry/mod.ts";
 * import { listDeadLetters } from "lib/lifecycle/mod.ts";
 *
 * assert.deepEqual(await listDeadLetters({ store: createMemoryStore() }, { endpoint: "iris" }), []);
 * ```
 */
export async function listDeadLetters(
  place: DocumentPlace,
  { endpoint }: { readonly endpoint: string },
): Promise<DeadLetter[]> {
  const store = documentsOf(place), paths = await store.list(alertPaths(endpoint).deadLetters);
  const found = await Promise.all(paths.map((path) => store.read(path)));
  return found
    .flatMap((one) => one ? [one.value as unknown as DeadLetter] : [])
    .filter(({ deliveredAt }) => deliveredAt === null);
}

interface Kept {
  readonly endpoint: string;
  readonly notification: AlertNotification;
  readonly delivery: Delivery;
  readonly webhook: Webhook;
}

/** Writes down what became of a message; the document outlives the delivery, as the store deletes none. */
async function keep(
  store: DocumentStore,
  { endpoint, notification, delivery, webhook }: Kept,
): Promise<void> {
  const { clock = systemClock } = webhook;
  await updateDocument(store, alertPaths(endpoint).deadLetter(notification.id), (found) => {
    const before = found as unknown as DeadLetter | undefined;
    const letter: DeadLetter = {
      notification,
      receiver: new URL(webhook.url).origin,
      attempts: [...before?.attempts ?? [], ...delivery.attempts],
      deliveredAt: before?.deliveredAt ?? (delivery.delivered ? clock.now().toISOString() : null),
    };
    return JSON.parse(JSON.stringify(letter));
  });
}
