/**
 * Signed messages: the receiver knows who wrote them and when. The header is `t=SECONDS,v1=HEX`, and the
 * signature is HMAC-SHA256 over `SECONDS.BODY`.
 */

const ENCODER = new TextEncoder();

/** Name of the header that carries the signature. */
export const SIGNATURE_HEADER = "webhook-signature";

/** Name of the header that carries the message's id: the same for every try. */
export const IDEMPOTENCY_HEADER = "idempotency-key";

/** Oldest signature that is believed, in seconds; as far ahead a clock may be. */
const TOLERANCE_SECONDS = 300;

/**
 * Signs a message.
 *
 * @param body The message, as it is sent.
 * @param options The secret, and the present instant.
 * @returns Value of {@linkcode SIGNATURE_HEADER}.
 * @see RFC 2104 (HMAC). The form of the header is that of Stripe's webhooks.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { signWebhook, verifyWebhook } from "lib/lifecycle/mod.ts";
 *
 * const now = new Date("2026-01-01T00:00:00Z"), secret = "example only";
 * const header = await signWebhook("{}", { secret, now });
 * assert.match(header, /^t=1767225600,v1=[0-9a-f]{64}$/);
 * assert.equal((await verifyWebhook("{}", { header, secret, now })).ok, true);
 * ```
 */
export async function signWebhook(
  body: string,
  { secret, now }: { readonly secret: string; readonly now: Date },
): Promise<string> {
  const seconds = Math.floor(now.getTime() / 1000);
  const bytes = await crypto.subtle.sign("HMAC", await keyOf(secret), signed(seconds, body));
  return `t=${seconds},v1=${new Uint8Array(bytes).toHex()}`;
}

/** What a receiver finds. */
export interface Verification {
  /** Whether the message may be believed. */
  readonly ok: boolean;
  /** Why; it never tells what would have been right. */
  readonly reason: string;
}

/**
 * Verifies a message, for receivers. The comparison is `crypto.subtle.verify`, which takes the same time
 * whichever byte is wrong. Of several `v1` one has to fit, so that a secret can be changed.
 *
 * @param body The message as it came, before it is parsed.
 * @param options The header (null if there is none), the secret, the present instant, and how old a
 * signature may be, in seconds. Default 300.
 * @returns See {@linkcode Verification}.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { verifyWebhook } from "lib/lifecycle/mod.ts";
 *
 * const now = new Date("2026-01-01T00:00:00Z");
 * const header = `t=1767225600,v1=${"0".repeat(64)}`;
 * const { reason } = await verifyWebhook("{}", { header, secret: "example only", now });
 * assert.equal(reason, "the signature does not fit");
 * ```
 */
export async function verifyWebhook(
  body: string,
  { header, secret, now, toleranceSeconds = TOLERANCE_SECONDS }: {
    readonly header: string | null;
    readonly secret: string;
    readonly now: Date;
    readonly toleranceSeconds?: number;
  },
): Promise<Verification> {
  const no = (reason: string) => ({ ok: false, reason });
  if (header === null) return no("there is no signature");
  const parts = header.split(",").map((part) => part.trim().split("=", 2));
  const times = parts.flatMap(([name, value]) => name === "t" ? [value] : []);
  const signatures = parts.flatMap(([name, value]) =>
    name === "v1" && /^[0-9a-f]{64}$/.test(value ?? "") ? [value] : []
  );
  if (times.length !== 1 || !/^\d{1,12}$/.test(times[0] ?? "") || signatures.length === 0) {
    return no("the signature's header is malformed");
  }
  const seconds = Number(times[0]), key = await keyOf(secret), data = signed(seconds, body);
  const fits = await Promise.all(
    signatures.map((hex) => crypto.subtle.verify("HMAC", key, Uint8Array.fromHex(hex), data)),
  );
  if (!fits.some(Boolean)) return no("the signature does not fit");
  const age = Math.abs(now.getTime() / 1000 - seconds);
  if (age > toleranceSeconds) return no(`the signature is more than ${toleranceSeconds} s off`);
  return { ok: true, reason: "the signature fits" };
}

function signed(seconds: number, body: string): Uint8Array<ArrayBuffer> {
  return ENCODER.encode(`${seconds}.${body}`);
}

function keyOf(secret: string): Promise<CryptoKey> {
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return crypto.subtle.importKey("raw", ENCODER.encode(secret), hmac, false, ["sign", "verify"]);
}
