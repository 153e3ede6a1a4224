/** A receiver on this machine, so that a notebook can show that an alert arrives. */

import { type Clock, systemClock } from "lib/core/mod.ts";
import type { AlertNotification } from "lib/monitoring/mod.ts";
import { IDEMPOTENCY_HEADER, SIGNATURE_HEADER, verifyWebhook } from "./webhook_signature.ts";

/** Longest message, in bytes. */
const MAX_BYTES = 65_536;

/** A running receiver. */
export interface WebhookReceiver {
  /** Where it listens, on 127.0.0.1. */
  readonly url: string;
  /** What has arrived and was believed, each message once. It grows while the receiver runs. */
  readonly received: readonly AlertNotification[];
  /** Why others were turned away, in words. It grows while the receiver runs. */
  readonly refused: readonly string[];
  /** Ends it. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts a receiver: it believes what is signed with the secret, and takes each message once.
 *
 * @param options The secret; the clock (default: the machine's).
 * @returns See {@linkcode WebhookReceiver}. It answers 204, and to others 405, 413, 401 or 400.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { startWebhookReceiver } from "lib/lifecycle/mod.ts";
 *
 * const { url, refused, stop } = startWebhookReceiver({ secret: "example only" });
 * const { status } = await fetch(url, { method: "POST", body: "{}" });
 * await stop();
 * assert.deepEqual([status, refused], [401, ["there is no signature"]]);
 * ```
 */
export function startWebhookReceiver(
  { secret, clock = systemClock }: { readonly secret: string; readonly clock?: Clock },
): WebhookReceiver {
  const received: AlertNotification[] = [], refused: string[] = [], keys = new Set<string>();
  const no = (status: number, reason: string) => {
    refused.push(reason);
    return new Response(reason, { status });
  };
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    if (request.method !== "POST") return no(405, "only POST is taken");
    const body = await readText(request);
    if (body === undefined) return no(413, `the message is longer than ${MAX_BYTES} bytes`);
    const header = request.headers.get(SIGNATURE_HEADER);
    const { ok, reason } = await verifyWebhook(body, { header, secret, now: clock.now() });
    if (!ok) return no(401, reason);
    let message: AlertNotification | null;
    try {
      message = JSON.parse(body);
    } catch {
      return no(400, "the message is no JSON");
    }
    const key = request.headers.get(IDEMPOTENCY_HEADER);
    if (key === null || key !== message?.id) {
      return no(400, "the idempotency key must be the message's id");
    }
    if (!keys.has(key)) received.push(message);
    keys.add(key);
    return new Response(null, { status: 204 });
  });
  return {
    url: `http://127.0.0.1:${server.addr.port}/alerts`,
    received,
    refused,
    stop: () => server.shutdown(),
  };
}

/** The body as text; undefined as soon as it is too long. */
async function readText({ body }: Request): Promise<string | undefined> {
  const decoder = new TextDecoder();
  let text = "", bytes = 0;
  for await (const chunk of body ?? []) {
    bytes += chunk.length;
    if (bytes > MAX_BYTES) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
