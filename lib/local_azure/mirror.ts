/**
 * Mirrored traffic: a copy of a share of the live requests goes to another deployment as well. Whatever
 * comes of the copy, the caller is answered by the live one, and waits for nobody else.
 */

import type { JsonRecord } from "lib/core/mod.ts";

/** The longest body of which a copy is kept, in bytes; longer ones are not mirrored. */
export const MAX_MIRRORED_BYTES = 1024 * 1024;

/** Why a copy was not sent. */
export type DropReason = "busy" | "not-ready" | "too-large" | "cut-off";

/** Copies that a deployment got, and did not get. */
export type MirrorCounts = JsonRecord & {
  /** Copies that the container answered. */
  readonly answered: number;
  /** Copies that were sent and got no answer: late, refused or cut off. */
  readonly failed: number;
  /** Copies that were not sent: too many under way, no container, too long a body, no whole body. */
  readonly dropped: Readonly<Record<string, number>>;
  /** Copies under way. */
  readonly underWay: number;
  /** How many the container answered with each status code. */
  readonly modelStatusCodes: Readonly<Record<string, number>>;
};

/** Counts the copies of one deployment. */
export interface MirrorMeter {
  /** A copy is under way. */
  begin(): void;
  /** It is over: with the container's status, with nothing if none came, or unsent for a reason. */
  end(outcome?: number | DropReason): void;
  /** A copy was not sent, and never begun. */
  drop(reason: DropReason): void;
  /** Copies under way. */
  readonly underWay: number;
  /** All of it as a record. */
  snapshot(): MirrorCounts;
}

/**
 * A meter at its beginning.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { createMirrorMeter } from "lib/local_azure/mirror.ts";
 *
 * const meter = createMirrorMeter();
 * meter.begin();
 * meter.end(200);
 * meter.drop("busy");
 * const { answered, failed, dropped } = meter.snapshot();
 * assert.deepEqual([answered, failed, dropped], [1, 0, { busy: 1 }]);
 * ```
 */
export function createMirrorMeter(): MirrorMeter {
  const statuses: Record<string, number> = {}, dropped: Record<string, number> = {};
  let underWay = 0, answered = 0, failed = 0;
  const drop = (reason: DropReason) => void (dropped[reason] = (dropped[reason] ?? 0) + 1);
  return {
    begin: () => void underWay++,
    end(outcome) {
      underWay--;
      if (outcome === undefined) return void failed++;
      if (typeof outcome === "string") return drop(outcome);
      answered++;
      statuses[outcome] = (statuses[outcome] ?? 0) + 1;
    },
    drop,
    get underWay() {
      return underWay;
    },
    snapshot: () => ({
      ...{ answered, failed, underWay },
      ...{ dropped: { ...dropped }, modelStatusCodes: { ...statuses } },
    }),
  };
}

/** How the copy of a body ended: the bytes, or why there are none. */
export type CopiedBody =
  | { readonly bytes: Uint8Array }
  | { readonly reason: "too-large" | "cut-off" };

/**
 * A stream that leaves a copy of itself behind. Its reader sets the pace; the copy costs memory up to
 * `maxBytes`, and never time.
 *
 * @param body The stream.
 * @param maxBytes Default {@linkcode MAX_MIRRORED_BYTES}.
 * @returns The stream to read instead, and the copy, which is there once that was read to its end.
 *
 * @example
 * ```ts
 * import assert from "node:assert/strict";
 * import { copyingBody } from "lib/local_azure/mirror.ts";
 *
 * const { body, copied } = copyingBody(new Response("four").body!);
 * assert.equal(await new Response(body).text(), "four");
 * assert.deepEqual(await copied, { bytes: new TextEncoder().encode("four") });
 * ```
 */
export function copyingBody(
  body: ReadableStream<Uint8Array>,
  maxBytes: number = MAX_MIRRORED_BYTES,
): { body: ReadableStream<Uint8Array>; copied: Promise<CopiedBody> } {
  const reader = body.getReader(), { promise, resolve } = Promise.withResolvers<CopiedBody>();
  let parts: Uint8Array[] = [], length = 0;
  const keep = (part: Uint8Array) => {
    if (length > maxBytes) return;
    length += part.length;
    if (length <= maxBytes) parts.push(part.slice()); // the reader may reuse its bytes
    else parts = [];
  };
  const stream = new ReadableStream<Uint8Array>({
    async pull(controller) {
      try {
        const { value, done } = await reader.read();
        if (done) {
          resolve(length > maxBytes ? { reason: "too-large" } : { bytes: joined(parts, length) });
          return controller.close();
        }
        keep(value);
        controller.enqueue(value);
      } catch (error) {
        resolve({ reason: "cut-off" });
        controller.error(error);
      }
    },
    async cancel(reason) {
      resolve({ reason: "cut-off" });
      await reader.cancel(reason);
    },
  }, { highWaterMark: 0 });
  return { body: stream, copied: promise };
}

function joined(parts: readonly Uint8Array[], length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}
