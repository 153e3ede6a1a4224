/**
 * Telling people: what lies in the alerts' outboxes is posted to a webhook, signed, tried again within
 * limits, and kept as a dead letter if nobody takes it. Delivery is at least once; the idempotency key
 * lets a receiver drop what comes twice.
 */

import { getSecret } from "lib/azure/mod.ts";
import { BadInput, type Clock, systemClock } from "lib/core/mod.ts";
import type { AlertNotification } from "lib/monitoring/mod.ts";
import { IDEMPOTENCY_HEADER, SIGNATURE_HEADER, signWebhook } from "./webhook_signature.ts";
import type { Workspace } from "./workspace.ts";

/** Where messages go. */
export interface Webhook {
  /** The receiver. It may carry a secret, so it stands in no log, error or document. */
  readonly url: string;
  /** Reads the secret; a function, so that no log can show it. */
  readonly readSecret: () => Promise<string>;
  /** Default: the global `fetch`, since a receiver is no part of the target. */
  readonly fetch?: typeof fetch;
  /** Default: the machine's clock. */
  readonly clock?: Clock;
  /** Waits. Default: really. */
  readonly sleep?: (milliseconds: number) => Promise<void>;
  /** Tries for one message. Default 4. */
  readonly attempts?: number;
  /** Longest wait for an answer, in milliseconds. Default 5000. */
  readonly timeoutMs?: number;
  /** Wait before the second try, in milliseconds; it doubles with each. Default 500. */
  readonly backoffMs?: number;
  /** Longest wait between two tries, in milliseconds. Default 8000. */
  readonly maxBackoffMs?: number;
}

/** One try. */
export interface DeliveryAttempt {
  /** When, ISO 8601. */
  readonly at: string;
  /** HTTP status; null where none came. */
  readonly status: number | null;
  /** What happened, in words. */
  readonly outcome: string;
}

/** What became of a message. */
export interface Delivery {
  /** Id of the notification, which is the idempotency key. */
  readonly id: string;
  /** Whether the receiver has taken it. */
  readonly delivered: boolean;
  /** Every try. */
  readonly attempts: readonly DeliveryAttempt[];
}

/**
 * A webhook whose secret lies in the workspace's key vault.
 *
 * @param workspace Where the vault is.
 * @param options The receiver's URL, the secret's name in the vault, and what else {@linkcode Webhook}
 * takes.
 * @returns The webhook. The secret is read when it is needed, and not kept.
 * @throws {BadInput} If the URL is none, or (later, from `readSecret`) there is no such secret.
 *
 * @example
 * ```ts ignore
 * const webhook = openWebhook(workspace, { url, secretName: "webhook-secret" });
 * ```
 */
export function openWebhook(
  { azure }: Pick<Workspace, "azure">,
  { secretName, ...options }: Omit<Webhook, "readSecret"> & { readonly secretName: string },
): Webhook {
  checkUrl(options.url);
  return {
    ...options,
    async readSecret() {
      const secret = await getSecret(azure, secretName);
      if (secret) return secret;
      throw new BadInput({ field: "key vault", rule: "must hold the secret", value: secretName });
    },
  };
}

/**
 * Posts one notification. Tries again after a lost connection, a timeout, 408, 429 and 5xx, waiting twice
 * as long each time up to a limit; every other answer but 2xx is final (410: the receiver is gone for
 * good). Redirects are not followed: the message was signed for this receiver.
 *
 * @param notification What is said.
 * @param webhook See {@linkcode Webhook}.
 * @returns What became of it; failure is a result, not an exception.
 * @throws {BadInput} If the URL or the number of tries is none, or there is no secret.
 *
 * @example
 * ```ts ignore
 * // needs permission for the network
 * const { delivered } = await sendWebhook(notification, webhook);
 * ```
 */
export async function sendWebhook(
  notification: AlertNotification,
  webhook: Webhook,
): Promise<Delivery> {
  const {
    clock = systemClock,
    sleep = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms)),
    attempts: most = 4,
    backoffMs = 500,
    maxBackoffMs = 8000,
  } = webhook;
  checkUrl(webhook.url);
  if (!(Number.isInteger(most) && most >= 1)) {
    throw new BadInput({ field: "webhook attempts", rule: "must be from 1 on", value: most });
  }
  const secret = await webhook.readSecret(), attempts: DeliveryAttempt[] = [];
  if (secret === "") throw new BadInput({ field: "webhook secret", rule: "must not be empty" });
  for (let i = 0; i < most; i++) {
    if (i > 0) await sleep(Math.min(maxBackoffMs, backoffMs * 2 ** (i - 1)));
    const now = clock.now();
    const { status, outcome, again } = await post(notification, { webhook, secret, now });
    attempts.push({ at: now.toISOString(), status, outcome });
    if (!again) break;
  }
  const { id } = notification, status = attempts.at(-1)?.status ?? 0;
  return { id, delivered: status >= 200 && status < 300, attempts };
}

interface Answer extends Omit<DeliveryAttempt, "at"> {
  /** Whether another try makes sense. */
  readonly again: boolean;
}

async function post(
  notification: AlertNotification,
  { webhook, secret, now }: { webhook: Webhook; secret: string; now: Date },
): Promise<Answer> {
  const { url, fetch: call = fetch, timeoutMs = 5000 } = webhook;
  const body = JSON.stringify(notification);
  try {
    const response = await call(url, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        [IDEMPOTENCY_HEADER]: notification.id,
        [SIGNATURE_HEADER]: await signWebhook(body, { secret, now }),
      },
      body,
      redirect: "manual",
      signal: AbortSignal.timeout(timeoutMs),
    });
    await response.body?.cancel();
    const { status, ok } = response;
    const again = status === 408 || status === 429 || status >= 500;
    const outcome = ok ? "taken" : again ? "refused for now" : status === 410 ? "gone" : "refused";
    return { status, outcome, again };
  } catch (error) {
    const timedOut = error instanceof DOMException && error.name === "TimeoutError";
    // the message of a network error may repeat the URL
    const said = timedOut ? `no answer in ${timeoutMs} ms` : "the receiver cannot be reached";
    return { status: null, outcome: said, again: true };
  }
}

function checkUrl(url: string): void {
  const { protocol, hostname } = URL.parse(url) ?? { protocol: "", hostname: "" };
  const isHere = hostname === "127.0.0.1" || hostname === "localhost";
  if (protocol === "https:" || (protocol === "http:" && isHere)) return;
  // without its value, which may be secret
  const rule = "must begin with https:// (http:// only for this machine)";
  throw new BadInput({ field: "webhook URL", rule });
}
